"""Questions, polls, who voted, the ballots, which name nobody; and who leads by them."""

from elections.models.ballots import Count, PaperCount, SealedBallot
from elections.models.bureaus import Bureau, Seat
from elections.models.polls import CheckOff, Poll, RollEntry
from elections.models.questions import Choice, Composition, Question
from elections.models.tellers import PollTeller, Share, TellerKey
from elections.models.tries import PassphraseTry

__all__ = [
    "Bureau",
    "CheckOff",
    "Choice",
    "Composition",
    "Count",
    "PaperCount",
    "PassphraseTry",
    "Poll",
    "PollTeller",
    "Question",
    "RollEntry",
    "SealedBallot",
    "Seat",
    "Share",
    "TellerKey",
]
