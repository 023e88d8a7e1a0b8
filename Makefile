# Kartei. `make` alone says what there is to make.

HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
# Each thread holds a connection to the database: together they must stay below PostgreSQL's limit.
THREADS ?= 4
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SERVICE ?= kartei

PYTHON_BIN := .venv/bin/python
MANAGE := $(PYTHON_BIN) manage.py
PIP := $(PYTHON_BIN) -m pip --disable-pip-version-check install --quiet --require-hashes
PYTEST := $(PYTHON_BIN) -m pytest -n $(JOBS) $(ARGS)
# What asks no database is tested once, with SQLite's part.
NO_DATABASE := --ignore tests/counting --ignore-glob 'tests/test_published*' \
	$(foreach name,board sealing tallying verify_poll,--ignore tests/test_$(name).py)
COMPILE := .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# What is installed is known by the lock that it was installed from.
INSTALLED := .venv/.installed-$(shell cksum < requirements.lock | tr ' ' -)
INSTALLED_DEV := .venv/.installed-dev-$(shell cksum < requirements-dev.lock | tr ' ' -)

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

.DEFAULT_GOAL := help
.PHONY: help run serve setup install install-dev static upgrade test test-sqlite test-postgres lint bench prove prove-door \
	lock messages screenshots clean

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s%s\n", $$1, $$2 }' Makefile

define START
@echo "Kartei is at http://$(HOST):$(PORT)/ - stop it with Ctrl-C."
@umask 077 && exec $(PYTHON_BIN) bin/together.py \
	$(PYTHON_BIN) manage.py db_worker --no-reload --verbosity 0 -- \
	$(PYTHON_BIN) -m granian --interface wsgi --host $(HOST) --port $(PORT) \
	--workers $(WORKERS) --blocking-threads $(THREADS) --no-ws --no-access-log \
	--log-level warning config.wsgi:application
endef

run: export SECOND_FACTOR = off
run: setup ## try the program: a town of made-up people, an account of each kind, a server
	@umask 077 && $(MANAGE) demo_accounts --with-town
	@echo "The people are made up: no second factor is asked for here."
	$(START)

serve: setup ## start the server, with the register as it is
	$(START)

setup: $(INSTALLED) .env static ## install, write .env if there is none, bring the database up to date
	@umask 077 && mkdir -p var && $(MANAGE) migrate --noinput --verbosity 0

install: $(INSTALLED) ## install the packages that the lock names into .venv

install-dev: $(INSTALLED_DEV)

static: $(INSTALLED) $(CATALOGUES)
	@SECRET_KEY=none-is-needed $(MANAGE) collectstatic --noinput --verbosity 0

messages: $(INSTALLED) ## merge the texts of the program into the catalogues in locale/
	$(PYTHON_BIN) bin/messages.py

screenshots: $(INSTALLED_DEV) $(CATALOGUES) ## take the pictures of docs/pictures anew, of a small made-up town
	@CHROMIUM=$$(bin/find-chromium) $(PYTHON_BIN) bin/screenshots.py

upgrade: install static ## after a git pull on a server: install, and start the service afresh
	systemctl restart $(SERVICE)

test: test-sqlite test-postgres ## run all tests on SQLite, and on PostgreSQL if TEST_DATABASE_URL names one

test-sqlite: $(INSTALLED_DEV) $(CATALOGUES)
	@echo "Tests on SQLite"
	@unset DATABASE_URL; CHROMIUM=$$(bin/find-chromium) $(PYTEST)

test-postgres: $(INSTALLED_DEV) $(CATALOGUES)
	@if [ -n "$$TEST_DATABASE_URL" ]; then \
		echo "Tests on PostgreSQL"; \
		DATABASE_URL="$$TEST_DATABASE_URL" CHROMIUM=$$(bin/find-chromium) $(PYTEST) $(NO_DATABASE); \
	else \
		echo "No tests on PostgreSQL: TEST_DATABASE_URL names no server."; \
	fi

lint: export SECRET_KEY = for-the-linters-alone
lint: export ENV_FILE = /dev/null
lint: $(INSTALLED_DEV) ## look over the code: style, format, types, imports between apps, security
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports
	.venv/bin/bandit -q -r audit cells config districts elections members bin -c pyproject.toml

bench: $(INSTALLED_DEV) ## run all measurements, in a PostgreSQL database that they may empty
	@bin/bench

prove: $(INSTALLED_DEV) prove-door ## vote under load and while things are killed (PostgreSQL), and 10 000 random requests
	@export ENV_FILE=/dev/null; $(PYTHON_BIN) -m proofs.votes $(ARGS)

prove-door: export RANDOM_INPUTS ?= 10000
prove-door: $(INSTALLED_DEV) $(CATALOGUES)
	@$(PYTHON_BIN) -m pytest -n 0 tests/test_door_security.py -k random

lock: $(INSTALLED_DEV) ## compute the locks anew from pyproject.toml (UPGRADE=yes: newest versions)
	$(COMPILE) $(if $(UPGRADE),--upgrade) --output-file requirements.lock pyproject.toml
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

clean: ## remove what was installed and computed; the data in var/ and .env stay
	rm -rf .venv staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_BIN):
	@bin/make-venv

$(INSTALLED): | $(PYTHON_BIN)
	@echo "Installing packages; this takes a minute once."
	@rm -f .venv/.installed-*
	@$(PIP) -r requirements.lock
	@touch $@

# The lock for development names all that the other does, in the same versions.
$(INSTALLED_DEV): | $(PYTHON_BIN)
	@echo "Installing packages for development; this takes a minute or two once."
	@rm -f .venv/.installed-*
	@$(PIP) -r requirements-dev.lock
	@touch $(INSTALLED) $@

$(CATALOGUES) &: $(patsubst %.mo,%.po,$(CATALOGUES)) | $(PYTHON_BIN)
	@$(PYTHON_BIN) bin/messages.py --compile

.env: | $(PYTHON_BIN)
	@umask 077 && bin/new-env > .env.new && mv .env.new .env
