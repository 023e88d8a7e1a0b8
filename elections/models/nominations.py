"""Nominations for an election: the call with its last day, and who is nominated by whom."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from elections.models.questions import LONGEST_STATEMENT, Question
from members.models import Member
from members.veil import is_veiled


class CallQuerySet(models.QuerySet["NominationCall"]):
    """Calls, in the words of the business."""

    def running(self, on: date) -> "CallQuerySet":
        """Those to which members answer on the day `on`."""
        return self._standing().filter(until__gte=on)

    def over(self, on: date) -> "CallQuerySet":
        """Calls whose last day has passed by the day `on`, and which are not closed yet."""
        return self._standing().filter(until__lt=on)

    def _standing(self) -> "CallQuerySet":
        asked = self.filter(question__withdrawn_on=None, question__unit__dissolved=None)
        return asked.filter(closed_on=None)


class NominationCall(models.Model):
    """The call for nominations for an election, up to a last day; closed by the secretary.

    It changes by the acts in `elections.nominating` alone.
    """

    question = models.OneToOneField(
        Question, models.CASCADE, related_name="call", verbose_name=_("election")
    )
    called_on = models.DateField(_("called on"))
    until = models.DateField(_("last day"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for nominations")
        verbose_name_plural = _("calls for nominations")
        ordering = ["until", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("called_on")),
                name="elections_call_until_not_before",
                violation_error_message=_("The last day is no earlier than the call."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("called_on")),
                name="elections_call_closed_not_before",
                violation_error_message=_("It is not closed before the call."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.question)

    @property
    def is_closed(self) -> bool:
        """Whether nobody is nominated any more, on paper or otherwise."""
        return self.closed_on is not None

    def takes(self, on: date) -> bool:
        """Whether members answer to it on the day `on`."""
        return not self.is_closed and on <= self.until


class Nomination(models.Model):
    """That a member is nominated in an election: once, whoever else would do so too."""

    class State(models.TextChoices):
        """What the member nominated says to it; no answer counts as no."""

        WAITING = "waiting", _("not answered yet")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    question = models.ForeignKey(
        Question,
        models.CASCADE,
        related_name="nominations",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("election"),
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="nominations", verbose_name=_("nominated")
    )
    by = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations_made",
        verbose_name=_("nominated by"),
        help_text=_("Empty where it came on paper."),
    )
    on = models.DateField(_("on"))
    state = models.CharField(
        _("answer"), max_length=10, choices=State.choices, default=State.WAITING
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    statement = models.CharField(
        _("statement"), blank=True, default="", max_length=LONGEST_STATEMENT
    )

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering = ["question", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "member"],
                name="elections_nomination_once",
                violation_error_message=_("This member is nominated already."),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_on__isnull=True)
                | Q(state__in=["accepted", "declined"], answered_on__isnull=False),
                name="elections_nomination_answered",
            ),
            models.CheckConstraint(
                condition=Q(statement="") | Q(state="accepted"),
                name="elections_nomination_statement_of_who_stands",
                violation_error_message=_("Only who stands makes a statement."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.member)

    @property
    def said(self) -> str:
        """The statement; nothing of a veiled member, who may be known by it (A14)."""
        return "" if is_veiled(self.member_id) else self.statement
