"""Which unit holds which kind of meeting (A10, A11, A12). Pure: usable on unsaved rows."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from districts.kinds import CELLS, Kind
from elections.models.meetings import MeetingKind

CELL, GENERAL = MeetingKind.CELL, MeetingKind.GENERAL
DELEGATES, CONFERENCE = MeetingKind.DELEGATES, MeetingKind.CONFERENCE

# The first of each is the one that is proposed.
HELD_BY: dict[str, tuple[MeetingKind, ...]] = {
    **dict.fromkeys(CELLS, (CELL,)),
    Kind.DISTRICT: (GENERAL, DELEGATES),
    Kind.LOCAL_GROUP: (GENERAL, DELEGATES),
    Kind.AREA: (DELEGATES,),
    Kind.TOWN: (CONFERENCE,),
}
ARTICLES: dict[str, str] = {CELL: "A10", GENERAL: "A10", DELEGATES: "A11", CONFERENCE: "A12"}
OF_DELEGATES = frozenset({DELEGATES, CONFERENCE})

TITLES: dict[str, str | Promise] = {
    CELL: _("Cell meeting"),
    GENERAL: _("General meeting"),
    DELEGATES: _("Delegate meeting"),
    CONFERENCE: _("Town conference"),
}


def may_hold(*, unit_kind: str, kind: str) -> bool:
    """Whether a unit of `unit_kind` holds meetings of `kind`."""
    return kind in HELD_BY[unit_kind]
