"""Emergencies of units, which a body above declares and ends (A14)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import NoOverlap, ends_after_start
from districts.models import Unit


class EmergencyQuerySet(models.QuerySet["Emergency"]):
    """Emergencies, in the words of the business."""

    def on_ground(self, ground: Ground) -> "EmergencyQuerySet":
        """Those of the units of `ground`."""
        return self.filter(ground.holds("unit__"))

    def standing(self) -> "EmergencyQuerySet":
        """Those that nobody has ended."""
        return self.filter(until__isnull=True)


class Emergency(models.Model):
    """The emergency of a unit: since when, by whom it was declared, and why (A14).

    It is declared and ended by the acts in `elections.emergency.declaring` alone, which keep the
    regime of the unit in step.
    """

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="emergencies", verbose_name=_("unit")
    )
    declared_by = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    reason = models.CharField(_("reason"), max_length=500)
    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day that it held no more.")
    )

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency")
        verbose_name_plural = _("emergencies")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(until__isnull=True),
                name="elections_emergency_one_standing",
                violation_error_message=_("An emergency stands in this unit already."),
            ),
            NoOverlap(fields=["unit"], name="elections_emergency_no_overlap"),
            ends_after_start(name="elections_emergency_until_after_since"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="elections_emergency_for_a_reason",
                violation_error_message=_("An emergency has a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(unit=models.F("declared_by")),
                name="elections_emergency_declared_above",
                violation_error_message=_("No unit declares its own emergency."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.since.isoformat()}"
