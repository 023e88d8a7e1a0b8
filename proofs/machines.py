"""A PostgreSQL and a server of the program's own, which can be killed and started again."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import psycopg2

PATIENCE = 60  # seconds


def free_port() -> int:
    """A port on the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def binaries() -> Path:
    """Where PostgreSQL's programs are: on the path, or where Debian puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not places:
        raise SystemExit("PostgreSQL's server programs are needed: initdb is not there.")
    return places[-1].parent


class Database:
    """A PostgreSQL cluster in a folder, reached by TCP on the loopback alone."""

    def __init__(self, folder: Path) -> None:
        self.data, self.port = folder / "data", free_port()
        self.url = f"postgres://kartei@127.0.0.1:{self.port}/postgres"
        self.as_other: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            folder.chmod(0o755)
            self.data.mkdir(mode=0o700)
            postgres = pwd.getpwnam("postgres")
            os.chown(self.data, postgres.pw_uid, postgres.pw_gid)
            self.as_other = ["runuser", "-u", "postgres", "--"]

    def __enter__(self) -> Self:
        self._run("initdb", "-D", self.data, "-U", "kartei", "-A", "trust", "--locale=C.UTF-8")
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it; what was written before a crash is recovered from its journal."""
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._control("start", "-o", f"{settings} -c max_connections=200", "-l", self.data / "log")

    def crash_and_start(self) -> None:
        """Take it down as a failure of power would, and start it again."""
        self._control("stop", "-m", "immediate")
        self.start()

    def prepare(self, members: int, *, constrained: bool) -> dict[str, Any]:
        """Bring the database up to date, with the ground of the proof: see `proofs.ground`."""
        command = [sys.executable, "-m", "proofs.ground", "--members", str(members)]
        if not constrained:
            command.append("--unconstrained")
        done = subprocess.run(
            command, env=environment(self.url), check=True, stdout=subprocess.PIPE, text=True
        )
        ground: dict[str, Any] = json.loads(done.stdout)
        return ground

    def faults(self, receipts: list[str]) -> list[str]:
        """What does not hold afterwards, a sentence each."""
        found = []
        lying = {receipt for (receipt,) in self._rows("SELECT receipt FROM elections_sealedballot")}
        if lost := set(receipts) - lying:
            found.append(f"{len(lost)} receipts are not in the box")
        if len(set(receipts)) < len(receipts):
            found.append("two voters got the same receipt")
        by_poll = "SELECT poll_id, count(*) FROM %s GROUP BY poll_id"
        online = "(SELECT * FROM elections_checkoff WHERE channel = 'online') online"
        voted = dict(self._rows(by_poll % online))
        lie = dict(self._rows(by_poll % "elections_sealedballot"))
        if voted != lie:
            found.append(f"by poll {voted} were checked off online, and {lie} ballots lie there")
        ((without,),) = self._rows(
            "SELECT count(*) FROM members_member WHERE number IN (SELECT member_id FROM "
            "elections_rollentry) AND number NOT IN (SELECT member_id FROM elections_checkoff)"
        )
        if without:
            found.append(f"{without} members have no vote after four tries")
        return found

    def voted_twice(self) -> int:
        """How many members have more than one vote on the question."""
        ((twice,),) = self._rows(
            "SELECT count(*) FROM (SELECT 1 FROM elections_checkoff "
            "GROUP BY question_id, member_id HAVING count(*) > 1) more"
        )
        return int(twice)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def _control(self, *words: Any) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-t", PATIENCE, *words)

    def _run(self, program: str, *words: Any) -> None:
        command = [*self.as_other, str(binaries() / program), *map(str, words)]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd="/", stdin=subprocess.DEVNULL
        )


def environment(url: str) -> dict[str, str]:
    """The environment of the program's processes."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENV_FILE": os.devnull,
        "HTTPS": "off",
        "SECOND_FACTOR": "off",  # the tellers' sessions are made up
        "SECRET_KEY": "for-the-proof-alone",
    }


class Server:
    """The program's server as `make serve` starts it, on a port of its own."""

    def __init__(self, root: Path, url: str, folder: Path) -> None:
        self.root, self.url, self.port = root, url, free_port()
        self.log = folder / "server.log"

    def __enter__(self) -> Self:
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
            env=environment(self.url),
            cwd=self.root,
            check=True,
        )
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "granian", "--interface", "wsgi"),
                    *("--host", "127.0.0.1", "--port", str(self.port), "--workers", "2"),
                    *("--blocking-threads", "4", "--no-ws", "--no-access-log"),
                    *("--log-level", "warning", "config.wsgi:application"),
                ],
                env=environment(self.url),
                cwd=self.root,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"The server does not answer:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it with all its workers, in the middle of whatever they do (SIGKILL)."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_and_start(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False
