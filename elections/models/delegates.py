"""Who sends how many delegates to a conference or a delegate meeting, and who they are (A12)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.models import Unit
from elections.models.meetings import Meeting
from elections.models.questions import Question
from members.models import Member

MOST_DELEGATES = 1_000


class ApportionmentMethod(models.TextChoices):
    """How seats are rounded; `elections.counting.apportionment` does it."""

    SAINTE_LAGUE = "sainte-lague", _("Sainte-Laguë: favours neither small nor large units")
    HARE = "largest-remainder-hare", _("largest remainders with Hare's quota")
    DROOP = "largest-remainder-droop", _("largest remainders with Droop's quota")
    DHONDT = "dhondt", _("D'Hondt: favours the large")
    HUNTINGTON = "huntington-hill", _("Huntington-Hill: favours the small a little")
    ADAMS = "adams", _("Adams: favours the small")


class Apportionment(models.Model):
    """The seats of a meeting of delegates among the units below, with the whole reckoning.

    `table` is the record as `elections.counting.apportionment` gives it; units stand in it by
    their codes. It is made by the acts in `elections.delegates` alone.
    """

    Method = ApportionmentMethod

    meeting = models.OneToOneField(
        Meeting, models.PROTECT, related_name="apportionment", verbose_name=_("meeting")
    )
    counted_on = models.DateField(
        _("members counted on"), help_text=_("The day on which the conference is called.")
    )
    seats = models.PositiveSmallIntegerField(
        _("seats"), validators=[MinValueValidator(1), MaxValueValidator(MOST_DELEGATES)]
    )
    method = models.CharField(_("method"), max_length=30, choices=ApportionmentMethod.choices)
    minimum = models.PositiveSmallIntegerField(_("minimum a unit"), default=0)
    seed = models.CharField(
        _("seed of the lot"), max_length=100, blank=True, help_text=_("It decides a tie.")
    )
    table = models.JSONField(_("reckoning"))
    unassigned = models.PositiveSmallIntegerField(_("seats of an open tie"), default=0)
    made_on = models.DateField(_("made on"))

    class Meta:
        verbose_name = _("apportionment of delegates")
        verbose_name_plural = _("apportionments of delegates")
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    method__in=[
                        "sainte-lague",
                        "largest-remainder-hare",
                        "largest-remainder-droop",
                        "dhondt",
                        "huntington-hill",
                        "adams",
                    ]
                ),
                name="elections_apportionment_method_known",
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1) & Q(unassigned__lte=F("seats")),
                name="elections_apportionment_has_seats",
            ),
            models.CheckConstraint(
                condition=Q(counted_on__lte=F("made_on")),
                name="elections_apportionment_counted_before",
                violation_error_message=_("Members are counted on a day that has come."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    @property
    def is_settled(self) -> bool:
        """Whether all seats are assigned: no tie is open."""
        return not self.unassigned


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations, in the words of the business."""

    def on_ground(self, ground: Ground) -> "DelegationQuerySet":
        """Those of the units of `ground`."""
        return self.filter(ground.holds("unit__"))

    def awaited(self) -> "DelegationQuerySet":
        """Those to meetings that are still to be held."""
        return self.filter(apportionment__meeting__state="planned")


class Delegation(models.Model):
    """What a unit sends to the meeting: so many delegates for so many members (A12)."""

    apportionment = models.ForeignKey(
        Apportionment,
        models.CASCADE,
        related_name="delegations",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("apportionment"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="delegations", verbose_name=_("unit")
    )
    members = models.PositiveIntegerField(
        _("members"), help_text=_("Home registrations on the day of the counting.")
    )
    seats = models.PositiveSmallIntegerField(_("delegates"))
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegations",
        verbose_name=_("election"),
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["apportionment", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["apportionment", "unit"], name="elections_delegation_once"
            ),
            models.CheckConstraint(
                condition=Q(members__gte=1) | Q(seats=0),
                name="elections_delegation_of_members",
                violation_error_message=_("A unit without members sends nobody."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} - {self.apportionment.meeting}"


class DelegateQuerySet(models.QuerySet["Delegate"]):
    """Delegates, in the words of the business."""

    def on_ground(self, ground: Ground) -> "DelegateQuerySet":
        """Those whom the units of `ground` send."""
        return self.filter(ground.holds("delegation__unit__"))

    def standing(self) -> "DelegateQuerySet":
        """Delegates and substitutes who have not been replaced."""
        return self.filter(until__isnull=True)

    def sent(self) -> "DelegateQuerySet":
        """Standing delegates, without the substitutes."""
        return self.standing().filter(substitute__isnull=True)


class Delegate(models.Model):
    """A member whom a unit sends, or a substitute in his or her place (A12)."""

    apportionment = models.ForeignKey(
        Apportionment,
        models.PROTECT,
        related_name="delegates",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("apportionment"),
        help_text=_("That of the delegation: nobody stands in two delegations."),
    )
    delegation = models.ForeignKey(
        Delegation,
        models.PROTECT,
        related_name="delegates",
        verbose_name=_("delegation"),
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="delegacies", verbose_name=_("member")
    )
    substitute = models.PositiveSmallIntegerField(
        _("place among the substitutes"),
        null=True,
        blank=True,
        help_text=_("Empty for a delegate; the first substitute is the next to go."),
    )
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="delegates",
        verbose_name=_("election"),
    )
    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("The first day no more; the day of the choice itself where it was taken back."),
    )
    credential_on = models.DateField(_("credential issued on"), null=True, blank=True)

    objects = DelegateQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        ordering = ["delegation", F("substitute").asc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["apportionment", "member"],
                condition=Q(until__isnull=True),
                name="elections_delegate_member_once",
                violation_error_message=_("This member stands in a delegation already."),
            ),
            models.UniqueConstraint(
                fields=["delegation", "substitute"],
                condition=Q(until__isnull=True, substitute__isnull=False),
                name="elections_delegate_substitute_once",
                violation_error_message=_("There is a substitute in this place already."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="elections_delegate_until_not_before",
                violation_error_message=_("The end is no earlier day than the start."),
            ),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | Q(substitute__gte=1),
                name="elections_delegate_substitute_counts",
            ),
            models.CheckConstraint(
                condition=Q(credential_on__isnull=True) | Q(substitute__isnull=True),
                name="elections_delegate_credential",
                violation_error_message=_("A substitute has no credential."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"

    def clean(self) -> None:
        """Hold the apportionment to that of the delegation."""
        super().clean()
        delegation: Any = self.delegation
        if delegation is not None and delegation.apportionment_id != self.apportionment_id:
            raise ValidationError({"delegation": _now("This delegation goes to another meeting.")})
