"""Candidates as they are typed: one a line, as a member's number or a name (A13)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.ground import Ground
from audit.periods import in_force
from districts.kinds import FACTORY_CELLS
from elections.models import Choice, Question
from elections.questions import Candidate
from members.models import Member, Registration
from members.names import search_words

MOST_CANDIDATES = 60
_NUMBER_AT_THE_END = re.compile(r"\((\d{1,18})\)\s*\Z")
_ASKED_BACK = 4


def lines_of(text: str) -> list[str]:
    """The lines that say something, without the spaces around them."""
    return [line.strip() for line in text.replace("\0", "").splitlines() if line.strip()]


def read_candidates(text: str, ground: Ground, on: date) -> list[Candidate]:
    """Those who stand: members of `ground` by number or by their whole name, others by name alone.

    Raises `ValidationError` with all lines that name nobody for certain. A query for the numbers,
    and one for each name.
    """
    lines = lines_of(text)
    if len(lines) > MOST_CANDIDATES:
        reason = _("At most %(most)s can stand.")
        raise ValidationError(reason % {"most": MOST_CANDIDATES})
    numbers = {number for line in lines if (number := _number_in(line)) is not None}
    mine = Member.objects.on_ground(ground, on, among=numbers)
    known = {member.pk: member for member in mine}
    found, wrong = [], []
    for line in lines:
        try:
            found.append(_candidate(line, known, ground, on))
        except ValidationError as error:
            wrong += error.messages
    if wrong:
        raise ValidationError(wrong)
    return found


def members_called(line: str, ground: Ground, on: date) -> list[Member]:
    """The members of `ground` whom a line names: one by the number, or all of this whole name.

    A query. Names that are veiled from the user who asks find nobody (A14).
    """
    number = _number_in(line)
    if number is not None:
        return list(Member.objects.on_ground(ground, on, among={number}))
    words = sorted(search_words(line))
    like = Member.objects.on_ground(ground, on).named(line)[:50] if words else []
    return [one for one in like if sorted(search_words(one.full_name)) == words]


def _candidate(line: str, known: Mapping[int, Member], ground: Ground, on: date) -> Candidate:
    number = _number_in(line)
    if number is None:
        return _named(line, ground, on)
    if number not in known:
        reason = _("“%(line)s”: you keep no member with this number.")
        raise ValidationError(reason % {"line": line})
    return Candidate(known[number].registered_name, known[number])


def _number_in(line: str) -> int | None:
    """The number of a line that is one, or that ends with one in brackets."""
    if line.isdecimal() and len(line) <= 18:
        return int(line)
    in_brackets = _NUMBER_AT_THE_END.search(line)
    return int(in_brackets[1]) if in_brackets else None


def _named(line: str, ground: Ground, on: date) -> Candidate:
    """The one member of this whole name, or the name alone where there is none."""
    same = members_called(line, ground, on)
    if len(same) == 1:
        return Candidate(same[0].registered_name, same[0])
    if same:
        reason = _("“%(line)s” is the name of several: please give the number, %(who)s.")
        who = _(" or ").join(str(one.pk) for one in same[:_ASKED_BACK])
        raise ValidationError(reason % {"line": line, "who": who})
    return Candidate(line)


def as_lines(choices: Iterable[Choice]) -> str:
    """Choices as they would be typed, those of members with the number in brackets."""
    return "\n".join(
        f"{choice.name} ({choice.member_id})" if choice.member_id else choice.label
        for choice in choices
    )


def homes_of(members: Iterable[int], on: date) -> Mapping[int, Registration]:
    """The home registrations on the day `on` of those with these numbers. One query."""
    homes = Registration.objects.filter(in_force(on), kind="home", member__in=set(members))
    return {home.member_id: home for home in homes.select_related("unit")}


def factory_members(question: Question, on: date) -> list[Choice]:
    """The candidates at home in a factory cell or a joint cell on the day `on` (A13)."""
    choices = list(question.choices.filter(withdrawn=False))
    homes = homes_of((choice.member_id for choice in choices if choice.member_id), on)
    return [choice for choice in choices if _is_of_a_factory(homes.get(choice.member_id or 0))]


def _is_of_a_factory(home: Registration | None) -> bool:
    return home is not None and home.unit.kind in FACTORY_CELLS


def read_numbers(text: str, ground: Ground, on: date) -> list[int]:
    """Numbers of members of `ground`, one a line, each once.

    Raises `ValidationError` with all lines that are none. One query.
    """
    lines = lines_of(text)
    numbers = [_number_in(line) for line in lines]
    asked = {number for number in numbers if number is not None}
    mine = Member.objects.on_ground(ground, on, among=asked).present(on)
    known = set(mine.order_by().values_list("pk", flat=True))
    wrong = list(_wrong(lines, numbers, known))
    if wrong:
        raise ValidationError(wrong)
    return sorted(known)


def _wrong(lines: list[str], numbers: list[int | None], known: set[int]) -> Iterator[str]:
    for line, number in zip(lines, numbers, strict=True):
        if number not in known:
            reason = _("“%(line)s”: you keep no present member with this number.")
            yield reason % {"line": line}
