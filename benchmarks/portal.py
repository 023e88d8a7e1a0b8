"""Two hundred members at once, who load their first page and vote, for twenty seconds.

Granian serves with the workers and threads of the other measurements. Each of the clients is one
member after the other: the first page, then the vote, over a connection that stays open. Nothing
but 200 may be answered, and every vote must be there at the end.
"""

import http.client
import os
import subprocess
import sys
import time
from threading import Barrier, Thread
from urllib.parse import urlencode

from _common import close, connection, report
from _votes import long_roll, sessions_of
from voting_request import HERE, TOKEN, serving

CLIENTS = int(os.environ.get("BENCH_CLIENTS", "200"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))
VOTERS = int(os.environ.get("BENCH_VOTES", "8000"))
SLOWEST = 5  # seconds in which nineteen of twenty answers have come


class Client(Thread):
    """One connection: every so many-th member loads the first page, and votes."""

    def __init__(self, first: int, port: int, code: str, sessions: dict, start: Barrier) -> None:
        super().__init__(daemon=True)
        self.members = range(first, VOTERS + 1, CLIENTS)
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.code, self.sessions, self.together = code, sessions, start
        self.taken: list[float] = []
        self.votes = 0
        self.errors: list[str] = []

    def run(self) -> None:
        self.together.wait()
        until = time.perf_counter() + SECONDS
        for member in self.members:
            if time.perf_counter() >= until:
                return
            cookies = f"sessionid={self.sessions[member]}; csrftoken={TOKEN}"
            self._ask("GET", "/", "", {"Cookie": cookies})
            form = urlencode({"choice": "1", "csrfmiddlewaretoken": TOKEN})
            plain = "application/x-www-form-urlencoded"
            sent = {"Cookie": cookies, "Content-Type": plain}
            self.votes += self._ask("POST", f"/votes/{self.code}/", form, sent)

    def _ask(self, *asked) -> bool:
        started = time.perf_counter()
        try:
            self.line.request(*asked)
            answer = self.line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(type(error).__name__)
            self.line.close()
            return False
        self.taken.append(time.perf_counter() - started)
        if answer.status != 200:
            self.errors.append(f"{asked[0]}: {answer.status}")
        return answer.status == 200


def main() -> None:
    """Let all of them ask at once, and look at the slow ones, the errors and the votes."""
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=HERE.parent, check=True)
    poll, sessions = long_roll(VOTERS), sessions_of(VOTERS)
    connection.close()
    together = Barrier(CLIENTS)
    with serving("config.wsgi:application") as port:
        clients = [
            Client(first, port, poll.code, sessions, together) for first in range(1, CLIENTS + 1)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    errors = [error for client in clients for error in client.errors]
    for error in sorted(set(errors)):
        sys.stderr.write(f"{errors.count(error)} times {error}\n")
    taken = sorted(second for client in clients for second in client.taken)
    votes = sum(client.votes for client in clients)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM elections_checkoff")
        (kept,) = cursor.fetchone()
    name = f"{CLIENTS} members at once, {len(taken)} answers in {SECONDS:g} s"
    report(f"{name}: errors", len(errors), 0)
    report(f"{name}: votes that are missing of {votes}", abs(votes - kept), 0)
    report(f"{name}: seconds for 19 of 20", taken[len(taken) * 19 // 20], SLOWEST)
    close()


if __name__ == "__main__":
    main()
