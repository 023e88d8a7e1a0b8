"""Meetings, their agendas, and the rhythms that make several of them at once (A10, A12)."""

import secrets
from datetime import date
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.models import Unit
from elections.models.questions import Question

CODE = RegexValidator(r"^[0-9a-f]{32}\Z", _("A meeting's code has 32 digits from 0 to f."))


def new_code() -> str:
    """A code that nobody can guess: the meeting's name in addresses, calendars and tables."""
    return secrets.token_hex(16)


class MeetingKind(models.TextChoices):
    """Who comes together."""

    CELL = "cell", _("cell meeting")
    GENERAL = "general", _("general meeting of all members")
    DELEGATES = "delegates", _("delegate meeting")
    CONFERENCE = "conference", _("conference of the town")


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Rhythm(models.Model):
    """A rhythm in which meetings were planned; each of them is changed by itself afterwards."""

    class Pattern(models.TextChoices):
        """What the days of a rhythm have in common."""

        WEEKS = "weeks", _("every so many weeks")
        MONTH = "month", _("the same weekday of each month")

    pattern = models.CharField(_("pattern"), max_length=10, choices=Pattern.choices)
    every = models.PositiveSmallIntegerField(
        _("every"),
        validators=[MinValueValidator(1), MaxValueValidator(52)],
        help_text=_("Weeks, or months, from one meeting to the next."),
    )
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day at most"))

    class Meta:
        verbose_name = _("rhythm of meetings")
        verbose_name_plural = _("rhythms of meetings")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pattern__in=["weeks", "month"], every__range=(1, 52)),
                name="elections_rhythm_known",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="elections_rhythm_ends_after_start",
                violation_error_message=_("A rhythm ends on a later day than it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_pattern_display()}, {self.since:%Y-%m-%d} - {self.until:%Y-%m-%d}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings, in the words of the business."""

    def on_ground(self, ground: Ground) -> "MeetingQuerySet":
        """Those of the units of `ground`."""
        return self.filter(ground.holds("unit__"))

    def upcoming(self) -> "MeetingQuerySet":
        """Those planned that are not over yet, the next one first."""
        coming = self.filter(state=MeetingState.PLANNED, ends_at__gte=timezone.now())
        return coming.order_by("starts_at", "pk")

    def without_minutes(self) -> "MeetingQuerySet":
        """Those that are over, and of which nobody has said yet that they were held."""
        now = timezone.now()
        # What ended has begun: said as well, since the index begins with it.
        return self.filter(state=MeetingState.PLANNED, starts_at__lt=now, ends_at__lt=now)


class Meeting(models.Model):
    """One meeting of a unit, at one time and one place.

    It is planned, changed, cancelled and held by the acts in `elections.meetings` alone.
    """

    Kind, State = MeetingKind, MeetingState

    code = models.CharField(
        _("code"), max_length=32, unique=True, default=new_code, validators=[CODE], editable=False
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="meetings",
        db_index=False,  # an index beside the kind begins with it
        verbose_name=_("unit"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=MeetingKind.choices)
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=200)
    state = models.CharField(
        _("state"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    cancelled_because = models.CharField(_("why it was cancelled"), max_length=500, blank=True)
    quorum_numerator = models.PositiveSmallIntegerField(_("quorum"), default=0)
    quorum_denominator = models.PositiveSmallIntegerField(
        _("of"), default=1, validators=[MinValueValidator(1)]
    )
    rhythm = models.ForeignKey(
        Rhythm,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("rhythm"),
    )
    version = models.PositiveIntegerField(
        _("version"),
        default=0,
        editable=False,
        help_text=_("How often its time, place or title was changed, or it was cancelled."),
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True, editable=False)
    guests = models.PositiveIntegerField(_("guests"), default=0)
    present = models.PositiveIntegerField(
        _("members present"),
        null=True,
        blank=True,
        help_text=_("Written together with the minutes."),
    )
    entitled = models.PositiveIntegerField(_("members entitled"), null=True, blank=True)
    minutes = models.TextField(_("minutes"), blank=True, max_length=100_000)
    written_at = models.DateTimeField(_("minutes written"), null=True, blank=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("minutes written by"),
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "kind", "starts_at"], name="elections_meeting_of_unit"),
            models.Index(fields=["starts_at"], name="elections_meeting_time"),
            # The few that are still to be held are found without reading the many that were.
            models.Index(
                fields=["starts_at", "ends_at"],
                condition=Q(state="planned"),
                name="elections_meeting_planned",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["cell", "general", "delegates", "conference"],
                    state__in=["planned", "held", "cancelled"],
                ),
                name="elections_meeting_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="elections_meeting_ends_after_start",
                violation_error_message=_("A meeting ends after it has begun."),
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(cancelled_because="")
                | Q(state__in=["planned", "held"], cancelled_because=""),
                name="elections_meeting_cancelled_for_a_reason",
                violation_error_message=_("A meeting is cancelled for a reason."),
            ),
            models.CheckConstraint(
                condition=Q(state="held", present__isnull=False)
                | Q(state__in=["planned", "cancelled"], present__isnull=True),
                name="elections_meeting_held_with_a_number",
                violation_error_message=_("Of a meeting that was held it is known how many came."),
            ),
            models.CheckConstraint(
                condition=Q(quorum_denominator__gte=1)
                & Q(quorum_numerator__lte=F("quorum_denominator")),
                name="elections_meeting_quorum_is_a_part",
                violation_error_message=_("A quorum is a part of those entitled."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.day.isoformat()}"

    @property
    def day(self) -> date:
        """The day on which it begins, in the organisation's own time."""
        return timezone.localtime(self.starts_at).date()

    @property
    def quorum(self) -> Fraction:
        """The part of those entitled that must be present; 0 asks for none."""
        return Fraction(self.quorum_numerator, self.quorum_denominator)

    @property
    def is_planned(self) -> bool:
        """Whether it is still to be held."""
        return self.state == MeetingState.PLANNED

    @property
    def is_over(self) -> bool:
        """Whether its end has passed."""
        return self.ends_at < timezone.now()


class AgendaItem(models.Model):
    """One item of a meeting's agenda; it may point to a question that is put there."""

    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,
        related_name="agenda",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("meeting"),
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    text = models.CharField(_("item"), max_length=300)
    question: Any = models.ForeignKey(
        Question,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("question"),
    )

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("items of agendas")
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="elections_agenda_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="elections_agenda_number_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"
