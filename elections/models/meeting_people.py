"""Who was invited to a meeting, who came, and who follows meetings in a calendar."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.meetings import Meeting
from members.models import Member


class Invitation(models.Model):
    """That a member was invited to a meeting, and what of it he or she knows.

    `told` is the version of the meeting that the last e-mail told of; empty before the first. There
    is one for a member and meeting, so nobody is invited twice.
    """

    class State(models.TextChoices):
        """How the last e-mail stands, or that there is no address to send one to."""

        QUEUED = "queued", _("waits to be sent")
        SENDING = "sending", _("is being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")
        LETTER = "letter", _("by letter: no e-mail address is known")

    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,
        related_name="invitations",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("meeting"),
    )
    member = models.ForeignKey(
        Member, models.CASCADE, related_name="invitations", verbose_name=_("member")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    told = models.PositiveIntegerField(_("version told"), null=True, blank=True)
    since = models.DateTimeField(_("in this state since"), default=timezone.now)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["meeting", "member"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="elections_invitation_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "failed", "letter"]),
                name="elections_invitation_state_known",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "state"], name="elections_invitation_state")]

    def __str__(self) -> str:
        return f"{self.member_id}"


class Attendance(models.Model):
    """That a member was at a meeting: once, at whatever door."""

    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,
        related_name="attendances",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("meeting"),
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="attendances", verbose_name=_("member")
    )
    at = models.DateTimeField(_("recorded"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["meeting", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                name="elections_attendance_once",
                violation_error_message=_("This member is recorded as present already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"


class CalendarFeed(models.Model):
    """A secret link under which a calendar reads a member's meetings; only its hash is kept."""

    member: Any = models.OneToOneField(
        Member, models.CASCADE, related_name="calendar_feed", verbose_name=_("member")
    )
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("link to a calendar")
        verbose_name_plural = _("links to calendars")

    def __str__(self) -> str:
        return f"{self.member_id}"
