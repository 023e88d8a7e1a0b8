"""What is asked: a motion or an election, with its choices and the composition it must have."""

from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.models import Unit
from members.veil import is_veiled, look_up

MOST_SEATS = 100
LONGEST_STATEMENT = 1_000


class Method(models.TextChoices):
    """How the ballots are counted."""

    YES_NO = "yes-no", _("yes, no or abstain")
    OPTIONS = "options", _("one of several options")
    BLOCK = "block", _("plurality: as many names as seats, or fewer")
    APPROVAL = "approval", _("approval: any number of names")
    SCOTTISH = "scottish-stv", _("ranking, single transferable vote (Scottish rules)")
    MEEK = "meek-stv", _("ranking, single transferable vote (Meek)")


MOTIONS = frozenset({Method.YES_NO, Method.OPTIONS})
RANKED = frozenset({Method.SCOTTISH, Method.MEEK})


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions, in the words of the business."""

    def on_ground(self, ground: Ground) -> "QuestionQuerySet":
        """Those that the units of `ground` have raised."""
        return self.filter(ground.holds("unit__"))

    def standing(self) -> "QuestionQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on=None)


class Question(models.Model):
    """A motion or an election that a unit raises for itself and all below it.

    It is changed by the acts in `elections.questions` alone, and only until a poll on it is open.
    """

    class Kind(models.TextChoices):
        """What the answer decides."""

        MOTION = "motion", _("motion")
        ELECTION = "election", _("election")

    class Majority(models.TextChoices):
        """How many must be for it."""

        SIMPLE = "simple", _("simple: more for it than against it")
        ABSOLUTE = "absolute", _("absolute: more than half")
        TWO_THIRDS = "two-thirds", _("two thirds")

    class Base(models.TextChoices):
        """Of whom the majority is taken."""

        VOTING = "voting", _("of those voting")
        ROLL = "roll", _("of all on the roll")

    class Fills(models.TextChoices):
        """What the seats of an election are in, where the program constitutes it."""

        BUREAU = "bureau", _("the bureau, or the committee, of the unit")
        FREE_SEATS = "free-seats", _("free seats of the bureau that sits (a by-election)")
        DELEGATES = "delegates", _("delegates of the unit to a conference or a meeting")

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="questions", verbose_name=_("raised by")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True, max_length=10_000)
    method = models.CharField(_("counted by"), max_length=20, choices=Method.choices)
    fills = models.CharField(
        _("elected are"), max_length=10, choices=Fills.choices, blank=True, default=""
    )
    seats = models.PositiveSmallIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)],
    )
    votes_each = models.PositiveSmallIntegerField(
        _("names on a ballot at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("For plurality, where it is fewer than there are seats."),
    )
    quorum_numerator = models.PositiveSmallIntegerField(_("quorum"), default=0)
    quorum_denominator = models.PositiveSmallIntegerField(
        _("of"), default=1, validators=[MinValueValidator(1)]
    )
    majority = models.CharField(
        _("majority"), max_length=10, choices=Majority.choices, default=Majority.SIMPLE
    )
    base = models.CharField(_("taken"), max_length=10, choices=Base.choices, default=Base.VOTING)
    raised_on = models.DateField(_("raised on"))
    entitled = models.PositiveIntegerField(
        _("on the rolls in all"), null=True, blank=True, editable=False
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_because = models.CharField(
        _("withdrawn because"), max_length=500, blank=True, default=""
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-raised_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="motion", method__in=["yes-no", "options"], seats__isnull=True)
                | Q(
                    kind="election",
                    method__in=["block", "approval", "scottish-stv", "meek-stv"],
                    seats__isnull=False,
                    seats__gte=1,
                ),
                name="elections_question_method_of_its_kind",
                violation_error_message=_(
                    "An election has seats and a method that fills them; a motion has neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(votes_each__isnull=True)
                | Q(method="block", votes_each__gte=1, votes_each__lte=F("seats")),
                name="elections_question_names_on_a_ballot",
                violation_error_message=_(
                    "Only plurality sets how many names a ballot bears, and at most one a seat."
                ),
            ),
            models.CheckConstraint(
                condition=Q(quorum_denominator__gte=1)
                & Q(quorum_numerator__lte=F("quorum_denominator")),
                name="elections_question_quorum_is_a_part",
                violation_error_message=_("A quorum is a part of the roll, at most the whole."),
            ),
            models.CheckConstraint(
                condition=Q(fills="")
                | Q(kind="election", fills__in=["bureau", "free-seats", "delegates"]),
                name="elections_question_fills_by_election",
                violation_error_message=_("Only an election fills seats."),
            ),
            models.CheckConstraint(
                condition=Q(majority__in=["simple", "absolute", "two-thirds"])
                & Q(base__in=["voting", "roll"]),
                name="elections_question_majority_known",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_because="")
                | Q(withdrawn_on__isnull=False, withdrawn_on__gte=F("raised_on"))
                & ~Q(withdrawn_because=""),
                name="elections_question_withdrawn_for_a_reason",
                violation_error_message=_(
                    "A question is withdrawn for a reason, and not before it was raised."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_withdrawn(self) -> bool:
        """Whether it takes no further step."""
        return self.withdrawn_on is not None

    @property
    def quorum(self) -> Fraction:
        """The part of the roll that must vote for the result to be valid; 0 asks for none."""
        return Fraction(self.quorum_numerator, self.quorum_denominator)

    @property
    def is_ranked(self) -> bool:
        """Whether a ballot puts its names in an order."""
        return self.method in RANKED

    @property
    def most_names(self) -> int | None:
        """How many choices a ballot may name; None sets no limit but their number."""
        if self.kind == self.Kind.MOTION:
            return 1
        return (self.votes_each or self.seats) if self.method == Method.BLOCK else None

    def clean(self) -> None:
        super().clean()
        if (self.method in MOTIONS) != (self.kind == self.Kind.MOTION):
            raise ValidationError({"method": _now("This method does not count such a question.")})


# Kept in English: everybody reads the answers to a yes-or-no question in his or her language.
YES_NO_ABSTAIN = {"Yes": _("Yes"), "No": _("No"), "Abstain": _("Abstain")}


def answer_in_words(label: str) -> str:
    """An answer to a motion in the reader's language, where it is one of the program's own."""
    return str(YES_NO_ABSTAIN.get(label, label))


class ChoiceQuerySet(models.QuerySet["Choice"]):
    """Choices, in the words of the business."""

    def names(self) -> dict[int, str]:
        """What each is shown as, by its number on the ballot and in that order (A14).

        One query; one more in an emergency.
        """
        choices = list(self.order_by("number"))
        look_up(choice.member_id for choice in choices if choice.member_id)
        return {choice.number: choice.name for choice in choices}


class Choice(models.Model):
    """What a ballot can name: an answer to a motion, or a candidate of an election."""

    question = models.ForeignKey(
        Question,
        models.CASCADE,
        related_name="choices",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("question"),
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    label = models.CharField(_("name"), max_length=200)
    member = models.ForeignKey(
        "members.Member",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="candidatures",
        verbose_name=_("member"),
    )
    withdrawn = models.BooleanField(_("withdrawn"), default=False)
    statement = models.CharField(
        _("statement"), blank=True, default="", max_length=LONGEST_STATEMENT
    )

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="elections_choice_number_once"
            ),
            models.UniqueConstraint(
                fields=["question", "member"],
                name="elections_choice_member_once",
                violation_error_message=_("This member stands already."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="elections_choice_number_counts"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The label; the member's number where the name is veiled from the user who asks (A14)."""
        if is_veiled(self.member_id):
            return str(self.member_id)
        return self.label if self.member_id else answer_in_words(self.label)

    @property
    def said(self) -> str:
        """The statement; nothing of a veiled member, who may be known by it (A14)."""
        return "" if is_veiled(self.member_id) else self.statement


class Composition(models.Model):
    """How many of those elected must come from a group of the candidates (A13)."""

    question = models.ForeignKey(
        Question,
        models.CASCADE,
        related_name="compositions",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("question"),
    )
    name = models.CharField(_("name of the group"), max_length=100)
    at_least = models.PositiveSmallIntegerField(_("at least"), default=0)
    at_most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)
    choices: Any = models.ManyToManyField(Choice, related_name="+", verbose_name=_("candidates"))

    class Meta:
        verbose_name = _("composition")
        verbose_name_plural = _("compositions")
        ordering = ["question", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "name"], name="elections_composition_name_once"
            ),
            models.CheckConstraint(
                condition=Q(at_most__isnull=True) | Q(at_most__gte=F("at_least")),
                name="elections_composition_bounds_in_order",
                violation_error_message=_("At most cannot be fewer than at least."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
