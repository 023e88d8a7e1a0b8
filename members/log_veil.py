"""What the log does not show of members whose names are veiled from the user who asks (A14).

Sentences and reasons are anybody's words, so those of an act that concerns such a member are left
out whole. Nothing is written: the entries are struck out in memory, on their way to a page.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    EmailField,
    Exists,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from audit import wording
from audit.log import Draft, concerned, model_of
from audit.models import Entry
from districts.acts import titles
from districts.log import Told, veils_entries
from districts.models import Unit
from districts.veil import veiled_ground
from members.models import FormerNumber, Request
from members.veil import hides, is_veiled, look_up, veiled_requests

HIDDEN = "…"
_NAMES_NOBODY = ("units", "localities", "workplaces")
_TEXTS = (CharField, EmailField, TextField, JSONField)
_OF_PEOPLE = ("born", "locality")


@veils_entries
def strike_out(told: Told) -> None:
    """Strike out of entries, or of drafts, what names those who are veiled. Two queries at most."""
    concern = _about_the_veiled()
    if concern is None or not told:
        return
    entries = [one for one in told if isinstance(one, Entry)]
    acts = {one.act_id for one in entries}
    struck = set(concern.filter(act_id__in=acts).values_list("act_id", flat=True).distinct())
    few = {one.pk for one in entries if one.act_id in struck}
    own = set(concern.filter(pk__in=few).values_list("pk", flat=True)) if few else set()
    names = titles() if struck else {}
    for entry in entries:
        if entry.act_id in struck:
            _strike_words(entry, str(names.get(entry.act) or wording.title(entry)))
        if entry.pk in own and "changes" not in entry.get_deferred_fields():
            _strike_values(entry)
    drafts = [one for one in told if isinstance(one, Draft)]
    if drafts and _are_about_the_veiled(drafts):
        for draft in drafts:
            _strike_values(draft)


def _about_the_veiled() -> QuerySet[Entry] | None:
    """The entries that concern veiled members or what is veiled of their units; None for none."""
    asked, hidden = veiled_requests(), hides("member")
    if asked is None or hidden is None:
        return None
    former = FormerNumber.objects.filter(hidden, number=OuterRef("member"))
    units = Unit.objects.on_ground(veiled_ground()).filter(pk=OuterRef("unit"))
    # Only the keys of requests are numbers for certain.
    number = Case(When(table="requests", then=Cast("key", BigIntegerField())))
    about = hidden | Exists(former) | Exists(units) & ~Q(table__in=_NAMES_NOBODY)
    about |= Q(Exists(asked.filter(pk=OuterRef("request"))))
    return Entry.objects.alias(request=number).filter(about).order_by()


def _are_about_the_veiled(drafts: Sequence[Draft]) -> bool:
    """Whether an act concerns the veiled: a new member is known by the unit of the registration."""
    units, members = concerned(one for one in drafts if one.table not in _NAMES_NOBODY)
    requests = (one.row for one in drafts if isinstance(one.row, Request))
    units |= {row.cell_id for row in requests if row.cell_id}
    look_up(members)
    if any(is_veiled(member) for member in members):
        return True
    return bool(Unit.objects.on_ground(veiled_ground()).filter(pk__in=units).exists())


def _strike_words(entry: Entry, title: str) -> None:
    entry.sentence = _("%(act)s (names are withheld, A14)") % {"act": title}
    entry.reason = ""
    entry.salt = ""  # with it the words could be guessed and tried


def _strike_values(told: Entry | Draft) -> None:
    model = model_of(told.table)
    fields = {} if model is None else {field.name: field for field in model._meta.concrete_fields}
    told.changes = {
        name: [
            HIDDEN if value and _is_veiled(name, fields.get(name)) else value for value in values
        ]
        for name, values in told.changes.items()
    }


def _is_veiled(name: str, field: Any) -> bool:
    """Whether values of the field may name a person, or tell what is held on one."""
    if field is None or name in _OF_PEOPLE:
        return True
    return isinstance(field, _TEXTS) and not bool(field.flatchoices)
