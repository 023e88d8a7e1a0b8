"""Questions, polls, who voted, and the ballots, which name nobody."""

from elections.models.ballots import Count, PaperCount, SealedBallot
from elections.models.polls import CheckOff, Poll, RollEntry
from elections.models.questions import Choice, Composition, Question
from elections.models.tellers import PollTeller, Share, TellerKey
from elections.models.tries import PassphraseTry

__all__ = [
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
    "Share",
    "TellerKey",
]
