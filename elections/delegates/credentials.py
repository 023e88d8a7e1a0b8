"""The credentials of delegates, to be printed: each with a code that is read at the door (A12)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit.log import Draft, key_of, note, recording
from audit.models import Entry
from elections.meetings.passes import new_credential
from elections.models import Delegate, Meeting
from elections.sealing import qr_svg


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential: whose it is, and the code as a picture that names nobody to the eye."""

    delegate: Delegate
    code: str


def credentials_of(meeting: Meeting) -> list[Credential]:
    """The credentials that were issued to standing delegates, unit by unit. One query."""
    issued = Delegate.objects.sent().filter(
        apportionment__meeting=meeting, credential_on__isnull=False
    )
    rows = issued.select_related("member", "delegation__unit")
    return [
        Credential(delegate, _picture(meeting, delegate))
        for delegate in rows.order_by("delegation__unit__lft", "member__search", "pk")
    ]


def _picture(meeting: Meeting, delegate: Delegate) -> str:
    code = new_credential(meeting=meeting.pk, member=delegate.member_id)
    return qr_svg(code, title=_("Code for the door"))


def note_credentials(meeting: Meeting) -> None:
    """Log that the credentials were opened to be printed: names leave the program."""
    with recording("print-credentials") as running:
        told = {"meeting": meeting}
        running.sentence = _("The credentials were opened to be printed: %(meeting)s.") % told
        table, key = key_of(meeting)
        drafted = Draft(what=Entry.What.EXPORTED, table=table, key=key, unit=meeting.unit_id)
        note(drafted, act="print-credentials")
