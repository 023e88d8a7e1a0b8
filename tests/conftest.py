"""What all tests share: the databases, the browser, when either is passed over; a town.

Markers: `browser` (set by itself on a test that asks for a page), `walk`, `postgres` and `sqlite`.
"""

import gc
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import deactivate

from audit.models import Entry
from districts.roles import SECRETARY, grant_role
from tests import factories

# Playwright keeps an event loop in the thread of the tests, and Django would take that for
# asynchronous code. There is none here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BROWSER_FIXTURES = {"page", "new_context", "context", "browser"}


def chromium() -> Path | None:
    """The browser that the tests drive: `CHROMIUM`, or the one that is installed."""
    named = os.environ.get("CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(found) if found and Path(found).exists() else None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives Chromium; passed over where there is none")
    config.addinivalue_line("markers", "walk: a browser's test that PostgreSQL is walked by too")
    config.addinivalue_line("markers", "postgres: about PostgreSQL; passed over on SQLite")
    config.addinivalue_line("markers", "sqlite: about SQLite; passed over on PostgreSQL")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
            # A machine that others use may be too slow for it: CI walks it once more, and tells.
            if os.environ.get("CI"):
                item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """Look for garbage less often: each look walks through all that Django has loaded, in vain."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL, and DATABASE_URL names none")
    if item.get_closest_marker("sqlite") and connection.vendor != "sqlite":
        pytest.skip("about SQLite, and DATABASE_URL names another database")
    if item.get_closest_marker("browser") and passed_over(item):
        pytest.skip("walked on SQLite; BROWSER=all walks everything on PostgreSQL too")
    if item.get_closest_marker("browser") and chromium() is None:
        reason = "no Chromium: install Debian's 'chromium', or name yours in CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def passed_over(item: pytest.Item) -> bool:
    """Whether the browser has seen on SQLite what this test would show on PostgreSQL.

    Each page is asked for on both databases by its own tests; the browser's are long.
    """
    everything = os.environ.get("BROWSER") == "all" or connection.vendor != "postgresql"
    return not everything and item.get_closest_marker("walk") is None


@pytest.fixture(autouse=True)
def own_language():
    """Each test begins in the program's language: a request leaves its reader's behind."""
    yield
    deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tests' own database, emptied between tests: the log there lets itself be emptied too."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER audit_entry_keeps_all ON audit_entry")
            connection.ops.sql_flush = _emptying


def _emptying(style: Any, tables: Iterable[str], **options: Any) -> list[str]:
    """What empties the tables: rows are deleted, since a file for each table anew takes seconds.

    The log lets no row be deleted, and is emptied as a whole.
    """
    log = Entry._meta.db_table
    rows = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables if table != log]
    return [f"TRUNCATE {connection.ops.quote_name(log)}", *rows]


@pytest.fixture
def unlock_pairs(transactional_db):
    """Called, it takes the lock on the members out of what keeps the pairs, for one test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('members_pair_follows'::regproc)")
        (whole,) = cursor.fetchone()
        assert "FOR NO KEY UPDATE" in whole
        yield lambda: cursor.execute(whole.replace("FOR NO KEY UPDATE", ""))
        cursor.execute(whole)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The installed Chromium, without the traffic that it makes of its own accord."""
    return {
        **browser_type_launch_args,
        "executable_path": str(chromium()),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture
def town(db):
    """A town with an area, a district, a factory cell and a street cell."""
    return factories.town()


@pytest.fixture
def secretary(town, client):
    """The secretary of the town's district, logged in with `client`."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account
