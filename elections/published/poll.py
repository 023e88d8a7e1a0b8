"""A closed poll as it is published: its terms, its box and what was promised at its opening."""

from dataclasses import dataclass
from datetime import date

from elections.tallying import PaperTotals, Terms

FORMAT = "kartei-poll-1"

# The files by name. Those in `ALWAYS` are there whatever the poll is.
POLL, RECEIPTS, BALLOTS = "poll.json", "receipts.csv", "ballots.csv"
BLT, TOTALS = "ballots.blt", "totals.csv"
RESULT, README, MANIFEST = "result.json", "README.txt", "manifest.json"
ALWAYS = (POLL, RECEIPTS, BALLOTS, RESULT, README, MANIFEST)
SOMETIMES = (BLT, TOTALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPoll(Terms):
    """All that a poll publishes, apart from what follows from it: the links and the result.

    identity            the poll's UUID, in lowercase with hyphens
    unit                the name of the unit that held the poll
    checked_off_online, how many of the roll were checked off, by the way that they voted
    checked_off_on_paper
    public_key          in hexadecimal digits; '' where nobody could vote online
    seed_commitment     SHA-256 of the seed, published when the poll was opened; '' for none
    seed                revealed at the close
    chain_head          the last link of the board
    receipts            of the sealed ballots, in ascending order
    ballots             the choices of each ballot in the list, papers and online ones in one random
                        order; where their order says nothing (block, approval) they ascend
    totals              what was counted of papers that were not entered one by one
    invalid_papers      ballots in the box that are invalid, and so not in the list
    """

    identity: str
    unit: str
    checked_off_online: int
    checked_off_on_paper: int
    opened_on: date
    closed_on: date
    public_key: str
    seed_commitment: str
    seed: str
    chain_head: str
    receipts: tuple[str, ...] = ()
    ballots: tuple[tuple[int, ...], ...] = ()
    totals: PaperTotals | None = None
    invalid_papers: int = 0

    @property
    def lot_seed(self) -> str:
        """What the count draws lots with: nobody could know both halves before the close."""
        return f"{self.seed}|{self.chain_head}"

    @property
    def checked_off(self) -> int:
        """How many of the roll were checked off."""
        return self.checked_off_online + self.checked_off_on_paper

    @property
    def in_box(self) -> int:
        """How many ballots and papers there are: listed, in the totals, and invalid."""
        papers = self.totals.papers if self.totals else 0
        return len(self.ballots) + papers + self.invalid_papers

    @property
    def has_blt(self) -> bool:
        """Whether there is a BLT file: of an election, where the list holds all valid ballots."""
        return self.kind == "election" and self.totals is None
