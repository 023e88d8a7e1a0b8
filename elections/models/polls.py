"""A question put to a unit: its states, its roll, and the check-off of those who voted (A5)."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.days import day_in_words
from audit.ground import Ground
from districts.models import Unit
from elections.models.questions import Question
from members.models import Member


class State(models.TextChoices):
    """Where a poll stands; `elections.states` says which may follow which."""

    DRAFTED = "drafted", _("drafted")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    COUNTED = "counted", _("counted")
    PUBLISHED = "published", _("published")
    ANNULLED = "annulled", _("annulled")


class Channel(models.TextChoices):
    """By which way a vote is cast."""

    ONLINE = "online", _("online")
    PAPER = "paper", _("on paper, or by show of hands")


class PollQuerySet(models.QuerySet["Poll"]):
    """Polls, in the words of the business."""

    def on_ground(self, ground: Ground) -> "PollQuerySet":
        """Those put to the units of `ground`."""
        return self.filter(ground.holds("unit__"))

    def open(self) -> "PollQuerySet":
        """Those in which votes are cast."""
        return self.filter(state=State.OPEN)

    def of(self, member: Member) -> "PollQuerySet":
        """Those on whose roll the member stands."""
        return self.filter(roll__member=member)


class Poll(models.Model):
    """A question put to one unit: to a cell, a general meeting, or a meeting of delegates.

    It moves by the acts in `elections.polls` alone. Who may vote is frozen when it opens.
    """

    class Assembly(models.TextChoices):
        """Who is asked."""

        CELL = "cell", _("the members of the cell")
        GENERAL = "general", _("the general meeting of all members (A10)")
        DELEGATES = "delegates", _("a meeting of delegates")

    class Channels(models.TextChoices):
        """By which ways votes are cast."""

        ONLINE = "online", _("online")
        PAPER = "paper", _("on paper, or by show of hands")
        BOTH = "both", _("online and on paper")

    code = models.UUIDField(_("code"), unique=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        related_name="polls",
        db_index=False,  # an index beside the state begins with it
        verbose_name=_("question"),
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="polls", verbose_name=_("put to"))
    unit_name = models.CharField(
        _("name of the unit at the opening"), max_length=200, blank=True, editable=False
    )
    assembly = models.CharField(_("asked are"), max_length=10, choices=Assembly.choices)
    channels = models.CharField(
        _("votes are cast"), max_length=10, choices=Channels.choices, default=Channels.BOTH
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFTED
    )
    closes_at = models.DateTimeField(
        _("closes at"),
        null=True,
        blank=True,
        help_text=_("No vote is taken after this moment. Empty: until somebody closes the poll."),
    )
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    entitled = models.PositiveIntegerField(_("on the roll"), default=0, editable=False)
    public_key = models.BinaryField(_("public key"), null=True, editable=False)
    seed = models.CharField(_("seed of the lot"), max_length=64, blank=True, editable=False)
    seed_commitment = models.CharField(
        _("seal of the seed"), max_length=64, blank=True, editable=False
    )
    chain_head = models.CharField(_("head of the board"), max_length=64, blank=True, editable=False)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "unit"],
                condition=~Q(state="annulled"),
                name="elections_poll_one_standing",
                violation_error_message=_("The question has been put to this unit already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["drafted", "open", "closed", "counted", "published", "annulled"]
                )
                & Q(assembly__in=["cell", "general", "delegates"])
                & Q(channels__in=["online", "paper", "both"]),
                name="elections_poll_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "annulled"]) | Q(opened_at__isnull=False),
                name="elections_poll_opened",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "open", "annulled"])
                | Q(closed_at__isnull=False, closed_at__gte=F("opened_at")),
                name="elections_poll_closed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "annulled"])
                | Q(channels="paper")
                | Q(public_key__isnull=False),
                name="elections_poll_online_has_a_key",
            ),
        ]
        indexes = [models.Index(fields=["question", "state"], name="elections_poll_question")]

    def __str__(self) -> str:
        return f"{self.question} - {self.unit}"

    @property
    def is_online(self) -> bool:
        """Whether votes can be cast online."""
        return self.channels != self.Channels.PAPER

    @property
    def is_on_paper(self) -> bool:
        """Whether votes can be cast at the door."""
        return self.channels != self.Channels.ONLINE


class RollEntry(models.Model):
    """Somebody entitled to vote in a poll, by the cell through which he or she is."""

    poll = models.ForeignKey(
        Poll,
        models.CASCADE,
        related_name="roll",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("poll"),
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="roll_entries", verbose_name=_("member")
    )
    cell = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("cell")
    )

    class Meta:
        verbose_name = _("entry on the roll")
        verbose_name_plural = _("rolls")
        ordering = ["poll", "member"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "member"], name="elections_roll_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"


class CheckOff(models.Model):
    """That a member has voted on a question: once, whatever the cell, the channel, the day (A5).

    It holds no trace of the ballot. It is made by the acts in `elections.voting` alone, and its key
    is drawn at random so that it keeps no order.
    """

    id: Any = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        related_name="check_offs",
        db_index=False,  # the votes that stand are found by the constraint's index
        verbose_name=_("question"),
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="check_offs", verbose_name=_("member")
    )
    poll = models.ForeignKey(
        Poll, models.PROTECT, related_name="check_offs", verbose_name=_("poll")
    )
    channel = models.CharField(_("how"), max_length=10, choices=Channel.choices)
    on = models.DateField(_("on"))
    annulled = models.BooleanField(
        _("annulled"), default=False, help_text=_("The poll was annulled: the vote counts no more.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("checked off by"),
    )

    class Meta:
        verbose_name = _("check-off")
        verbose_name_plural = _("check-offs")
        constraints = [
            models.UniqueConstraint(
                fields=["question", "member"],
                condition=Q(annulled=False),
                name="elections_one_vote_on_a_question",
                violation_error_message=_("A5: this member has voted on the question already."),
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["online", "paper"]), name="elections_check_off_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}/{self.member_id}"

    def clean(self) -> None:
        """Refuse a second vote on the question (A5), and a poll that puts another one."""
        super().clean()
        if self.poll.question_id != self.question_id:
            raise ValidationError({"poll": _now("This poll puts another question.")})
        known = earlier_vote(self.question_id, self.member_id, but=self.pk)
        if not self.annulled and known is not None:
            reason = _now("A5: this member voted on the question on %(day)s, in %(unit)s.")
            told = {"day": day_in_words(known.on), "unit": known.poll.unit}
            raise ValidationError({"member": reason % told})


def earlier_vote(question: int, member: int, *, but: uuid.UUID | None = None) -> CheckOff | None:
    """The vote on the question that stands for the member already, with its poll and unit (A5)."""
    votes = CheckOff.objects.filter(question=question, member=member, annulled=False)
    if but is not None:
        votes = votes.exclude(pk=but)
    return votes.select_related("poll__unit").first()
