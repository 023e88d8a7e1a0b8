"""The page of likely duplicates, and the two acts that it leads to: merging, and telling apart."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget

from audit.ground import Ground
from audit.models import Entry
from audit.refusals import Blocker
from districts.acts import Outcome, Text, act_on, sentence
from districts.acts_admin import ActingAdmin
from districts.filters import chosen_unit
from districts.models import Unit
from districts.picking import PickField
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any
from members.account_admin import MEMBER
from members.admin_acts import MemberAct, standing_registrations
from members.doubles import MOST_PAIRS, Pair, likely_pairs
from members.likeness import SIMILAR, Likeness, similarity
from members.merging import (
    merge_members,
    not_taken_over,
    open_homes,
    staying_home,
    tell_apart,
)
from members.models import Account, FormerNumber, Member, NotTheSame, Registration
from members.veil import is_veiled, look_up

MOST_PEOPLE = 10_000  # that are compared for one page
PAIRS_PER_PAGE = 20
MOST_UNITS = 200
HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE
_LIST = "admin:members_member_doubles"


class TwoMembers(MemberAct):
    """An act on a member and another one."""

    other = PickField(
        MEMBER, label=lazy("The other one"), help_text=lazy("A number, or a part of the name.")
    )

    @classmethod
    def applies_to(cls, target: Member, on: Any) -> bool:
        return True

    def adapt(self) -> None:
        # It is done today: the days of the past are not changed by finding out.
        self.fields["on"].disabled = True
        self.fields["on"].widget = forms.HiddenInput()
        self.second = self._second()
        if not self.is_bound and self.second is not None:
            self.initial["other"] = self.second

    def _second(self) -> Any:
        """The other one, as far as he or she is known already and the user's to change."""
        text = (self.data if self.is_bound else self.initial).get("other") or ""
        return MEMBER.named(self.request, text.replace("\0", "").strip()) if text else None

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Member"), self.target
        if self.second is not None:
            yield lazy("The other one"), self.second

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        for member in (target, self.cleaned_data["other"]):
            if member.is_veiled:
                reason = _(
                    "Number %(member)s is veiled from you: this is for those with a role there."
                )
                yield Blocker(reason % {"member": member}, "A14")
            yield from self.outside(standing_registrations(member))

    def in_order(self, target: Member) -> list[Member]:
        """The two, the older number first."""
        return sorted((target, self.cleaned_data["other"]), key=lambda member: member.pk)

    def back(self) -> str:
        """The page of likely duplicates, for whoever came from there."""
        came = self.request.GET.get("from", "")
        if came != "doubles":
            return ""
        unit = self.request.GET.get("unit", "")
        return reverse(_LIST) + (f"?unit={unit}" if unit.isdecimal() else "")


@act_on(Member)
class Merge(TwoMembers):
    """Make one of two numbers."""

    name = "merge"
    title = lazy("Merge with another number")
    explanation = lazy(
        "For a person who stands in the register twice. The older number stays, and everything "
        "held under the other one moves to it: registrations, work, memberships, the account, and "
        "contact data that is missing. The other number leads to the older one and is never given "
        "again. This cannot be taken back."
    )
    icon = "merge"
    grave = True
    order = 80

    home = forms.ChoiceField(
        label=lazy("Which home cell stays"),
        widget=UnfoldAdminRadioSelectWidget,
        help_text=lazy("The registration with the other one ends, or is struck out."),
    )

    def adapt(self) -> None:
        super().adapt()
        self.told: list[str] = []
        homes = open_homes(self.target, self.second) if self.second else []
        if len({held.unit_id for held in homes}) < 2:
            del self.fields["home"]
            return
        stays = staying_home(homes)
        self.fields["home"].choices = [  # type: ignore[attr-defined]
            (str(held.pk), _home_to_choose(held)) for held in homes
        ]
        self.fields["home"].initial = str(stays.pk) if stays else None

    def unusual(self, target: Member) -> Iterator[Text]:
        yield from super().unusual(target)
        keep, gone = self.in_order(target)
        if keep.born and gone.born and keep.born != gone.born:
            text = _("They were born on different days: %(one)s and %(other)s.")
            yield sentence(text, one=keep.born, other=gone.born)
        if similarity(keep.search, gone.search) < SIMILAR:
            yield _("They have different names.")
        apart = NotTheSame.objects.filter(member=keep, other=gone).first()
        if apart is not None:
            text = _("On %(day)s it was found that they are two people.")
            yield sentence(text, day=apart.on)

    def foretold(self, target: Member) -> list[str]:
        return self.told

    def perform(self, target: Member) -> Outcome:
        keep, gone = self.in_order(target)
        lost, closed = not_taken_over(keep, gone), _closed_account(keep, gone)
        number = gone.pk
        home = self.cleaned_data.get("home")
        merged = merge_members(
            keep=keep,
            gone=gone,
            on=self.day,
            home=Registration.objects.filter(pk=home).first() if home else None,
            by=self.request.user,
        )
        text = _("%(gone)s was merged into %(keep)s.")
        said = sentence(text, gone=f"{gone.full_name} ({number})", keep=merged)
        self.told = [*_told(merged, number), *lost_sentences(merged, lost), *closed]
        return Outcome(merged, said, self.back())


@act_on(Member)
class TellApart(TwoMembers):
    """Keep that two are two people."""

    name = "not-the-same"
    title = lazy("Not the same person")
    explanation = lazy(
        "The two are two people. It is kept, with the reason, and they are not shown as likely "
        "duplicates again."
    )
    icon = "call_split"

    @classmethod
    def applies_to(cls, target: Member, on: Any) -> bool:
        return False  # it is offered beside a pair, where it answers a question

    def adapt(self) -> None:
        super().adapt()
        self.fields["reason"].required = True
        self.fields["reason"].help_text = lazy("How do you know? Kept in the log.")

    def foretold(self, target: Member) -> Iterator[str]:
        text = _("%(one)s and %(other)s are kept as two people.")
        one, other = self.in_order(target)
        yield sentence(text, one=one, other=other)

    def perform(self, target: Member) -> Outcome:
        tell_apart(one=target, other=self.cleaned_data["other"], on=self.day)
        text = _("%(one)s and %(other)s are two people.")
        one, other = self.in_order(target)
        return Outcome(target, sentence(text, one=one, other=other), self.back())


def _home_to_choose(held: Registration) -> str:
    text = _("%(unit)s, since %(day)s, under number %(number)s")
    return sentence(text, unit=held.unit, day=held.since, number=held.member_id)


def _told(member: Member, number: int) -> Iterator[str]:
    """What the register holds on somebody after a merge, in sentences."""
    text = _("%(member)s stays, and number %(number)s leads there from now on.")
    yield sentence(text, member=member, number=number)
    since = [(_("member"), row) for row in member.earlier_memberships.order_by("since")]
    yield _told_of(_("Membership"), [*since, (_("member"), _Standing(member))])
    rows = list(member.registrations.select_related("unit").order_by("since"))
    yield _told_of(_("Home cell"), [(row.unit, row) for row in rows if row.kind == HOME])
    yield _told_of(_("As a resident"), [(row.unit, row) for row in rows if row.kind == RESIDENCE])
    work = member.employments.select_related("workplace").order_by("since")
    yield _told_of(_("Work"), [(row.workplace, row) for row in work])


class _Standing:
    """The membership that stands with the member, as a period."""

    def __init__(self, member: Member) -> None:
        self.since, self.until = member.joined, member.left


def _told_of(title: str, periods: Sequence[tuple[Any, Any]]) -> str:
    told = [
        sentence(
            _("%(what)s from %(since)s to %(until)s")
            if row.until
            else _("%(what)s since %(since)s"),
            what=what,
            since=row.since,
            until=row.until,
        )
        for what, row in periods
    ]
    return f"{title}: {'; '.join(told) or _('none')}."


def lost_sentences(keep: Member, lost: Sequence[str]) -> Iterator[str]:
    """What is not taken over because the kept number has its own."""
    if lost:
        text = _("Not taken over, since number %(number)s has its own: %(data)s.")
        yield text % {"number": keep.pk, "data": "; ".join(lost)}


def _closed_account(keep: Member, gone: Member) -> list[str]:
    """What becomes of the account of the number that goes."""
    accounts = {row.member_id: row for row in Account.objects.filter(member__in=(keep, gone))}
    if gone.pk not in accounts:
        return []
    account = accounts[gone.pk]
    if keep.pk not in accounts:
        return [_("The account %(account)s moves with its roles.") % {"account": account}]
    text = _("The account %(account)s is closed and its roles end; %(other)s stays as it is.")
    return [text % {"account": account, "other": accounts[keep.pk]}]


class PeopleAdmin(ActingAdmin):
    """A table of members that knows their former numbers and the likely duplicates among them."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.doubles_view)
        return [path("doubles/", view, name="members_member_doubles"), *super().get_urls()]

    def entries_of(self, row: Any) -> QuerySet[Entry]:
        own = Member.objects.filter(pk=row.pk).order_by().values("pk")
        former = row.former_numbers.order_by().values("number")
        entries: QuerySet[Entry] = Entry.objects.filter(member__in=own.union(former))
        return entries

    def numbered(self, members: QuerySet[Any], number: int) -> QuerySet[Any]:
        """The member with this number, or the one that it leads to since a merge."""
        former = FormerNumber.objects.filter(number=number).values_list("member", flat=True).first()
        return members.filter(number=former or number)

    def tell_former_number(self, request: HttpRequest) -> None:
        """Say so where somebody looks for a number that leads to another one."""
        text = request.GET.get("q", "").strip()
        if not text.isdecimal() or len(text) >= 19:
            return
        member = self.get_queryset(request).filter(former_numbers__number=int(text)).first()
        if member is not None:
            said = _("Number %(number)s is now %(member)s: the two were merged.")
            messages.info(request, said % {"number": int(text), "member": member})

    def doubles_view(self, request: HttpRequest) -> HttpResponse:
        """The pairs that may be one person each, the likeliest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        unit = chosen_unit(request)
        if unit is None and "unit" in request.GET:
            raise Http404
        ground = ground_of(request)
        here = Ground((unit.extent,)) if unit else ground
        context: dict[str, Any] = {"units": _units_to_choose(ground, unit)}
        if _few(here):
            pairs = _unveiled(likely_pairs(here, ground))
            page = Paginator(pairs, PAIRS_PER_PAGE).get_page(request.GET.get("p"))
            context |= {"page": page, "pairs": _shown(request, list(page), unit)}
            context |= {"compared": True, "cut": len(pairs) >= MOST_PAIRS}
        request.current_app = self.admin_site.name
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Likely duplicates"),
            "opts": self.opts,
            "unit": unit,
        }
        return TemplateResponse(request, "kartei/doubles.html", context)


def _unveiled(pairs: list[Pair]) -> list[Pair]:
    """Those of whom both may be seen: what a veiled one shares with another is not told (A14)."""
    look_up({number for pair in pairs for number in (pair.number, pair.other)})
    return [pair for pair in pairs if not (is_veiled(pair.number) or is_veiled(pair.other))]


def _few(here: Ground) -> bool:
    people = Member.objects.on_ground(here, timezone.localdate()).order_by()
    return people[: MOST_PEOPLE + 1].count() <= MOST_PEOPLE


def _units_to_choose(ground: Ground, unit: Unit | None) -> list[Unit]:
    """The units by which the page can be narrowed: those right below what it shows."""
    units = Unit.objects.on_ground(ground).exclude(dissolved__lte=timezone.localdate())
    if unit is not None:
        return list(units.filter(parent=unit)[:MOST_UNITS])
    if ground.everywhere:
        return list(units.filter(parent=None)[:MOST_UNITS])
    own = Q(pk__in=[])
    for extent in ground.extents:
        own |= Q(parent__tree_id=extent.tree, parent__lft=extent.left)
    return list(units.filter(own)[:MOST_UNITS])


def _shown(request: HttpRequest, pairs: Sequence[Pair], unit: Unit | None) -> list[dict[str, Any]]:
    """What the page shows of its pairs. Three queries, however many they are."""
    numbers = {number for pair in pairs for number in (pair.number, pair.other)}
    people = Member.objects.in_bulk(numbers)
    homes = Registration.objects.filter(member__in=numbers, kind=HOME).select_related("unit")
    last = {held.member_id: held for held in homes.order_by("since")}
    mine = _changeable(request, numbers)
    query = "&from=doubles" + (f"&unit={unit.pk}" if unit else "")
    return [
        {
            "members": [
                {"member": people[number], "home": last.get(number), "url": _page_of(number)}
                for number in (pair.number, pair.other)
            ],
            "why": list(reasons(pair.likeness)),
            "merge": _act(pair, "merge", query) if {pair.number, pair.other} <= mine else "",
            "apart": _act(pair, "not-the-same", query),
        }
        for pair in pairs
        if {pair.number, pair.other} <= people.keys()
    ]


def _changeable(request: HttpRequest, numbers: set[int]) -> set[int]:
    ground = ground_of(request, CHANGE)
    if not holds_any(ground):
        return set()
    rows = Member.objects.on_ground(ground, timezone.localdate(), among=list(numbers))
    return set(rows.order_by().values_list("pk", flat=True))


def _page_of(number: int) -> str:
    return reverse("admin:members_member_change", args=[number])


def _act(pair: Pair, act: str, query: str) -> str:
    address = reverse("admin:members_member_act", args=[pair.number, act])
    return f"{address}?other={pair.other}{query}"


def reasons(likeness: Likeness) -> Iterator[str]:
    """Why two are likely one person, in a few words each."""
    if likeness.same_name:
        yield _("same name")
    elif likeness.names >= SIMILAR:
        yield _("similar name")
    if likeness.same_day:
        yield _("born on the same day")
    if likeness.same_email:
        yield _("same e-mail")
