"""What leads to an account and changes how one gets in: invitations, new addresses, resets.

Of every link only the hash is kept, and it is made where it is sent or printed.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

INVITATION_HOLDS = timedelta(days=30)
ADDRESS_HOLDS = timedelta(days=2)
RESET_HOLDS = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, in the words of the business."""

    def open(self) -> "InvitationQuerySet":
        """Those neither used nor revoked; they may have run out."""
        return self.filter(used_at=None, revoked_at=None)

    def valid(self, at: datetime) -> "InvitationQuerySet":
        """Those that let somebody in at the moment `at`."""
        return self.open().filter(valid_until__gt=at)


class Invitation(models.Model):
    """A link for one use by which a member makes his or her account."""

    class Way(models.TextChoices):
        """How the link reaches the member."""

        MAIL = "mail", _("by e-mail")
        LETTER = "letter", _("by letter")

    member = models.ForeignKey(
        "members.Member",
        models.CASCADE,
        related_name="portal_invitations",
        verbose_name=_("member"),
    )
    way = models.CharField(_("way"), max_length=10, choices=Way.choices)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)  # none is made yet
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"))
    # When the e-mail was taken by the server, or refused by it.
    sent_at = models.DateTimeField(_("sent"), null=True)
    failed_at = models.DateTimeField(_("failed"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~Q(token_hash=""),
                name="members_invitation_token_once",
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(used_at=None, revoked_at=None),
                name="members_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(revoked_at=None),
                name="members_invitation_used_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(way__in=["mail", "letter"]), name="members_invitation_way_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}, {self.made_at:%Y-%m-%d}"


class AddressChange(models.Model):
    """A new address to log in with, until it holds: first the old one agrees, then the new one.

    One that the office asks for needs the new address alone; the old one is told before.
    """

    class Stage(models.TextChoices):
        """Whose word is awaited."""

        OLD = "old", _("the old address")
        NEW = "new", _("the new address")

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="address_change",
        verbose_name=_("account"),
    )
    address = models.EmailField(_("new address"))
    stage = models.CharField(_("awaits the word of"), max_length=5, choices=Stage.choices)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)  # none is made yet
    by_office = models.BooleanField(_("asked for by the office"), default=False)
    valid_until = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~Q(token_hash=""),
                name="members_address_token_once",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["old", "new"]), name="members_address_stage_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}, {self.stage}"


class FactorReset(models.Model):
    """A lost second factor: one secretary asks for the reset, another one does it."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="factor_resets",
        verbose_name=_("account"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("reset of a second factor")
        verbose_name_plural = _("resets of second factors")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(ended_at=None),
                name="members_factor_reset_one_open",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")),
                name="members_factor_reset_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("account")) & ~Q(confirmed_by=F("account")),
                name="members_factor_reset_by_others",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}, {self.asked_at:%Y-%m-%d}"


class ApplicationLink(models.Model):
    """A link under which somebody who asked to be admitted follows the request.

    The one on the page and the one in the e-mail are two, each made where it is shown or sent.
    """

    request = models.ForeignKey(
        "members.Request", models.CASCADE, related_name="links", verbose_name=_("request")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_on = models.DateField(_("made"), default=timezone.localdate)

    class Meta:
        verbose_name = _("link to an application")
        verbose_name_plural = _("links to applications")

    def __str__(self) -> str:
        return f"{self.request_id}, {self.made_on.isoformat()}"
