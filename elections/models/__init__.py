"""Questions, polls, who voted, nameless ballots; meetings, delegates; who leads; emergencies."""

from elections.models.announcements import Announcement
from elections.models.ballots import Count, PaperCount, SealedBallot
from elections.models.bureaus import Bureau, Seat
from elections.models.delegates import Apportionment, Delegate, Delegation
from elections.models.emergencies import Emergency
from elections.models.meeting_people import Attendance, CalendarFeed, Invitation
from elections.models.meetings import AgendaItem, Meeting, Rhythm
from elections.models.nominations import Nomination, NominationCall
from elections.models.polls import CheckOff, Poll, RollEntry
from elections.models.questions import Choice, Composition, Question
from elections.models.tellers import PollTeller, Share, TellerKey
from elections.models.tries import PassphraseTry

__all__ = [
    "AgendaItem",
    "Announcement",
    "Apportionment",
    "Attendance",
    "Bureau",
    "CalendarFeed",
    "CheckOff",
    "Choice",
    "Composition",
    "Count",
    "Delegate",
    "Delegation",
    "Emergency",
    "Invitation",
    "Meeting",
    "Nomination",
    "NominationCall",
    "PaperCount",
    "PassphraseTry",
    "Poll",
    "PollTeller",
    "Question",
    "Rhythm",
    "RollEntry",
    "SealedBallot",
    "Seat",
    "Share",
    "TellerKey",
]
