"""Who leads a unit: the bureau that sits, its seats, and who shares what work (A8, A11, A13)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import NoOverlap, ends_after_start
from districts.models import Unit
from elections.models.meetings import Meeting
from elections.models.questions import Question
from members.models import Member


class BureauQuerySet(models.QuerySet["Bureau"]):
    """Bureaus, in the words of the business."""

    def on_ground(self, ground: Ground) -> "BureauQuerySet":
        """Those of the units of `ground`."""
        return self.filter(ground.holds("unit__"))

    def sitting(self) -> "BureauQuerySet":
        """Those that lead their units now."""
        return self.filter(until__isnull=True)

    def unconfirmed(self) -> "BureauQuerySet":
        """Those that lead by an appointment which no delegate meeting has confirmed (A14)."""
        return self.sitting().filter(mandate="appointed", confirmed_on__isnull=True)


class Bureau(models.Model):
    """The leadership of a unit for a term: elected, or appointed in an emergency (A14).

    It is called a bureau in cells, districts and local groups, a committee in areas and towns. It
    is constituted and ended by the acts in `elections.bureaus` alone.
    """

    class Mandate(models.TextChoices):
        """Who gave it the mandate."""

        CELL = "cell", _("elected by the members of the cell")
        GENERAL = "general", _("elected by the general meeting of all members")
        DELEGATES = "delegates", _("elected by a meeting of delegates")
        CELLS = "cells", _("elected by the members in their cells")
        APPOINTED = "appointed", _("appointed in an emergency")

    class Ending(models.TextChoices):
        """Why it leads no more."""

        SUCCEEDED = "succeeded", _("another one was elected")
        RESIGNED = "resigned", _("resigned")
        RECALLED = "recalled", _("recalled")
        ARRESTED = "arrested", _("arrested or scattered")
        DISSOLVED = "dissolved", _("the unit was dissolved")

    code = models.CharField(_("code"), max_length=60, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bureaus", verbose_name=_("unit"))
    mandate = models.CharField(_("mandate"), max_length=10, choices=Mandate.choices)
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bureaus",
        verbose_name=_("election"),
    )
    size = models.PositiveSmallIntegerField(
        _("seats"), help_text=_("The number of seats that it was called for.")
    )
    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day that it led no more.")
    )
    ending = models.CharField(_("ended because"), max_length=10, choices=Ending.choices, blank=True)
    confirm_by = models.DateField(
        _("to be confirmed by"),
        null=True,
        blank=True,
        help_text=_("The last day for a delegate meeting to confirm an appointed committee (A14)."),
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    confirming = models.ForeignKey(
        Meeting,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="committees",
        verbose_name=_("delegate meeting"),
        help_text=_("The one that is to confirm it, or that did."),
    )
    larger_because = models.CharField(
        _("why it is larger"),
        max_length=500,
        blank=True,
        help_text=_("Of an appointed committee with more than the fewest seats (A15)."),
    )

    objects = BureauQuerySet.as_manager()

    class Meta:
        verbose_name = _("bureau")
        verbose_name_plural = _("bureaus")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(until__isnull=True),
                name="elections_bureau_one_sitting",
                violation_error_message=_("A bureau sits in this unit already."),
            ),
            NoOverlap(fields=["unit"], name="elections_bureau_no_overlap"),
            ends_after_start(name="elections_bureau_until_after_since"),
            models.CheckConstraint(
                condition=Q(mandate__in=["cell", "general", "delegates", "cells", "appointed"]),
                name="elections_bureau_mandate_known",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, ending="")
                | Q(
                    until__isnull=False,
                    ending__in=["succeeded", "resigned", "recalled", "arrested", "dissolved"],
                ),
                name="elections_bureau_ending_has_a_day",
                violation_error_message=_("The end of a bureau has a day and a cause."),
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="elections_bureau_has_seats"),
            models.CheckConstraint(
                condition=Q(mandate="appointed", confirm_by__isnull=False)
                | ~Q(mandate="appointed")
                & Q(confirm_by__isnull=True, confirmed_on__isnull=True, larger_because=""),
                name="elections_bureau_appointed_is_confirmed_by",
                violation_error_message=_(
                    "An appointed committee has a day by which it is confirmed, and no other (A14)."
                ),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | Q(confirmed_on__gte=F("since")),
                name="elections_bureau_confirmed_after_start",
                violation_error_message=_("A committee is not confirmed before it leads."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.since.isoformat()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new one is named by its unit and its first day."""
        self.code = self.code or f"{self.unit.code}-{self.since.isoformat()}"
        super().save(*args, **kwargs)

    @property
    def is_appointed(self) -> bool:
        """Whether it was appointed in an emergency and not elected (A14)."""
        return self.mandate == self.Mandate.APPOINTED

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it leads by an appointment that waits for a delegate meeting (A14)."""
        return self.is_appointed and self.confirmed_on is None and self.until is None

    def clean(self) -> None:
        """Hold the number of seats to the articles (A8, A11, A15)."""
        from elections.bureaus.lawful import size_blockers  # the predicates build on this module

        super().clean()
        if self.unit_id is None or self.size is None:
            return
        found = list(size_blockers(self.unit.kind, self.size))
        if found:
            raise ValidationError({"size": [str(blocker) for blocker in found]})


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats, in the words of the business."""

    def on_ground(self, ground: Ground) -> "SeatQuerySet":
        """Those of the bureaus of the units of `ground`."""
        return self.filter(ground.holds("bureau__unit__"))

    def held(self) -> "SeatQuerySet":
        """Those that somebody holds in a sitting bureau."""
        return self.filter(until__isnull=True, bureau__until__isnull=True)


class Seat(models.Model):
    """A seat that a member holds in a bureau, and the work that falls to it (A8)."""

    class Ending(models.TextChoices):
        """Why the member holds it no more."""

        TERM = "term", _("the bureau's term ended")
        RESIGNED = "resigned", _("resigned")
        LEFT = "left", _("no longer a member")
        RECALLED = "recalled", _("recalled")
        ARRESTED = "arrested", _("arrested")
        OTHER = "other", _("for another reason")

    bureau = models.ForeignKey(
        Bureau, models.PROTECT, related_name="seats", verbose_name=_("bureau")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="seats", verbose_name=_("member")
    )
    portfolio = models.CharField(
        _("portfolio"),
        max_length=60,
        blank=True,
        help_text=_("The work that falls to this member; empty as long as it is not shared out."),
    )
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats_filled",
        verbose_name=_("by-election"),
    )
    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day that it is held no more.")
    )
    ending = models.CharField(_("ended because"), max_length=10, choices=Ending.choices, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["bureau", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "member"],
                condition=Q(until__isnull=True),
                name="elections_seat_member_once",
                violation_error_message=_("This member sits on the bureau already."),
            ),
            models.UniqueConstraint(
                fields=["bureau", "portfolio"],
                condition=Q(until__isnull=True, portfolio="chair"),
                name="elections_seat_one_chair",
                violation_error_message=_("A bureau has one chair."),
            ),
            # The member first: PostgreSQL takes this index for what somebody holds.
            NoOverlap(fields=["member", "bureau"], name="elections_seat_no_overlap"),
            ends_after_start(name="elections_seat_until_after_since"),
            models.CheckConstraint(
                condition=Q(until__isnull=True, ending="")
                | Q(
                    until__isnull=False,
                    ending__in=["term", "resigned", "left", "recalled", "arrested", "other"],
                ),
                name="elections_seat_ending_has_a_day",
                violation_error_message=_("The end of a seat has a day and a cause."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}/{self.member_id}"

    def clean(self) -> None:
        """A seat lies within the term of its bureau."""
        super().clean()
        if self.bureau_id is None or self.since is None:
            return
        bureau: Any = self.bureau
        if self.since < bureau.since or (bureau.until and self.since >= bureau.until):
            raise ValidationError({"since": _now("The bureau does not sit on that day.")})
