"""Letters to those invited of whom no e-mail address is known."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit.log import Draft, key_of, note, recording
from audit.models import Entry
from districts.roles import CHANGE
from districts.scope import ground_of
from elections.models import Invitation, Meeting
from members.models import Member


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: who gets it and where it goes, line by line."""

    name: str
    lines: tuple[str, ...]


def letters_of(request: HttpRequest, meeting: Meeting) -> list[Letter]:
    """The letters of a meeting in the order of the streets, to members of the user's ground.

    Two queries at most.
    """
    waiting = Invitation.objects.filter(meeting=meeting, state=Invitation.State.LETTER)
    ground = ground_of(request, CHANGE)
    mine = Member.objects.on_ground(ground, meeting.day).filter(pk__in=waiting.values("member"))
    rows = mine.select_related("locality").order_by("locality__postcode", "address", "pk")
    return [Letter(member.full_name, tuple(_lines(member))) for member in rows]


def _lines(member: Member) -> list[str]:
    place = str(member.locality) if member.locality else ""
    street = "" if member.is_veiled else member.address
    return [line for line in (member.full_name, street, place) if line]


def note_printing(meeting: Meeting) -> None:
    """Log that the letters were opened to be printed: names and addresses leave the program."""
    with recording("print-letters") as running:
        told = {"meeting": meeting}
        running.sentence = _("The letters were opened to be printed: %(meeting)s.") % told
        table, key = key_of(meeting)
        drafted = Draft(what=Entry.What.EXPORTED, table=table, key=key, unit=meeting.unit_id)
        note(drafted, act="print-letters")
