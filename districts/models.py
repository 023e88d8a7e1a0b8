"""The ground: units, localities, workplaces."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey
from mptt.querysets import TreeQuerySet

from audit.ground import Extent, Ground
from audit.periods import ends_after_start, in_force
from districts.kinds import CELLS, Kind, article_of_place, may_stand_under, where_it_may_stand

CODE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._/-]*\Z",
    _("A code has letters, digits, '.', '_', '/' and '-' only, and begins with a letter or digit."),
)


class Regime(models.TextChoices):
    """Under what conditions a unit works (A14)."""

    NORMAL = "normal", _("normal")
    EMERGENCY = "emergency", _("emergency")


class Placed(models.Model):
    """Something with a position on the earth, in degrees, or with none that is known."""

    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # Said outright: a comparison with nothing is no breach to a database.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="%(app_label)s_%(class)s_position",
                violation_error_message=_("A position has a latitude and a longitude."),
            )
        ]


class UnitQuerySet(TreeQuerySet):
    """Units, in the words of the business."""

    def on_ground(self, ground: Ground) -> "UnitQuerySet":
        """Those that lie in `ground`."""
        return self.filter(ground.holds())

    def open(self, on: date) -> "UnitQuerySet":
        """Those founded and not yet dissolved on the day `on`."""
        return self.filter(in_force(on, since="founded", until="dissolved"))

    def cells(self) -> "UnitQuerySet":
        """Those that people belong to: factory, street and joint cells."""
        return self.filter(kind__in=CELLS)


class UnitManager(TreeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc]
    """Units in the order of the tree, parents first."""


class Unit(Placed, MPTTModel):
    """A unit of the organisation: a node of its town's tree.

    Change where units stand by the acts in `districts.units` alone: they lock the tree.
    """

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    parent = TreeForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("stands under"),
    )
    founded = models.DateField(_("founded"))
    dissolved = models.DateField(
        _("dissolved"), null=True, blank=True, help_text=_("The first day that it is no more.")
    )
    regime = models.CharField(
        _("regime"), max_length=20, choices=Regime.choices, default=Regime.NORMAL
    )
    regime_since = models.DateField(_("regime since"), null=True, blank=True)
    contact = models.CharField(
        _("how to reach it"), max_length=200, blank=True, default="", db_default=""
    )

    objects = UnitManager()

    class Meta(Placed.Meta):
        abstract = False
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        permissions = [  # on a unit and all below it: see districts.roles
            ("view_register", _("See the register of the unit")),
            ("change_register", _("Change the register of the unit")),
            ("export_register", _("Export the register of the unit")),
            ("tell_votes", _("Check off voters and count votes in the unit")),
        ]
        constraints = [
            *Placed.Meta.constraints,
            ends_after_start(
                since="founded", until="dissolved", name="districts_unit_dissolved_after_founded"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="districts_unit_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(regime=Regime.NORMAL)
                | Q(regime=Regime.EMERGENCY, regime_since__isnull=False),
                name="districts_unit_emergency_has_a_day",
                violation_error_message=_("An emergency has a day from which it holds (A14)."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="districts_unit_not_its_own_parent"
            ),
        ]
        indexes = [
            models.Index(fields=["tree_id", "lft"], name="districts_unit_range"),
            models.Index(  # asked in every request: see districts.veil
                fields=["tree_id"], condition=Q(regime=Regime.EMERGENCY), name="districts_emergency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def extent(self) -> Extent:
        """The unit with all below it. Fresh from the database only if the instance is."""
        return Extent(self.tree_id, self.lft, self.rght)

    def is_open(self, on: date) -> bool:
        """Whether it was founded and not yet dissolved on the day `on`."""
        return self.founded <= on and (self.dissolved is None or self.dissolved > on)

    def clean(self) -> None:
        super().clean()
        parent = self.parent
        if self.kind in Kind.values and not may_stand_under(self.kind, parent and parent.kind):
            article = article_of_place(self.kind)
            raise ValidationError({"parent": f"{article}: {where_it_may_stand(self.kind)}"})


# The index of ranges begins with the tree; beside it PostgreSQL would take one of the tree alone,
# and read a whole town for a district.
_tree_id: Any = Unit._meta.get_field("tree_id")
_tree_id.db_index = False


class Locality(Placed):
    """A place where people live: a postcode's part that one street cell works in (A3)."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    postcode = models.CharField(_("postcode"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="localities",
        limit_choices_to={"kind__in": [Kind.DISTRICT, Kind.LOCAL_GROUP]},
        verbose_name=_("district or local group"),
    )
    street_cell = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="street_localities",
        limit_choices_to={"kind__in": [Kind.STREET_CELL, Kind.JOINT_CELL]},
        verbose_name=_("street cell"),
    )

    class Meta(Placed.Meta):
        abstract = False
        verbose_name = _("locality")
        verbose_name_plural = _("localities")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.postcode} {self.name}"


class Coverage(models.TextChoices):
    """In what capacity a cell is responsible for a workplace."""

    OWN = "own", _("its own cell")  # A1
    ATTACHED = "attached", _("attached to it")  # A2


class Workplace(Placed):
    """A factory in the statutes' sense: workshop, store, office or farm."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=200)
    branch = models.CharField(_("branch of industry"), max_length=100, blank=True)
    locality = models.ForeignKey(
        Locality, models.PROTECT, related_name="workplaces", verbose_name=_("locality")
    )
    cell = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="workplaces",
        limit_choices_to={"kind__in": [Kind.FACTORY_CELL, Kind.JOINT_CELL]},
        verbose_name=_("responsible cell"),
        help_text=_("The factory cell whose work covers this workplace (A2)."),
    )
    coverage = models.CharField(
        _("coverage"),
        max_length=10,
        choices=Coverage.choices,
        blank=True,
        default="",
        help_text=_("Whether the cell is the workplace's own (A1), or covers it beside (A2)."),
    )

    class Meta(Placed.Meta):
        abstract = False
        verbose_name = _("workplace")
        verbose_name_plural = _("workplaces")
        ordering = ["code"]
        constraints = [
            *Placed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(cell__isnull=True, coverage="")
                | Q(cell__isnull=False, coverage__in=["own", "attached"]),
                name="districts_workplace_coverage_of_its_cell",
                violation_error_message=_(
                    "A workplace with a responsible cell says whether it is its own (A1) or "
                    "attached to it (A2); one without says nothing."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def clean(self) -> None:
        """Fill in the coverage where nobody did: a cell's first workplace is its own."""
        super().clean()
        if self.cell_id is None:
            self.coverage = ""
        elif not self.coverage:
            taken = Workplace.objects.filter(cell=self.cell_id, coverage=Coverage.OWN)
            others = taken.exclude(pk=self.pk).exists()
            self.coverage = Coverage.ATTACHED if others else Coverage.OWN


class HeldRole(models.Model):
    """A role that an account holds for a time: on a unit with all below it, or on everything.

    Give and take roles by the acts in `districts.roles` alone.
    """

    class Role(models.TextChoices):
        """What somebody may do there: see `districts.roles.ROLES`."""

        SECRETARY = "secretary", _("secretary")
        AUDITOR = "auditor", _("auditor")
        TELLER = "teller", _("teller")

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="held_roles",
        verbose_name=_("account"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_roles",
        verbose_name=_("unit"),
        help_text=_("Empty for the whole organisation."),
    )
    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day that it no longer holds.")
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["secretary", "auditor", "teller"]),
                name="districts_role_known",
            ),
            models.CheckConstraint(
                # A role that is taken on the day it was given never held.
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="districts_role_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "unit"],
                condition=Q(until__isnull=True),
                name="districts_role_held_once",
            ),
            models.UniqueConstraint(
                fields=["account", "role"],
                condition=Q(until__isnull=True, unit__isnull=True),
                name="districts_role_held_once_on_everything",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.unit or _('the whole organisation')}"


from districts.survey_models import (  # noqa: E402  # Django finds them by this one
    KeptFinding as KeptFinding,
)
from districts.survey_models import (  # noqa: E402
    Survey as Survey,
)
