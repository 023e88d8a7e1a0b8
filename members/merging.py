"""Merging two numbers under which one person stands in the register: one act, one transaction.

The older number stays, and what the register holds on the other moves to it. Where two periods
clash those of the kept number stand, and the others keep the days that are left free.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from datetime import date
from typing import Any

from django.db.models import ForeignObjectRel
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.roles import changing_blockers, end_roles, roles_of
from members.accounts.closing import shut
from members.models import (
    Account,
    EarlierMembership,
    Employment,
    FormerNumber,
    Member,
    NotTheSame,
    Registration,
)
from members.registrations import HOME, RESIDENCE, merged_away
from members.residence import is_lawful_beside
from members.spans import Membership, Span, settled, united


class CannotMerge(Refused):
    """Two members who could not be merged, or not be told apart."""


MergeCheck = Callable[[Member, Member], Iterable[Blocker]]
Move = Callable[[Member, Member], object]
_checks: list[MergeCheck] = []
_moves: list[Move] = []


def blocks_merging(check: MergeCheck) -> MergeCheck:
    """Declare what else may stand in the way of merging: `check(keep, gone)`; used by apps above.

    Both members are locked when it is asked.
    """
    _checks.append(check)
    return check


def moves_with_merging(move: Move) -> Move:
    """Declare what else moves when two are merged: `move(keep, gone)` takes all from `gone`."""
    _moves.append(move)
    return move


@recorded("merge-members")
def merge_members(
    *, keep: Member, gone: Member, on: date, home: Registration | None = None, by: Any = None
) -> Member:
    """Make one of two members, under the older number `keep`; the other number leads to it.

    `home` is the open home registration that stays where both have one; the one that began last if
    none is given. `by` is the account that does it, None for the program itself. Raises
    `CannotMerge` with every reason, and what the apps above raise when they cannot move their part.
    """
    keep, gone = _locked(keep, gone)
    refuse_if(_merging_blockers(keep, gone, home, by), CannotMerge)
    number = gone.pk
    taken = [*_settle_memberships(keep, gone), *_take_over_contact(keep, gone)]
    _settle_registrations(keep, gone, home)
    _settle_employments(keep, gone)
    _settle_accounts(keep, gone, on)
    refuse_if(field_blockers(keep), CannotMerge)
    keep.save(update_fields=taken)
    _move_former_numbers(keep, gone)
    _move_told_apart(keep, gone)
    for move in _moves:
        move(keep, gone)
    refuse_if(_left_behind(gone), CannotMerge)
    gone.delete()
    gone.pk = number  # by which the log finds whom it concerns
    FormerNumber.objects.create(number=number, member=keep, merged=on)
    return keep


@recorded("tell-apart")
def tell_apart(*, one: Member, other: Member, on: date) -> NotTheSame:
    """Keep that the two are two people, so that nobody is asked again. Raises `CannotMerge`."""
    first, second = _locked(*sorted((one, other), key=lambda member: member.pk))
    pair = NotTheSame(member=first, other=second, on=on)
    if NotTheSame.objects.filter(member=first, other=second).exists():
        reason = _("%(one)s and %(other)s are known to be two people already.")
        raise CannotMerge(Blocker(reason % {"one": first, "other": second}))
    pair.save(force_insert=True)
    return pair


def open_homes(*members: Member) -> list[Registration]:
    """The members' home registrations without an end, in the order of their numbers."""
    rows = Registration.objects.filter(member__in=members, kind=HOME, until=None)
    return list(rows.select_related("unit", "member").order_by("member"))


def staying_home(homes: Sequence[Registration]) -> Registration | None:
    """Of the open homes the one that stays unless somebody says otherwise.

    The one that began last; that of the older number where both are with the same unit or began
    on the same day.
    """
    first = next(iter(homes), None)
    for other in homes[1:]:
        if first and other.unit_id != first.unit_id and other.since > first.since:
            first = other
    return first


# What stands in the way -------------------------------------------------------------------------


def _locked(keep: Member, gone: Member) -> tuple[Member, Member]:
    """Both afresh, locked in the order of their numbers, so that two merges never wait crosswise.

    The whole row is locked, not its contents alone: nothing new may point to one that goes.
    """
    if keep.pk == gone.pk:
        reason = _("%(member)s is one person already; two numbers are needed.")
        raise CannotMerge(Blocker(reason % {"member": keep}))
    numbers = [keep.pk, gone.pk]
    rows = Member.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    found = {member.pk: member for member in rows}
    refuse_if((merged_away(number) for number in numbers if number not in found), CannotMerge)
    return found[keep.pk], found[gone.pk]


def _merging_blockers(
    keep: Member, gone: Member, home: Registration | None, by: Any
) -> Iterator[Blocker]:
    if keep.pk > gone.pk:
        reason = _("The older number stays: merge %(gone)s into %(keep)s.")
        yield Blocker(reason % {"gone": keep, "keep": gone})
    if home is not None and home not in open_homes(keep, gone):
        yield Blocker(_("The home registration that is to stay is no longer open."), "A1")
    accounts = _accounts(keep, gone)
    if len(accounts) == 2:
        yield from _closing_blockers(accounts[gone.pk], by)
    for check in _checks:
        yield from check(keep, gone)


def _closing_blockers(account: Account, by: Any) -> Iterator[Blocker]:
    """All that keeps `by` from closing the account: each role ends that it holds or will."""
    if by is None:
        return
    if account.pk == by.pk:
        yield Blocker(_("The account that would be closed is your own; another secretary does it."))
    if account.is_superuser and not by.is_superuser:
        yield Blocker(_("The account that would be closed is an administrator's."))
    for role, unit in roles_of(user=account):
        yield from changing_blockers(user=account, role=role, unit=unit, by=by)


def _left_behind(gone: Member) -> Iterator[Blocker]:
    """Rows that still point to the number that goes, and would be lost with it."""
    for relation in Member._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        model: Any = relation.related_model
        if model._base_manager.filter(**{relation.field.name: gone}).exists():
            reason = _("%(what)s of %(member)s cannot be moved to another number.")
            what = str(model._meta.verbose_name_plural).capitalize()
            yield Blocker(reason % {"what": what, "member": gone})


# What moves -------------------------------------------------------------------------------------


def _settle_memberships(keep: Member, gone: Member) -> list[str]:
    """One row of memberships of both, the last one with the member; the fields that it changed."""
    rows = list(EarlierMembership.objects.filter(member__in=(keep, gone)).order_by("member"))
    standing = [Membership(Span(one.joined, one.left), one.left_reason) for one in (keep, gone)]
    *earlier, last = united([*standing, *(_membership(row) for row in rows)])
    keep.joined, keep.left, keep.left_reason = last.span.since, last.span.until, last.reason
    staying = []
    for row in rows:
        if _membership(row) in earlier:
            earlier.remove(_membership(row))
            staying.append(row)
        else:
            row.delete()
    for row in staying:
        _hand_over(row, keep)
    for new in earlier:
        EarlierMembership.objects.create(
            member=keep, since=new.span.since, until=new.span.end, reason=new.reason
        )
    return ["joined", "left", "left_reason"]


def _membership(row: EarlierMembership) -> Membership:
    return Membership(Span(row.since, row.until), row.reason)


def _settle_registrations(keep: Member, gone: Member, home: Registration | None) -> None:
    held = Registration.objects.filter(member__in=(keep, gone)).select_related("unit")
    rows = list(held.order_by("member", "since"))
    homes = _in_precedence(keep, [row for row in rows if row.kind == HOME], home)
    lived = settled([[Span(row.since, row.until)] for row in homes])
    residences = [row for row in rows if row.kind == RESIDENCE]
    claims = [_lawful(row, homes, lived) for row in residences]
    _fit(keep, [*homes, *residences], [*lived, *settled(claims)])


def _in_precedence(
    keep: Member, homes: list[Registration], chosen: Registration | None
) -> list[Registration]:
    """The homes of both in the order in which they stand: what comes later takes what is free.

    Only the chosen open home of the other number goes before the open one of the kept number.
    """
    homes.sort(key=lambda row: row.member_id)
    open_ones = [row for row in homes if row.until is None]
    stays = next((row for row in open_ones if row == chosen), None) or staying_home(open_ones)
    mine = [row for row in homes if row.member_id == keep.pk]
    others = [row for row in homes if row.member_id != keep.pk and row != stays]
    if stays is None or stays in mine:
        return [*mine, *others]
    closed = [row for row in mine if row.until is not None]
    return [*closed, stays, *(row for row in mine if row.until is None), *others]


def _lawful(
    residence: Registration, homes: Sequence[Registration], lived: Sequence[Sequence[Span]]
) -> list[Span]:
    """The days of a residence but those with a home of the other number that forbids it (A4).

    Beside a home of its own number it stays as it was, so that nothing is found wrong that was not.
    """
    forbidden = [
        span
        for home, spans in zip(homes, lived, strict=True)
        for span in spans
        if home.member_id != residence.member_id and not is_lawful_beside(residence, home.unit)
    ]
    return Span(residence.since, residence.until).without(forbidden)


def _settle_employments(keep: Member, gone: Member) -> None:
    """The work of both; days in the same workplace count once."""
    rows = list(Employment.objects.filter(member__in=(keep, gone)).order_by("member", "since"))
    for workplace in dict.fromkeys(row.workplace_id for row in rows):
        there = [row for row in rows if row.workplace_id == workplace]
        _fit(keep, there, settled([[Span(row.since, row.until)] for row in there]))


def _fit(keep: Member, rows: Sequence[Any], pieces: Sequence[Sequence[Span]]) -> None:
    """Let each row hold the days of its pieces, as the kept member's.

    What is given up is given up first: at no moment do two periods share a day.
    """
    kept = [(row, spans) for row, spans in zip(rows, pieces, strict=True) if spans]
    for row, spans in zip(rows, pieces, strict=True):
        if not spans:
            row.delete()
    for row, spans in sorted(kept, key=lambda pair: pair[0].member_id != keep.pk):
        _hand_over(row, keep, spans[0])
    for row, spans in kept:
        for span in spans[1:]:
            more = copy(row)
            more.pk, more._state = None, copy(row._state)
            more._state.adding = True
            more.since, more.until = span.since, span.until
            more.save(force_insert=True)


def _hand_over(row: Any, keep: Member, span: Span | None = None) -> None:
    changed = []
    if row.member_id != keep.pk:
        row.member = keep
        changed.append("member")
    if span is not None and Span(row.since, row.until) != span:
        row.since, row.until = span.since, span.until
        changed += ["since", "until"]
    if changed:
        row.save(update_fields=changed)


def _take_over_contact(keep: Member, gone: Member) -> list[str]:
    """What the kept number has nothing of; the fields that were filled."""
    taken = [
        name
        for name in ("given_name", "born", "email", "phone")
        if not getattr(keep, name) and getattr(gone, name)
    ]
    # A street belongs to its place: neither is taken without the other, unless the places agree.
    if keep.locality_id in (None, gone.locality_id) and not keep.address:
        taken += [name for name in ("address", "locality_id") if getattr(gone, name)]
    for name in taken:
        setattr(keep, name, getattr(gone, name))
    return [name.removesuffix("_id") for name in taken]


def not_taken_over(keep: Member, gone: Member) -> list[str]:
    """The contact data of the number that goes which will stand nowhere but in the log."""
    after = copy(keep)
    _take_over_contact(after, gone)
    names = ("family_name", "given_name", "born", "email", "phone", "address", "locality")
    return [
        f"{getattr(Member._meta.get_field(name), 'verbose_name', name)} {value}"
        for name in names
        if (value := getattr(gone, name)) and value != getattr(after, name)
    ]


def _settle_accounts(keep: Member, gone: Member, on: date) -> None:
    """One person, one account; no role becomes wider by it.

    Roles belong to accounts, not to members, and no role is given here. Where both have an account
    the kept number's stays as it is: it does not inherit what the other one held, whose roles end
    and which is closed. An account that is alone moves with its roles as they are, to the person
    whom it always was for: it holds afterwards what it held before. What was ended when a
    membership ended stays ended, even if the two memberships together are still running; and if
    they are not, the roles end here, since nobody holds one who is no member.
    """
    accounts = _accounts(keep, gone)
    account = accounts.get(gone.pk)
    if account is None:
        return
    if keep.pk in accounts:
        end_roles(account=account, on=on)
        account.refresh_from_db()
        account.member = None
        account.save(update_fields=["member"])
        shut(account, on)
        return
    account.member = keep
    account.save(update_fields=["member"])
    if not keep.is_present(on):
        end_roles(account=account, on=on)


def _accounts(keep: Member, gone: Member) -> dict[int, Account]:
    rows = Account.objects.select_for_update(of=("self",)).filter(member__in=(keep, gone))
    return {row.member_id: row for row in rows.order_by("pk") if row.member_id is not None}


def _move_former_numbers(keep: Member, gone: Member) -> None:
    for former in FormerNumber.objects.filter(member=gone):
        former.member = keep
        former.save(update_fields=["member"])


def _move_told_apart(keep: Member, gone: Member) -> None:
    """Whoever is not the same as the one that goes is not the same as the kept one either."""
    pairs = NotTheSame.objects.filter(member=gone) | NotTheSame.objects.filter(other=gone)
    for pair in pairs.select_related("member", "other"):
        third = pair.other if pair.member_id == gone.pk else pair.member
        first, second = sorted((keep, third), key=lambda member: member.pk)
        known = NotTheSame.objects.filter(member=first, other=second).exists()
        if third.pk == keep.pk or known:
            pair.delete()
            continue
        pair.member, pair.other = first, second
        pair.save(update_fields=["member", "other"])
