"""That a unit was told who leads it, and how far the e-mails have come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from elections.models.bureaus import Bureau


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Announcements, in the words of the business."""

    def on_ground(self, ground: Ground) -> "AnnouncementQuerySet":
        """Those of the bureaus of the units of `ground`."""
        return self.filter(ground.holds("bureau__unit__"))


class Announcement(models.Model):
    """One announcement of who leads a unit. It keeps numbers, and nobody to whom it went.

    Made by `elections.bureaus.announcing` alone; the e-mails go out in the order of the members'
    numbers, and `reached` is the last of them.
    """

    bureau = models.ForeignKey(
        Bureau, models.PROTECT, related_name="announcements", verbose_name=_("bureau")
    )
    announced_at = models.DateTimeField(_("announced at"))
    seats = models.CharField(
        _("digest of the seats"),
        max_length=64,
        help_text=_("SHA-256 of who held which seat with which work: what was announced."),
    )
    people = models.PositiveIntegerField(_("members with an e-mail address"))
    without = models.PositiveIntegerField(_("members without one"))
    reached = models.BigIntegerField(_("reached"), default=0, editable=False)
    sent = models.PositiveIntegerField(_("sent"), default=0)
    failed = models.PositiveIntegerField(_("not sent"), default=0)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-announced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.bureau_id}/{self.announced_at.date().isoformat()}"
