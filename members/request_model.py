"""What somebody asks of the organisation, who decides it, and what was decided (A1, A3, A6)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.kinds import article_of_cell
from districts.models import Locality, Unit, Workplace
from districts.veil import veiled_ground
from members.veil import is_veiled


class RequestQuerySet(models.QuerySet["Request"]):
    """Requests, in the words of the business."""

    def open(self) -> "RequestQuerySet":
        """Those that nobody has decided or taken back."""
        return self.filter(state=Request.State.ASKED)

    def overdue(self, on: date) -> "RequestQuerySet":
        """Those that should have been decided before the day `on`."""
        return self.open().filter(due_on__lt=on)

    def exceptions(self, on: date) -> "RequestQuerySet":
        """The transfers against the articles whose cell is the home still, now or from later on."""
        homes = "member__registrations__"
        return self.filter(
            Q(**{f"{homes}until__isnull": True}) | Q(**{f"{homes}until__gt": on}),
            kind=Request.Kind.TRANSFER,
            state=Request.State.GRANTED,
            basis=Request.Basis.EXCEPTION,
            **{
                f"{homes}kind": "home",
                f"{homes}unit": F("cell"),
                f"{homes}since": F("takes_effect"),
            },
        )

    def on_ground(self, ground: Ground) -> "RequestQuerySet":
        """Those that the units of `ground` decide."""
        return self.filter(ground.holds("unit__"))


class Request(models.Model):
    """A request: asked, and then granted, refused or withdrawn. It is never asked anew by itself.

    Ask and decide by the acts in `cells.requests` alone.
    """

    class Kind(models.TextChoices):
        """What is asked for."""

        ADMISSION = "admission", _("admission")
        READMISSION = "readmission", _("readmission")
        TRANSFER = "transfer", _("transfer to another cell")
        DETACHMENT = "detachment", _("detachment from the factory cell")  # A6
        EXIT = "exit", _("exit")
        ADDRESS = "address", _("new address")  # A3, A4
        WORK = "work", _("new work")  # A1
        JOBLESS = "jobless", _("loss of work")  # A6
        CORRECTION = "correction", _("correction of my data")

    class Basis(models.TextChoices):
        """Whether the articles say the same of the member's cell, or another (A1, A2, A3)."""

        ARTICLES = "articles", _("by the articles")
        EXCEPTION = "exception", _("as an exception")

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked", _("asked")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    number = models.BigAutoField(_("number"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    member = models.ForeignKey(
        "members.Member",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("member"),
        help_text=_("Empty for somebody who asks to be admitted."),
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests_to_decide",
        verbose_name=_("decided by"),
        help_text=_("Empty where the whole organisation decides."),
    )
    cell = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests_to_join",
        verbose_name=_("to which cell"),
    )
    asked_on = models.DateField(_("asked on"))
    due_on = models.DateField(_("to be decided by"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    reason = models.TextField(_("reason"), blank=True, max_length=500)
    basis = models.CharField(
        _("basis"), max_length=10, choices=Basis.choices, default=Basis.ARTICLES
    )
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    born = models.DateField(_("born"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    address = models.CharField(_("street and house number"), max_length=200, blank=True)
    locality = models.ForeignKey(
        Locality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("locality of residence"),
    )
    workplace = models.ForeignKey(
        Workplace,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("workplace"),
        help_text=_("Where somebody has come to work, or works no more."),
    )
    standing = models.CharField(
        _("as"),
        max_length=10,
        blank=True,
        default="",
        db_default="",
        choices=[("main", _("in place of the present work")), ("side", _("beside it"))],
        help_text=_("Of new work."),
    )
    holds_since = models.DateField(
        _("since"),
        null=True,
        blank=True,
        help_text=_("The day from which what is told holds: lives there, works there, or no more."),
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.ASKED)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decision entered by"),
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True, max_length=500)
    takes_effect = models.DateField(_("takes effect on"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("admission", "readmission", "transfer", "detachment", "exit"),
                        *("address", "work", "jobless", "correction"),
                    ]
                ),
                name="members_request_kind_known",
            ),
            models.CheckConstraint(
                # While it is open; what was decided may lose what names a person.
                condition=~Q(state="asked")
                | Q(kind="address", holds_since__isnull=False, locality__isnull=False)
                | Q(kind="work", holds_since__isnull=False, workplace__isnull=False)
                & Q(standing__in=["main", "side"])
                | Q(kind="jobless", holds_since__isnull=False, workplace__isnull=False)
                | Q(kind="correction") & ~Q(reason="")
                | ~Q(kind__in=["address", "work", "jobless", "correction"]),
                name="members_request_tells_what",
                violation_error_message=_("What has changed is told with its day and place."),
            ),
            models.CheckConstraint(
                # Who asks to be admitted becomes a member by the decision.
                condition=Q(kind="admission", member__isnull=False, state="granted")
                | Q(kind="admission", member__isnull=True) & ~Q(state="granted")
                | ~Q(kind="admission") & Q(member__isnull=False),
                name="members_request_of_a_member",
            ),
            models.CheckConstraint(
                condition=~Q(kind="admission") | ~Q(family_name=""),
                name="members_request_names_the_applicant",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_on__isnull=True, takes_effect__isnull=True)
                | Q(state="granted", decided_on__isnull=False, takes_effect__isnull=False)
                | Q(
                    state__in=["refused", "withdrawn"],
                    decided_on__isnull=False,
                    takes_effect__isnull=True,
                ),
                name="members_request_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=F("asked_on")),
                name="members_request_decided_after_asked",
                violation_error_message=_("A request is decided on the day it is asked or later."),
            ),
            models.CheckConstraint(
                condition=Q(basis="articles") | Q(basis="exception") & ~Q(reason=""),
                name="members_request_exception_has_a_reason",
                violation_error_message=_("An exception has a reason."),
            ),
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(state="asked"),
                name="members_request_one_open_of_a_kind",
                violation_error_message=_("There is an open request of this kind already."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on"],
                condition=Q(state="asked"),
                name="members_request_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def article(self) -> str:
        """The article that it rests on: that of its kind, or of the cell that is asked for.

        None for an exception: it is asked for against the article that names the member's cell.
        """
        if self.basis == self.Basis.EXCEPTION:
            return ""
        if self.kind in (self.Kind.DETACHMENT, self.Kind.JOBLESS):
            return "A6"
        if self.cell:
            return article_of_cell(self.cell.kind)
        return {self.Kind.ADDRESS: "A4", self.Kind.WORK: "A1"}.get(self.Kind(self.kind), "")

    @property
    def applicant(self) -> str:
        """Who asks: the member, or the name of somebody who is none yet.

        The request's number where the name is veiled from the user who asks (A14).
        """
        if self.is_veiled and self.member is None:
            return str(self)
        return str(self.member or f"{self.given_name} {self.family_name}".strip())

    @property
    def is_veiled(self) -> bool:
        """Whether the user who asks may not see who asks for what reasons: see `members.veil`."""
        if self.member_id is not None:
            return is_veiled(self.member_id)
        ground = veiled_ground()
        units = (unit for unit in (self.unit, self.cell) if unit) if ground.extents else ()
        return any(ground.has(unit.tree_id, unit.lft) for unit in units)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state == self.State.ASKED

    def is_overdue(self, on: date) -> bool:
        """Whether it should have been decided before the day `on`."""
        return self.is_open and self.due_on < on
