"""Who looked at a member, who took his or her data out, and what was changed: from the log.

Whoever looks at the own data is not kept. A look says whose account it was and in which role. An
export is told when it took in a unit with which the member was registered at that moment.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit import wording
from audit.log import model_of
from audit.models import Entry
from audit.tables.noting import EVERYTHING
from districts.models import Unit
from members.holdings import Part, Row, declare_part, told
from members.log_filter import LogFilter
from members.looks import scope_in_words
from members.models import Member, Registration

What = Entry.What
_PEOPLE = {"members", "registrations", "employments", "requests", "earlier_memberships"}


def _looks(member: Member) -> Iterator[Row]:
    for entry in Entry.objects.filter(member=member.pk, what=What.LOOKED).order_by("-pk"):
        scope = entry.facts.get("scope", [])
        yield [
            told("at", _("when"), entry.at),
            told("who", _("account"), entry.actor_name),
            told("as", _("in the role of"), ", ".join(scope), scope_in_words(scope)),
        ]


def _exports(member: Member) -> Iterator[Row]:
    titles = LogFilter.titles()
    for entry in exports_with(member):
        yield [
            told("at", _("when"), entry.at),
            told("who", _("account"), entry.actor_name),
            told("what", _("what"), entry.act, titles.get(entry.act, entry.act)),
            told("unit", _("of"), unit := entry.facts.get("unit", ""), _of(unit)),
        ]


def exports_with(member: Member) -> list[Entry]:
    """The exports that took in the member, the latest first. Three queries at most.

    Those of a unit with which the member was registered then, or of one above it, and those of
    everything. What names no people, such as findings and rules, is left out.
    """
    taken = Entry.objects.filter(what=What.EXPORTED).exclude(act="begin-export")
    mine = Q(member=member.pk) | Q(unit__in=_units(member).values("pk")) | Q(unit=None, member=None)
    held = list(member.registrations.select_related("unit").order_by())
    return [
        entry
        for entry in taken.filter(mine).order_by("-pk")
        if entry.member == member.pk or _took(entry, held)
    ]


def _of(unit: str) -> str:
    return _now("everything") if unit == EVERYTHING else unit


def _units(member: Member) -> QuerySet[Unit]:
    """The units with which the member is or was registered, and all above them."""
    held = Registration.objects.filter(
        member=member.pk,
        unit__tree_id=OuterRef("tree_id"),
        unit__lft__gte=OuterRef("lft"),
        unit__rght__lte=OuterRef("rght"),
    )
    found: QuerySet[Unit] = Unit.objects.filter(Exists(held)).order_by()
    return found


def _took(entry: Entry, held: Iterable[Registration]) -> bool:
    day = timezone.localtime(entry.at).date()
    then = [one.unit for one in held if one.holds(day)]
    tables = entry.facts.get("tables")
    if tables is not None and not _PEOPLE & {*tables}:
        return False
    if entry.unit is not None:
        return bool(then)
    return entry.facts.get("unit", EVERYTHING) == EVERYTHING and bool(then)


def _changes(member: Member) -> Iterator[Row]:
    titles = LogFilter.titles()
    changed = (What.CREATED, What.CHANGED, What.REMOVED)
    for entry in Entry.objects.filter(member=member.pk, what__in=changed).order_by("-pk"):
        entry.changes = _own(entry, member)
        yield [
            told("at", _("when"), entry.at),
            told("act", _("what was done"), entry.act, titles.get(entry.act, entry.act)),
            told("table", _("where"), entry.table, wording.title(entry)),
            told("changes", _("before and after"), entry.changes, _in_words(entry)),
        ]


def _own(entry: Entry, member: Member) -> dict[str, Any]:
    """What an entry changed, without what it says of another member.

    For whom somebody was taken, and by whom he or she was nominated, is that person's to know.
    """
    if entry.table == "not_the_same":
        return {}
    model = model_of(entry.table)
    fields = model._meta.concrete_fields if model else ()
    people = {one.name for one in fields if one.related_model is Member}
    mine = {"", str(member.pk)}
    return {
        name: values
        for name, values in entry.changes.items()
        if name not in people or {str(value or "") for value in values} <= mine
    }


def _in_words(entry: Entry) -> str:
    return "; ".join(
        f"{change.label}: {f'{change.before} → ' if change.before else ''}{change.after}"
        for change in wording.changes(entry)
    )


declare_part(Part("looks", _("Who looked at my page"), _looks, 90, Entry))
declare_part(Part("exports", _("Exports that took me in"), _exports, 91))
declare_part(Part("changes", _("What was changed"), _changes, 92))
