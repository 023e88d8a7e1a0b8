"""What the measurements share: the register of a million, timing, and the verdict.

Every script prints one line a figure, `name: ratio (limit ...)`, and exits 1 when one is over it.
`BENCH_MEMBERS` sets another size than a million.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

# Only once Django is set up.
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

MEMBERS = int(os.environ.get("BENCH_MEMBERS", "1000000"))
FOLDER = Path(os.environ.get("BENCH_FOLDER", "var/bench"))
_over: list[str] = []


def million() -> None:
    """Bring the measurements' database up to date and fill it, if another size is in it."""
    if connection.vendor != "postgresql":
        raise SystemExit("The measurements need PostgreSQL: set BENCH_DATABASE_URL.")
    call_command("migrate", verbosity=0)
    from members.models import Member

    held = Member.objects.count()
    if held and abs(held - MEMBERS) > MEMBERS // 100:
        empty()
        held = 0
    if not held:
        seconds = timed(lambda: call_command("demo", members=MEMBERS, stdout=sys.stderr))
        report("demo: seconds for this many members", seconds, 180 * max(MEMBERS / 1_000_000, 0.1))


def empty() -> None:
    """Empty the measurements' register."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE districts_unit, members_member RESTART IDENTITY CASCADE")


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds that the work took at its fastest."""
    return min(timed(work) for _time in range(times))


def psql(*statements: str) -> None:
    """Run statements in psql, each in a transaction of its own."""
    commands = [part for statement in statements for part in ("-c", statement)]
    url = os.environ["DATABASE_URL"]
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", url, *commands], check=True)


def report(name: str, figure: float, limit: float) -> None:
    """Print a figure beside its limit."""
    verdict = "ok" if figure <= limit else "OVER"
    print(f"{name}: {figure:.2f} (limit {limit:g}) {verdict}", flush=True)
    if figure > limit:
        _over.append(name)


def peak_of(*command: str, status: int = 0) -> float:
    """The most memory, in megabytes, that a command of manage.py takes in a process of its own.

    `status` is what the command may exit with beside 0.
    """
    code = (
        "import resource, subprocess, sys;"
        "done = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL);"
        "assert done.returncode in (0, int(sys.argv[1])), done;"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(status), sys.executable, "manage.py", *command],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(out.stdout) / 1024


def close() -> None:
    """Exit with 1 if a figure was over its limit."""
    if _over:
        raise SystemExit(f"Over the limit: {', '.join(_over)}")


__all__ = [
    "FOLDER",
    "MEMBERS",
    "Path",
    "TemporaryDirectory",
    "best",
    "close",
    "connection",
    "empty",
    "million",
    "peak_of",
    "psql",
    "report",
    "resource",
    "timed",
]
