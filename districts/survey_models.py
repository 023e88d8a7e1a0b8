"""The findings of the whole register as they were found last, kept for `districts.surveys`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Survey(models.Model):
    """One look at the whole register against all rules, kept for pages that could not wait for it.

    `running` is set while it lasts, so that there is one at a time.
    """

    begun = models.DateTimeField(_("begun"))
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    running = models.BooleanField(_("running"), null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("survey of the findings")
        verbose_name_plural = _("surveys of the findings")
        ordering = ["-ended"]

    def __str__(self) -> str:
        return f"{self.begun:%Y-%m-%d %H:%M}"


class KeptFinding(models.Model):
    """A finding of a survey; what its rule knows by itself is not repeated."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="findings", db_index=False, verbose_name=_("survey")
    )
    unit = models.ForeignKey(
        "districts.Unit",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit"),
    )
    rule = models.CharField(_("rule"), max_length=100)
    article_number = models.PositiveSmallIntegerField(_("article"))
    subject = models.CharField(_("subject"), max_length=100)
    since = models.DateField(_("since"), null=True, blank=True)
    given = models.JSONField(_("answers"), default=dict, blank=True)
    mend = models.CharField(_("act"), max_length=50, default="", blank=True)

    class Meta:
        verbose_name = _("kept finding")
        verbose_name_plural = _("kept findings")
        indexes = [models.Index(fields=["survey", "rule"], name="districts_kept_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}"
