"""What was found out of people who were registered twice, or seemed to be."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FormerNumber(models.Model):
    """A number that was somebody's until he or she was found to be registered twice.

    It leads to the member under whose older number both go on, and is never given again.
    """

    number = models.BigIntegerField(_("former number"), unique=True)
    member = models.ForeignKey(
        "members.Member", models.PROTECT, related_name="former_numbers", verbose_name=_("member")
    )
    merged = models.DateField(_("merged on"))

    class Meta:
        verbose_name = _("former number")
        verbose_name_plural = _("former numbers")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                # Of two numbers the older one is kept.
                condition=Q(number__gt=F("member_id")),
                name="members_former_number_is_the_later",
                violation_error_message=_("A former number is higher than the one that is kept."),
            )
        ]

    def __str__(self) -> str:
        return str(self.number)


class NotTheSame(models.Model):
    """Two members who look like one and are not, as somebody found out."""

    member = models.ForeignKey(
        "members.Member",
        models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("member"),
    )
    other = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="+", verbose_name=_("not the same as")
    )
    on = models.DateField(_("found on"))

    class Meta:
        verbose_name = _("pair of two people")
        verbose_name_plural = _("pairs of two people")
        ordering = ["member", "other"]
        constraints = [
            models.UniqueConstraint(fields=["member", "other"], name="members_not_the_same_once"),
            models.CheckConstraint(
                condition=Q(member__lt=F("other")), name="members_not_the_same_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}, {self.other_id}"
