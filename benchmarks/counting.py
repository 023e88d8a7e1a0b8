"""The Scottish count of 40 council elections against the fastest library that counts STV.

The libraries are installed once, in the versions named here, into an environment of their own
beside the other things that measuring makes: they bring a heavy train of packages that nothing else
needs. The elections are those of the tests; without them there is nothing to measure. Reading and
preparing the papers is left out on both sides; what our reading takes is told beside it.

Ours and theirs are measured by turns, so that a machine that is busy for a while slows down both,
and compared at their fastest.
"""

import json
import subprocess
import sys

from _common import FOLDER, Path, best, close, report, timed

from elections.counting.reading import read_contest
from elections.counting.stv import count_scottish

LIBRARIES = ("votekit==3.5.0", "pyrankvote==2.0.6")
ELECTIONS = Path(__file__).resolve().parents[2] / "shared" / "data" / "scottish_stv"
ALL = 1070
TURNS = 15


def environment() -> Path:
    """The Python of an environment that has the libraries; it is made where there is none."""
    folder = FOLDER / "counting-libraries"
    python = folder / "bin" / "python"
    known = folder / "installed"
    if not known.exists() or known.read_text() != "\n".join(LIBRARIES):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*install, *LIBRARIES], check=True, stdout=sys.stderr)
        known.write_text("\n".join(LIBRARIES))
    return python


class Peer:
    """The libraries in a process of their own, which counts all elections when it is asked."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [environment(), "-W", "ignore", Path(__file__).with_name("_counting_peer.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        elections = [
            {
                "candidates": len(contest.candidates),
                "seats": contest.seats,
                "papers": [(ballot.weight, ballot.choices) for ballot in contest.ballots],
            }
            for contest in contests
        ]
        self.elected: dict[str, list[list[int]]] = json.loads(self._ask(json.dumps(elections)))

    def seconds(self, library: str) -> float:
        return float(self._ask(library))

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, line: str) -> str:
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def ours() -> list[list[int]]:
    return [sorted(count_scottish(contest).elected) for contest in contests]


texts = {path.name: path.read_text("utf-8") for path in sorted(ELECTIONS.glob("*.csv"))}
if not texts:
    raise SystemExit(f"Nothing to measure: there are no elections in {ELECTIONS}.")
contests = [read_contest(text, name) for name, text in texts.items()]
count = len(contests)
peer = Peer()
elected = ours()
mine: list[float] = []
theirs: dict[str, list[float]] = {name: [] for name in peer.elected}
for _turn in range(TURNS):
    mine.append(timed(ours))
    for name, seconds in theirs.items():
        seconds.append(peer.seconds(name))
peer.close()
for name, seconds in theirs.items():
    same = sum(one == other for one, other in zip(elected, peer.elected[name], strict=True))
    print(f"{name}: {min(seconds) * 1000 / count:.2f} ms each; {same} elect the same")
fastest = min(theirs, key=lambda name: min(theirs[name]))
each = f"{min(mine) * 1000 / count:.2f} ms each"
report(
    f"{count} elections by the Scottish rule ({each}) / {fastest}",
    min(mine) / min(theirs[fastest]),
    0.2,
)
report(f"counting: seconds for {ALL} such elections", min(mine) / count * ALL, 1.4)
reading = best(lambda: [read_contest(text, name) for name, text in texts.items()])
report(f"reading: seconds for {ALL} such files", reading / count * ALL, 8)
close()
