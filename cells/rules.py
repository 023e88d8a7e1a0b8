"""The rules on who belongs where, and on who is responsible for whom (A1, A2, A3, A6, A7)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.rulebook import Breach, Share, rule
from cells.misplaced import misplaced
from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from members.models import Member

rule(
    "A1",
    "factory-cell",
    sentence=_("Whoever works in a factory with a cell of its own is registered with that cell."),
    remedy=_("Change the home registration to the factory's cell."),
    explanation=_(
        "The factory is where members work together every day, so the cell of the factory is the "
        "base of the organisation. This member works in a factory that has a cell and is counted "
        "in another one. Change the cell; where there is a good reason for the other one, let the "
        "member ask for a transfer as an exception, and the reason is kept. If he or she works "
        "there no more, record that the job ended."
    ),
    mend="change-cell",
)(Share(misplaced, "factory-cell"))

rule(
    "A2",
    "responsible-cell",
    sentence=_("Who works where there is no cell is registered with the cell that covers it."),
    remedy=_("Change the home registration to the cell that is responsible for the workplace."),
    explanation=_(
        "One or two members in a factory cannot form a cell. They belong to the nearest factory "
        "cell, which extends its work to their factory. The register names that cell beside the "
        "workplace; this member is counted in another. Change the cell, or the cell responsible "
        "for the workplace if that one is wrong."
    ),
    mend="change-cell",
)(Share(misplaced, "responsible-cell"))

rule(
    "A3",
    "street-cell",
    sentence=_("Who works in no factory is registered with the street cell of the locality."),
    remedy=_("Change the home registration to the street cell of the locality."),
    explanation=_(
        "Those who work in no factory meet where they live: every locality has a street cell that "
        "works in it. This member is counted elsewhere, mostly because of a move of house or a "
        "job that was never entered. Enter the job, or change the cell."
    ),
    mend="change-cell",
)(Share(misplaced, "street-cell"))

rule(
    "A3",
    "locality-known",
    sentence=_("Of a member who works in no factory the locality of residence is known."),
    remedy=_("Record where the member lives."),
    explanation=_(
        "The street cell follows from the locality of residence. Where neither a workplace nor a "
        "locality is known, nobody can say to which cell the member belongs, nor who should visit "
        "him or her. Ask the member, and record the address or the job."
    ),
    mend="move-house",
)(Share(misplaced, "locality-known"))

rule(
    "A6",
    "unemployed-stay",
    sentence=_("Who is out of work stays in the cell of the last workplace until detached."),
    remedy=_("Change the cell back, or ask the district to detach the member."),
    explanation=_(
        "The unemployed are not to be lost to the factory: they stay in its cell and keep the "
        "contact between those in and out of work. Only after prolonged unemployment may the "
        "district committee detach a member to the cell of the residence. This member was moved "
        "without that. Change the cell back, or let the request be made and decided."
    ),
    mend="change-cell",
)(Share(misplaced, "unemployed-stay"))

rule(
    "A7",
    "joint-cell",
    sentence=_("Where a place has a joint cell, those who work or live there belong to it."),
    remedy=_("Change the home registration to the joint cell."),
    explanation=_(
        "In a small town or village people live near their work, and one cell unites both. Who is "
        "counted elsewhere is missing from the only cell of the place. Change the cell."
    ),
    mend="change-cell",
)(Share(misplaced, "joint-cell"))


@rule(
    "A3",
    "locality-covered",
    sentence=_("In every locality where members live an open street cell works."),
    remedy=_("Say which street cell works in the locality."),
    explanation=_(
        "Who works in no factory belongs to the street cell of the locality. Where none works, "
        "nobody can tell to which cell its people belong. Name the street cell nearby that takes "
        "the locality over, or found one. A local group with a joint cell needs none."
    ),
    mend="set-street-cell",
)
def localities_without_cell(ground: Ground, on: date) -> Iterator[Breach]:
    """Localities with residents and no open cell, in the ground's districts and local groups."""
    cells = Unit.objects.open(on)
    joint = cells.filter(kind=Kind.JOINT_CELL, parent=OuterRef("unit"))
    in_joint = Q(unit__kind=Kind.LOCAL_GROUP) & Exists(joint)
    residents = Member.objects.filter(locality=OuterRef("pk"), left=None)
    rows = (
        Locality.objects.filter(ground.holds("unit__"))
        .exclude(Exists(cells.filter(pk=OuterRef("street_cell"))))
        .exclude(in_joint)
        .filter(Exists(residents))
        .order_by("code")
        .values_list("code", "unit__code", "street_cell__dissolved")
    )
    for code, unit, dissolved in rows.iterator():
        since = dissolved if dissolved is not None and dissolved <= on else None
        yield Breach(unit or "", f"locality {code}", since)


@rule(
    "A2",
    "workplace-covered",
    sentence=_("Every workplace has an open factory cell that is responsible for it."),
    remedy=_("Attach the workplace to the nearest factory cell, or let it form its own."),
    explanation=_(
        "A factory without a cell of its own belongs to the area of the nearest factory cell, "
        "which works there until there are members enough for a cell. Where nobody is "
        "responsible, nobody is approached, and whoever is admitted there belongs nowhere. "
        "The page of the coverage names the nearest cell; three members and more can form "
        "a cell of their own."
    ),
    mend="attach-workplace",
)
def without_cell(ground: Ground, on: date) -> Iterator[Breach]:
    """Workplaces in `ground` without a responsible cell that is open."""
    open_cells = Unit.objects.open(on).filter(pk=OuterRef("cell"))
    joint = Unit.objects.open(on).filter(kind=Kind.JOINT_CELL, parent=OuterRef("locality__unit"))
    in_joint = Q(locality__unit__kind=Kind.LOCAL_GROUP) & Exists(joint)
    alone = Workplace.objects.filter(ground.holds("locality__unit__"), ~Exists(open_cells))
    alone = alone.exclude(in_joint)  # it covers the whole place (A7)
    rows = alone.order_by("code").values_list("code", "locality__unit__code", "cell__dissolved")
    for code, unit, dissolved in rows.iterator():
        since = dissolved if dissolved is not None and dissolved <= on else None
        yield Breach(unit or "", f"workplace {code}", since)
