"""The ballots, which name nobody and keep no order, what was entered from paper, and the count."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from elections.models.polls import Poll


class SealedBallot(models.Model):
    """A ballot as it lies in the box: sealed, under its receipt, with nothing of who or when.

    The receipt is the hash of the sealed ballot, and so the order of the keys is random.
    """

    receipt = models.CharField(_("receipt"), max_length=64, primary_key=True)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="ballots", verbose_name=_("poll"))
    sealed = models.BinaryField(_("sealed ballot"))

    class Meta:
        verbose_name = _("sealed ballot")
        verbose_name_plural = _("sealed ballots")

    def __str__(self) -> str:
        return self.receipt


class PaperCount(models.Model):
    """What one person entered from the papers of a poll: each paper, or totals.

    Two people enter the same papers; the poll is counted when both say the same.
    """

    poll = models.ForeignKey(
        Poll,
        models.CASCADE,
        related_name="paper_counts",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("poll"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    ballots = models.JSONField(
        _("papers"), null=True, blank=True, help_text=_("Each paper as the numbers that it names.")
    )
    totals = models.JSONField(
        _("totals"), null=True, blank=True, help_text=_("Votes by the numbers of the choices.")
    )
    papers = models.PositiveIntegerField(_("valid papers"))
    blank = models.PositiveIntegerField(
        _("blank papers"), default=0, help_text=_("Of the valid ones, where totals are entered.")
    )
    invalid = models.PositiveIntegerField(_("invalid papers"), default=0)

    class Meta:
        verbose_name = _("entry of papers")
        verbose_name_plural = _("entries of papers")
        ordering = ["poll", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "by"], name="elections_papers_once_each"),
            models.CheckConstraint(
                condition=Q(ballots__isnull=True, totals__isnull=False)
                | Q(ballots__isnull=False, totals__isnull=True),
                name="elections_papers_or_totals",
            ),
        ]

    def __str__(self) -> str:
        return str(self.by)

    @property
    def content(self) -> tuple[Any, ...]:
        """What two entries are compared by; the order of the papers says nothing."""
        ballots = None if self.ballots is None else sorted(self.ballots)
        return ballots, self.totals, self.papers, self.blank, self.invalid


class Count(models.Model):
    """The box as it was opened and shuffled, the papers as they were agreed, and the result."""

    poll = models.OneToOneField(
        Poll, models.CASCADE, related_name="count", primary_key=True, verbose_name=_("poll")
    )
    ballots = models.JSONField(_("ballots in clear"), default=list)
    totals = models.JSONField(_("totals from paper"), null=True, blank=True)
    papers = models.PositiveIntegerField(_("papers in the totals"), default=0)
    blank = models.PositiveIntegerField(_("blank papers in the totals"), default=0)
    invalid = models.PositiveIntegerField(_("invalid papers"), default=0)
    result = models.JSONField(_("result"), null=True, blank=True)

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")

    def __str__(self) -> str:
        return str(self.poll)
