"""The whole request of a vote by eight clients, against a bare Django view with the two inserts.

Both are served by granian with the same workers and threads, and asked over connections that stay
open, three times in turn; the best of each counts. The request is the one that a browser sends: a
session looked up, the CSRF token checked, the ballot read, sealed and cast, and the page with the
receipt given out.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlencode

from _common import close, connection, report
from _votes import long_roll, sessions_of

CLIENTS = 8
ROUNDS = 3
VOTES = int(os.environ.get("BENCH_VOTES", "8000"))
TOKEN = "t" * 32
HERE = Path(__file__).resolve().parent


@contextmanager
def serving(application: str, **environment: str) -> Iterator[int]:
    """The port on which granian serves the application meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-ws"),
            *("--no-access-log", "--log-level", "warning", application),
        ],
        env={**os.environ, **environment},
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)  # both workers
        yield port
    finally:
        server.terminate()
        server.wait()


def ask(ask_for: Callable[[int], tuple[str, str, str, dict]], port, first, ready, go) -> None:
    """One client: a request for every eighth member; each must be answered with 200."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.connect()
    ready.release()
    go.wait()
    for member in range(first, VOTES + 1, CLIENTS):
        line.request(*ask_for(member))
        answer = line.getresponse()
        page = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {page[:500]!r}")


def rate(ask_for: Callable[[int], tuple[str, str, str, dict]], port: int) -> float:
    """Requests a second by eight clients, into an empty box; every vote must have been taken."""
    empty()
    context = get_context("fork")
    ready, go = context.Semaphore(0), context.Event()
    clients = [
        context.Process(target=ask, args=(ask_for, port, first, ready, go))
        for first in range(1, CLIENTS + 1)
    ]
    for client in clients:
        client.start()
    for _client in clients:
        ready.acquire()
    started = time.perf_counter()
    go.set()
    for client in clients:
        client.join()
    taken = time.perf_counter() - started
    if any(client.exitcode for client in clients):
        raise SystemExit("A client failed.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM elections_checkoff), "
            "(SELECT count(*) FROM elections_sealedballot)"
        )
        if cursor.fetchone() != (VOTES, VOTES):
            raise SystemExit("Not every vote was taken.")
    connection.close()
    return VOTES / taken


def empty() -> None:
    """Take the votes out again."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE elections_checkoff, elections_sealedballot")
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def main() -> None:
    """Serve both, one after the other, and compare."""
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=HERE.parent, check=True)
    poll = long_roll(VOTES)
    sessions = sessions_of(VOTES)
    form = urlencode({"choice": "1", "csrfmiddlewaretoken": TOKEN})

    def bare(member: int) -> tuple[str, str, str, dict]:
        return ("POST", f"/{member}/", "", {})

    def whole(member: int) -> tuple[str, str, str, dict]:
        headers = {
            "Cookie": f"sessionid={sessions[member]}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return ("POST", f"/votes/{poll.code}/", form, headers)

    names = {"BARE_QUESTION": str(poll.question_id), "BARE_POLL": str(poll.pk)}
    path = f"{HERE}:{HERE.parent}"
    plain = ours = 0.0
    for _round in range(ROUNDS):  # in turn, since a machine is not as fast at any moment
        with serving("_bare:application", PYTHONPATH=path, **names) as port:
            plain = max(plain, rate(bare, port))
        with serving("config.wsgi:application") as port:
            ours = max(ours, rate(whole, port))
    name = f"a bare view ({plain:.0f} a second) / the whole request of a vote ({ours:.0f})"
    report(name, plain / ours, 2)
    close()


if __name__ == "__main__":
    main()
