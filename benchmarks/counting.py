"""The Scottish count of 40 council elections against the fastest library that counts STV.

The libraries are installed once, in the versions named here, into an environment of their own beside
the other things that measuring makes: they bring a heavy train of packages that nothing else needs.
The elections are those of the tests; without them there is nothing to measure. Reading and
preparing the papers is left out on both sides; what our reading takes is told beside it.
"""

import json
import subprocess
import sys

from _common import FOLDER, Path, best, close, report

from elections.counting.reading import read_contest
from elections.counting.stv import count_scottish

LIBRARIES = ("votekit==3.5.0", "pyrankvote==2.0.6")
ELECTIONS = Path(__file__).resolve().parents[2] / "shared" / "data" / "scottish_stv"
ALL = 1070
TIMES = 9


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


def theirs() -> dict[str, dict]:
    """What each library took, and whom it elected."""
    elections = [
        {
            "candidates": len(contest.candidates),
            "seats": contest.seats,
            "papers": [(ballot.weight, ballot.choices) for ballot in contest.ballots],
        }
        for contest in contests
    ]
    peer = Path(__file__).with_name("_counting_peer.py")
    done = subprocess.run(
        [environment(), "-W", "ignore", peer],
        input=json.dumps(elections),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)


texts = {path.name: path.read_text() for path in sorted(ELECTIONS.glob("*.csv"))}
if not texts:
    raise SystemExit(f"Nothing to measure: there are no elections in {ELECTIONS}.")
contests = [read_contest(text, name) for name, text in texts.items()]
count = len(contests)
elected = [sorted(count_scottish(contest).elected) for contest in contests]

ours = best(lambda: [count_scottish(contest) for contest in contests], TIMES)
reading = best(lambda: [read_contest(text, name) for name, text in texts.items()], TIMES)
peers = theirs()
for name, told in peers.items():
    same = sum(mine == other for mine, other in zip(elected, told["elected"], strict=True))
    print(f"{name}: {told['seconds'] * 1000 / count:.2f} ms each; {same} elect the same")
fastest = min(peers, key=lambda name: peers[name]["seconds"])
title = f"{count} elections by the Scottish rule ({ours * 1000 / count:.2f} ms each)"
report(f"{title} / {fastest}", ours / peers[fastest]["seconds"], 0.2)
report(f"counting: seconds for {ALL} such elections", ours / count * ALL, 1.4)
report(f"reading: seconds for {ALL} such files", reading / count * ALL, 5)
close()
