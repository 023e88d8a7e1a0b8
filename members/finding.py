"""People in the one search: by number, and by any part of the name, however it is spelled."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.days import day_in_words
from audit.periods import in_force
from districts.search import Source, declare_source
from members.models import Member, Registration
from members.names import search_words
from members.veil import look_up


def _numbered(members: QuerySet[Any], text: str) -> QuerySet[Any]:
    fits = text.isdecimal() and len(text) < 19
    return members.filter(number=int(text)) if fits else members.none()


def _named(members: Any, text: str) -> QuerySet[Any]:
    if text.isdecimal():
        return _numbered(members, text)
    found: QuerySet[Any] = members.named(text) if search_words(text) else members.none()
    return found


def _details(members: Sequence[Member]) -> Mapping[Any, Iterable[str | Promise]]:
    """Number, year of birth, and the home cell or the day of leaving. One query."""
    today = timezone.localdate()
    look_up(member.pk for member in members)
    homes = Registration.objects.filter(
        in_force(today), kind=Registration.Kind.HOME, member__in=[member.pk for member in members]
    ).select_related("unit")
    cells = {registration.member_id: str(registration.unit) for registration in homes}
    return {
        member.pk: (
            _("number %(number)s") % {"number": member.pk},
            _("born %(year)s") % {"year": member.born.year}
            if member.born and not member.is_veiled
            else "",
            _("left on %s") % day_in_words(member.left)
            if member.left
            else cells.get(member.pk, _("in no cell")),
        )
        for member in members
    }


def _label(member: Member) -> str:
    return member.sorted_name


declare_source(
    Source(
        name="people",
        model=Member,
        title=gettext_lazy("People"),
        icon="group",
        exact=_numbered,
        like=_named,
        details=_details,
        label=_label,
        order=10,
    )
)
