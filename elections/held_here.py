"""What votes, meetings, bureaus and delegations hold on a member. No ballot is held on anybody."""

from django.utils.translation import gettext_lazy as _

from elections.bureaus.portfolios import portfolio_label
from elections.models import (
    Attendance,
    CalendarFeed,
    CheckOff,
    Choice,
    Delegate,
    Invitation,
    Nomination,
    PollTeller,
    RollEntry,
    Seat,
    TellerKey,
)
from members.holdings import declare_part, of_model

_OF_POLL = ("poll__question", "poll__unit")
_OF_DELEGATE = (
    *("apportionment__meeting", "delegation__unit"),
    "delegation__apportionment__meeting",
)

for _part in (
    of_model(RollEntry, _("Rolls of votes"), order=40, name="rolls", joined=_OF_POLL),
    of_model(CheckOff, _("Votes taken part in"), order=41, name="check_offs", joined=_OF_POLL),
    of_model(Choice, _("Candidacies"), order=42, name="candidacies", also=("question__unit",)),
    of_model(  # by whom is another's
        Nomination,
        _("Nominations"),
        order=43,
        name="nominations",
        leave_out=("by",),
        also=("question__unit",),
    ),
    of_model(  # of whom, and what became of it, is another's
        Nomination,
        _("Nominations of others"),
        order=44,
        name="nominations_made",
        lookup="by",
        leave_out=("member", "state", "answered_on", "statement"),
        also=("question__unit",),
    ),
    of_model(
        Seat,
        _("Seats in bureaus"),
        order=50,
        name="seats",
        also=("bureau__unit",),
        words={"portfolio": portfolio_label},
    ),
    of_model(Delegate, _("Delegations"), order=51, name="delegates", joined=_OF_DELEGATE),
    of_model(
        Invitation,
        _("Invitations to meetings"),
        order=60,
        name="invitations",
        joined=("meeting__unit",),
    ),
    of_model(Attendance, _("Meetings attended"), order=61, name="attendances"),
    of_model(
        CalendarFeed,
        _("Link to my calendar"),
        order=62,
        name="calendar_feeds",
        leave_out=("token_hash",),
    ),
    of_model(
        TellerKey,
        _("Key as a teller"),
        order=82,
        name="teller_keys",
        lookup="account__member",
        leave_out=(
            "public",
            "wrapped",
        ),  # it says nothing of anybody
    ),
    of_model(
        PollTeller,
        _("Polls as a teller"),
        order=83,
        name="poll_tellers",
        lookup="account__member",
        leave_out=("wrapped",),
        joined=_OF_POLL,
    ),
):
    declare_part(_part)
