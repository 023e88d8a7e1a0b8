"""Settings, headers, databases and the repository itself: safe where nobody thought of it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder
from django.db import connection
from django.http import HttpResponse
from django.urls import include, path

from config.settings import database

BASE_DIR: Path = settings.BASE_DIR
ON_A_SERVER = {"SECRET_KEY": "not-a-secret-but-as-long-as-one-" * 2, "ENV_FILE": os.devnull}
NEEDED_BY_PYTHON = {"PATH", "HOME", "LANG", "SYSTEMROOT", "VIRTUAL_ENV"}

urlpatterns = [
    path("", include("config.urls")),
    path("open-to-whom/", lambda request: HttpResponse("for those who have logged in")),
]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python beside manage.py with this environment and nothing of ours."""
    inherited = {name: value for name, value in os.environ.items() if name in NEEDED_BY_PYTHON}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def on_a_server(*names: str, **environment: str) -> dict[str, object]:
    """What the settings of these names are in this environment."""
    answer = python(
        "-c",
        "import json, sys; from config import settings;"
        "print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}))",
        *names,
        **{**ON_A_SERVER, **environment},
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


class TestSettings:
    def test_stop_without_a_secret_and_name_it(self):
        answer = python("manage.py", "check", ENV_FILE=os.devnull)
        assert answer.returncode != 0
        assert "SECRET_KEY" in answer.stderr.splitlines()[-1]

    def test_are_safe_when_the_environment_says_nothing(self):
        found = on_a_server(
            "DEBUG",
            "ALLOWED_HOSTS",
            "SESSION_COOKIE_SECURE",
            "SESSION_COOKIE_HTTPONLY",
            "SESSION_COOKIE_SAMESITE",
            "CSRF_COOKIE_SECURE",
            "SECURE_SSL_REDIRECT",
            "SECURE_HSTS_INCLUDE_SUBDOMAINS",
            "SECURE_PROXY_SSL_HEADER",
            "X_FRAME_OPTIONS",
        )
        assert found == {
            "DEBUG": False,
            "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
            "SESSION_COOKIE_SECURE": True,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "CSRF_COOKIE_SECURE": True,
            "SECURE_SSL_REDIRECT": True,
            "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
            "SECURE_PROXY_SSL_HEADER": None,
            "X_FRAME_OPTIONS": "DENY",
        }

    def test_pin_https_for_a_year(self):
        assert on_a_server("SECURE_HSTS_SECONDS") == {"SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60}

    def test_believe_a_proxy_only_when_told_to(self):
        found = on_a_server("SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="on")
        assert found == {"SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"]}

    def test_read_the_file_that_is_named(self, tmp_path):
        file = tmp_path / "kartei.env"
        file.write_text("ALLOWED_HOSTS=register.example.org\nTIME_ZONE=Europe/Vienna\n")
        found = on_a_server("ALLOWED_HOSTS", "TIME_ZONE", ENV_FILE=str(file), TIME_ZONE="UTC")
        assert found == {"ALLOWED_HOSTS": ["register.example.org"], "TIME_ZONE": "UTC"}

    def test_pass_the_deployment_check(self):
        answer = python("manage.py", "check", "--deploy", "--fail-level=WARNING", **ON_A_SERVER)
        assert answer.returncode == 0, answer.stderr

    def test_every_variable_is_documented(self):
        source = (BASE_DIR / "config" / "settings.py").read_text()
        variables = set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)["']""", source)) | {"ENV_FILE"}
        assert "SECRET_KEY" in variables
        guide = (BASE_DIR / "docs" / "deploy.md").read_text()
        assert {name for name in variables if f"| `{name}` |" not in guide} == set()
        example = (BASE_DIR / ".env.example").read_text()
        in_file = variables - {"ENV_FILE"}
        assert {name for name in in_file if not re.search(rf"^#? ?{name}=", example, re.M)} == set()


class TestDatabase:
    def test_is_sqlite_in_var_by_default(self):
        found = on_a_server("DATABASES")["DATABASES"]["default"]
        assert found["ENGINE"] == "django.db.backends.sqlite3"
        assert Path(found["NAME"]) == BASE_DIR / "var" / "kartei.sqlite3"

    def test_is_the_one_that_the_url_names(self):
        found = database("postgres://kartei:pass@db.example.org:5433/register")
        assert found["ENGINE"] == "django.db.backends.postgresql"
        assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.org", 5433, "register")
        assert found["CONN_HEALTH_CHECKS"]

    @pytest.mark.skipif(
        connection.vendor != "sqlite", reason="about SQLite: DATABASE_URL names one"
    )
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [
            ("journal_mode", "wal"),
            ("foreign_keys", 1),
            ("busy_timeout", 20_000),
        ],
    )
    def test_sqlite_is_told_to_be_safe(self, db, pragma, value):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone() == (value,)

    def test_sqlite_writes_so_that_a_crash_breaks_nothing(self):
        """The tests' own database does without: what they write need not outlive the machine."""
        options = database("sqlite:///register.sqlite3")["OPTIONS"]
        assert "PRAGMA synchronous=NORMAL;" in options["init_command"]

    @pytest.mark.skipif(
        connection.vendor != "sqlite", reason="about SQLite: DATABASE_URL names one"
    )
    def test_sqlite_lets_one_writer_in_from_the_first_statement_on(self):
        assert connection.transaction_mode == "IMMEDIATE"

    @pytest.mark.postgres
    def test_postgres_is_what_the_tests_run_on_when_asked_for(self, db):
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            assert int(cursor.fetchone()[0]) >= 150_000


def policy(response: HttpResponse) -> dict[str, list[str]]:
    """The content security policy of a response, by directive."""
    header = response["Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in header.split(";"))}


def test_of_the_packaged_style_and_scripts_only_what_a_page_asks_for_is_collected():
    found = {path for path, _where in get_finder("config.packaged.PackagedFiles").list([])}
    packaged = {path for path in found if path.startswith(("bootstrap/", "django_htmx/"))}
    sheets = {f"bootstrap/css/bootstrap{way}.min.css" for way in ("", ".rtl")}
    maps = {f"{sheet}.map" for sheet in sheets}
    assert packaged == {*sheets, *maps, "django_htmx/htmx-2.min.js"}
    assert "admin/js/core.js" in found


@pytest.mark.urls(__name__)
class TestHeaders:
    def test_the_policy_outside_the_admin_lets_nothing_in_from_elsewhere(self, client, db):
        found = policy(client.get("/no-such-page/"))
        assert found["default-src"] == found["frame-ancestors"] == found["base-uri"] == ["'none'"]
        assert found.pop("img-src") == ["'self'", "data:"]  # marks in Bootstrap's style sheet
        assert {word for values in found.values() for word in values} == {"'none'", "'self'"}

    def test_the_admin_s_policy_gives_way_where_its_pages_need_it_and_nowhere_else(
        self, client, db
    ):
        strict = policy(client.get("/no-such-page/"))
        found = policy(client.get("/admin/login/"))
        assert {name for name in found if found[name] != strict.get(name)} == {
            "img-src",
            "script-src",
            "style-src-attr",
        }
        assert found["script-src"] == ["'self'", "'unsafe-eval'"]
        assert found["img-src"] == ["'self'"]

    def test_a_page_that_only_looks_like_the_admin_keeps_the_strict_policy(self, client, db):
        assert policy(client.get("/administration/"))["script-src"] == ["'self'"]

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ],
    )
    def test_every_response_says_what_browsers_shall_not_do(self, client, db, header, value):
        assert client.get("/admin/login/")[header] == value

    def test_whoever_has_not_logged_in_is_sent_to_do_so(self, client, db):
        answer = client.get("/open-to-whom/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/?next=/open-to-whom/")


def tracked_files() -> list[Path]:
    """The text files that git knows; the test is passed over where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git repository")
    return [BASE_DIR / name for name in listed.stdout.split("\0") if name]


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="ignore") if file.is_file() else ""


class TestRepository:
    @pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
    def test_the_locks_name_no_host_and_have_a_hash_for_every_package(self, lock):
        lines = (BASE_DIR / lock).read_text().splitlines()
        assert [line for line in lines if "://" in line or line.startswith("--")] == []
        pins = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9]", line, re.I)]
        assert pins
        assert [lines[pin] for pin in pins if "--hash=sha256:" not in lines[pin + 1]] == []

    def test_development_runs_the_very_versions_that_servers_run(self):
        pinned = [
            set(re.findall(r"^\S+==\S+", (BASE_DIR / lock).read_text(), re.M))
            for lock in ("requirements.lock", "requirements-dev.lock")
        ]
        assert pinned[0] <= pinned[1]

    def test_no_file_names_a_place_on_somebody_s_machine(self):
        documented = {"/srv/kartei", "/app"}
        places = {str(BASE_DIR), str(Path.home())} - documented
        pattern = re.compile(
            "|".join(
                [
                    *(rf"(?<![\w./-]){re.escape(place)}(?![\w-])" for place in places),
                    r"/(?:home|Users)/[a-z]\w*/",
                ]
            )
        )
        found = {
            str(file.relative_to(BASE_DIR)): match[0]
            for file in tracked_files()
            if (match := pattern.search(text(file)))
        }
        assert found == {}
