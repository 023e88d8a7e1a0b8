"""The server and its worker side by side: they stop together, and a crash of either is noticed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

TOGETHER = settings.BASE_DIR / "bin" / "together.py"
STAYS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"


def together(*commands: list[str]) -> subprocess.Popen[str]:
    words = [word for command in commands for word in ("--", *command)]
    return subprocess.Popen(
        [sys.executable, str(TOGETHER), *words], stderr=subprocess.PIPE, text=True
    )


def stays(started: Path) -> list[str]:
    return [sys.executable, "-c", STAYS, str(started)]


def wait_for(*files: Path) -> None:
    until = time.monotonic() + 20
    while not all(file.exists() for file in files):
        assert time.monotonic() < until
        time.sleep(0.05)


def runs(started: Path) -> bool:
    """Whether a process that was started with this file still runs."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(started).encode() in (entry / "cmdline").read_bytes():
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_both_end_when_they_are_told_to(tmp_path, signum):
    one, other = tmp_path / "one", tmp_path / "other"
    program = together(stays(one), stays(other))
    wait_for(one, other)
    program.send_signal(signum)
    assert program.wait(20) == 0
    assert not runs(one)
    assert not runs(other)


@pytest.mark.parametrize("place", [0, 1])
def test_a_crash_of_either_ends_both_and_is_told(tmp_path, place):
    one = tmp_path / "one"
    commands = [stays(one)]
    wait = f"import os, sys, time\nwhile not os.path.exists({str(one)!r}): time.sleep(.05)\n"
    commands.insert(place, [sys.executable, "-c", f"{wait}sys.exit(3)"])
    program = together(*commands)
    _out, told = program.communicate(timeout=20)
    assert program.returncode == 3
    assert "has ended" in told
    assert not runs(one)


def _listens_to(process: int, number: int) -> bool:
    """Whether the process catches the signal by now, as Linux tells."""
    status = Path(f"/proc/{process}/status").read_text()
    (caught,) = re.findall(r"^SigCgt:\s*([0-9a-f]+)", status, re.M)
    return bool(int(caught, 16) >> (number - 1) & 1)


def test_the_worker_of_the_makefile_starts_and_stops(tmp_path):
    """With the very words of the Makefile, on a database of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/kartei.sqlite3",
        "SECRET_KEY": "for the tests alone",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENV_FILE": os.devnull,
    }
    options = {"cwd": settings.BASE_DIR, "env": environment, "text": True}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True, **options)
    assert "manage.py db_worker --no-reload --verbosity 0" in Path("Makefile").read_text()
    words = [*manage, "db_worker", "--no-reload", "--verbosity", "0"]
    worker = subprocess.Popen(words, stderr=subprocess.PIPE, **options)
    for _tenth in range(300):  # a busy machine starts it slowly
        if worker.poll() is not None or _listens_to(worker.pid, signal.SIGTERM):
            break
        time.sleep(0.1)
    assert worker.poll() is None, worker.stderr.read()
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=20)
    assert worker.returncode == 0
