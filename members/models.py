"""People: what the organisation holds on its members, and the accounts of those who log in."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.ground import Ground
from audit.periods import NoOverlap, ends_after_start, in_force
from districts.models import Locality, Unit, Workplace
from districts.veil import unveiled
from members.names import ERASED, search_key, search_words
from members.veil import hides, is_veiled


class Leaving(models.TextChoices):
    """Why a membership ended."""

    DIED = "died", _("died")
    RESIGNED = "resigned", pgettext_lazy("membership", "resigned")
    EXCLUDED = "excluded", _("excluded")
    MOVED_AWAY = "moved_away", _("moved away")


class MemberQuerySet(models.QuerySet["Member"]):
    """Members, in the words of the business."""

    def present(self, on: date) -> "MemberQuerySet":
        """Those who were members on the day `on`, now or in an earlier membership."""
        earlier = EarlierMembership.objects.filter(in_force(on), member=OuterRef("pk"))
        return self.filter(in_force(on, since="joined", until="left") | Exists(earlier))

    def on_ground(
        self, ground: Ground, on: date, among: Collection[int] | None = None
    ) -> "MemberQuerySet":
        """Those whom the ground's units answer for on the day `on`.

        They are registered there, now or from a later day on; or they left, and were registered
        there when they did; or that was their last home, and no other has taken them in; or they
        were never registered anywhere and live there. `among` are the numbers of a few who alone
        are asked for, however wide the ground is.
        """
        if ground.everywhere:
            return self if among is None else self.filter(pk__in=among)
        # Two sets of keys to look up: conditions joined by "or" would be tried on every member.
        homes = Registration.objects.filter(member=OuterRef("member"), kind="home")
        last = Q(kind="home") & ~Exists(homes.filter(since__gt=OuterRef("since")))
        there = Registration.objects.filter(ground.holds("unit__")).filter(
            Q(until__isnull=True) | Q(until__gt=on) | Q(until__gte=F("member__left")) | last
        )
        registrations = Registration.objects.filter(member=OuterRef("pk"))
        nowhere = Member.objects.filter(ground.holds("locality__unit__")).exclude(
            Exists(registrations)
        )
        if among is not None:
            there, nowhere = there.filter(member__in=among), nowhere.filter(pk__in=among)
        keys = there.order_by().values("member").union(nowhere.order_by().values("pk"))
        return self.filter(pk__in=keys)

    def unveiled(self) -> "MemberQuerySet":
        """Those whose names the user who asks may see: nobody else is found by a name (A14)."""
        hidden = hides("pk")
        return self if hidden is None else self.exclude(hidden)

    def named(self, text: str) -> "MemberQuerySet":
        """Those whose name holds every word of `text`, however it is accented or written.

        Names that are veiled from the user who asks find nobody (A14).
        """
        words = search_words(text)
        members = self.unveiled() if words or not text.strip() else self.none()
        for word in words:
            members = members.filter(search__contains=word)
        return members


class Member(models.Model):
    """A person who is or was a member, under one number for life."""

    number = models.BigAutoField(_("number"), primary_key=True)
    family_name = models.CharField(_("family name"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    born = models.DateField(_("born"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    address = models.CharField(_("street and house number"), max_length=200, blank=True)
    locality = models.ForeignKey(
        Locality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name=_("locality of residence"),
    )
    joined = models.DateField(
        _("joined"), help_text=_("The first day of this membership; earlier ones are kept apart.")
    )
    left = models.DateField(
        _("left"), null=True, blank=True, help_text=_("The first day without membership.")
    )
    left_reason = models.CharField(
        _("why"), max_length=20, choices=Leaving.choices, blank=True, default=""
    )
    search = models.TextField(editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="members_member_number_counts"),
            ends_after_start(since="joined", until="left", name="members_member_left_after_joined"),
            models.CheckConstraint(
                condition=Q(left__isnull=True, left_reason="")
                | Q(left__isnull=False, left_reason__in=Leaving.values),
                name="members_member_left_for_a_reason",
                violation_error_message=_("Who left did so on a day and for a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(family_name=ERASED)
                | Q(left__isnull=False, given_name="", born__isnull=True, email="", phone="")
                & Q(address="", locality__isnull=True),
                name="members_member_erased_whole",
                violation_error_message=_("This person's data were erased; nothing is added."),
            ),
        ]
        indexes = [  # for likely doubles: see members.doubles
            models.Index(fields=["born"], name="members_member_born"),
            models.Index(Lower("email"), name="members_member_email_plain", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return str(self.number) if self.is_veiled else f"{self.full_name} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the key that the search by name looks in."""
        self.search = search_key(self.family_name, self.given_name)
        fields = kwargs.get("update_fields")
        if fields is not None and {"family_name", "given_name"} & set(fields):
            kwargs["update_fields"] = {*fields, "search"}
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        """Given name and family name, as a person is addressed; the number where it is veiled."""
        if self.is_veiled:
            return str(self.number)
        if self.is_erased:
            return str(_("erased"))
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def registered_name(self) -> str:
        """The full name as the register has it: for what is kept, and never for what is shown."""
        with unveiled():
            return self.full_name

    @property
    def sorted_name(self) -> str:
        """Family name first, as lists in its order show it; the number where it is veiled (A14)."""
        if self.is_veiled:
            return str(self.number)
        if self.is_erased:
            return str(_("erased"))
        return ", ".join(part for part in (self.family_name, self.given_name) if part)

    @property
    def is_veiled(self) -> bool:
        """Whether the user who asks sees the number in place of the name (A14)."""
        return is_veiled(self.pk)

    @property
    def is_erased(self) -> bool:
        """Whether the name and all that reaches the person were erased after the exit."""
        return self.family_name == ERASED

    def is_present(self, on: date) -> bool:
        """Whether he or she was a member on the day `on`, in the present membership."""
        return self.joined <= on and (self.left is None or self.left > on)


class Period(models.Model):
    """Something that holds from one day to another and is never overwritten."""

    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day that it no longer holds.")
    )

    class Meta:
        abstract = True

    def holds(self, on: date) -> bool:
        """Whether it holds on the day `on`."""
        return self.since <= on and (self.until is None or self.until > on)


_P = TypeVar("_P", bound=Period)


class PeriodQuerySet(models.QuerySet[_P]):
    """Periods, in the words of the business."""

    def in_force(self, on: date) -> Self:
        """Those that hold on the day `on`."""
        return self.filter(in_force(on))

    def not_ended(self, on: date) -> Self:
        """Those that hold on the day `on` or will on a later one."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=on))


class EarlierMembership(Period):
    """A membership that ended before the member was readmitted under the same number."""

    member = models.ForeignKey(
        Member,
        models.CASCADE,
        related_name="earlier_memberships",
        db_index=False,  # the constraints' indexes begin with it
        verbose_name=_("member"),
    )
    until = models.DateField(_("until"), help_text=_("The first day without membership."))
    reason = models.CharField(_("why"), max_length=20, choices=Leaving.choices)

    objects = PeriodQuerySet["EarlierMembership"].as_manager()

    class Meta:
        verbose_name = _("earlier membership")
        verbose_name_plural = _("earlier memberships")
        ordering = ["member", "since"]
        constraints = [
            models.UniqueConstraint(fields=["member", "since"], name="members_earlier_once_a_day"),
            models.CheckConstraint(
                condition=Q(reason__in=Leaving.values), name="members_earlier_reason_known"
            ),
            ends_after_start(name="members_earlier_ends_after_start"),
            NoOverlap(fields=["member"], name="members_earlier_no_overlap"),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"


class Employment(Period):
    """A member's work in a workplace. Several may run at once; the main one decides (A1)."""

    class Standing(models.TextChoices):
        """Which of several employments says where the member belongs."""

        MAIN = "main", _("main employment")
        SIDE = "side", _("side job")

    member = models.ForeignKey(
        Member,
        models.CASCADE,
        related_name="employments",
        db_index=False,  # the constraints' indexes begin with it
        verbose_name=_("member"),
    )
    workplace = models.ForeignKey(
        Workplace, models.PROTECT, related_name="employments", verbose_name=_("workplace")
    )
    standing = models.CharField(
        _("standing"),
        max_length=10,
        choices=Standing.choices,
        default=Standing.MAIN,
        help_text=_("A side job says where the member belongs only while there is no other."),
    )

    objects = PeriodQuerySet["Employment"].as_manager()

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        ordering = ["member", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "workplace", "since"], name="members_employment_once_a_day"
            ),
            ends_after_start(name="members_employment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(standing__in=["main", "side"]),
                name="members_employment_standing_known",
            ),
            NoOverlap(fields=["member", "workplace"], name="members_employment_no_overlap"),
        ]

    def __str__(self) -> str:
        return f"{self.workplace} {self.since:%Y-%m-%d}"


class Registration(Period):
    """A member's place in a unit: the home cell (A1, A3), or the unit of residence (A4)."""

    class Kind(models.TextChoices):
        """In what capacity a unit holds the member."""

        HOME = "home", _("home")
        RESIDENCE = "residence", _("residence")

    member = models.ForeignKey(
        Member,
        models.CASCADE,
        related_name="registrations",
        db_index=False,  # the constraints' indexes begin with it
        verbose_name=_("member"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="registrations", verbose_name=_("unit")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.HOME)

    objects = PeriodQuerySet["Registration"].as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["member", "since", "kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["home", "residence"]), name="members_registration_kind_known"
            ),
            models.UniqueConstraint(
                fields=["member", "kind", "since"], name="members_registration_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(until__isnull=True),
                name="members_registration_one_open_of_a_kind",
                violation_error_message=_("There is an open registration of this kind already."),
            ),
            ends_after_start(name="members_registration_ends_after_start"),
            NoOverlap(
                fields=["member"], among={"kind": "home"}, name="members_registration_no_overlap"
            ),
            NoOverlap(
                fields=["member"],
                among={"kind": "residence"},
                name="members_registration_residence_no_overlap",
            ),
        ]
        indexes = [
            # The few with a residence are found without reading the many with a home.
            models.Index(
                fields=["unit"],
                condition=Q(kind="residence"),
                name="members_registration_residence",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.since:%Y-%m-%d}"


from members.account_model import Account as Account  # noqa: E402  # Django finds it by this one
from members.door_models import (  # noqa: E402
    AddressChange as AddressChange,
)
from members.door_models import (  # noqa: E402
    ApplicationLink as ApplicationLink,
)
from members.door_models import (  # noqa: E402
    FactorReset as FactorReset,
)
from members.door_models import (  # noqa: E402
    Invitation as Invitation,
)
from members.double_models import (  # noqa: E402
    FormerNumber as FormerNumber,
)
from members.double_models import (  # noqa: E402
    NotTheSame as NotTheSame,
)
from members.request_model import Request as Request  # noqa: E402  # Django finds it by this one
