"""The rules on who belongs where (A1, A2, A3, A6, A7): one look at the register for all of them."""

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audit.bulk import stream
from audit.ground import Ground
from audit.rulebook import Breach, Share, rule
from cells.placement import Why, as_day
from cells.placement_sql import advice_statement, tables
from districts.kinds import Kind
from districts.models import Locality, Unit
from members.models import Member

# Homes in force in an open cell: what is wrong with others, the rules on registrations tell.
_HOME = """JOIN asked h ON h.member_id = b.member_id
JOIN {units} u ON u.id = h.unit_id AND u.kind IN ('factory_cell', 'street_cell', 'joint_cell')
    AND u.founded <= %(on)s AND (u.dissolved IS NULL OR u.dissolved > %(on)s) {of_u}
LEFT JOIN {units} t
    ON t.id = CASE WHEN b.works THEN covered.cell_id ELSE lived.cell_id END
WHERE (t.id IS NULL OR t.id <> h.unit_id) AND NOT EXISTS (
    SELECT 1 FROM {requests} x WHERE x.member_id = b.member_id AND x.kind = 'transfer'
    AND x.state = 'granted' AND x.basis = 'exception' AND x.cell_id = h.unit_id
    AND x.takes_effect = h.since
)"""
# Nearly everybody stands right, and that is seen at a glance: whatever work may decide is in a
# place of the home cell; or none binds, and the home is the locality's street cell. Only those of
# whom it is not seen are asked about, by the statement that knows all articles. A comparison with a
# number makes PostgreSQL expect few of them; work that ended says nothing beside work that runs.
_ASKED = """unlike {once} (
    SELECT h.member_id, h.unit_id, h.since, e.until <= %(on)s AS ended FROM {registrations} h {here}
    JOIN {members} m ON m.number = h.member_id
    LEFT JOIN {localities} l ON l.id = m.locality_id
    LEFT JOIN {employments} e ON e.member_id = h.member_id AND e.since <= %(on)s
    LEFT JOIN {workplaces} w ON w.id = e.workplace_id
    LEFT JOIN detached d ON d.member_id = h.member_id
    WHERE h.kind = 'home' AND h.since <= %(on)s AND (h.until IS NULL OR h.until > %(on)s)
        AND CASE WHEN m.joined > %(on)s THEN 0
            WHEN e.id IS NULL OR e.until <= %(on)s AND (e.until <= m.joined OR d.since >= e.until)
                THEN CASE WHEN l.street_cell_id = h.unit_id THEN 1 ELSE 0 END
            WHEN w.cell_id = h.unit_id THEN 1 ELSE 0 END = 0
), asked {once} (
    SELECT member_id, unit_id, since FROM unlike WHERE ended IS NOT TRUE
    UNION
    SELECT k.member_id, k.unit_id, k.since FROM unlike k WHERE k.ended AND NOT EXISTS (
        SELECT 1 FROM {employments} e WHERE e.member_id = k.member_id
        AND e.since <= %(on)s AND (e.until IS NULL OR e.until > %(on)s))
),
"""
_HERE = "JOIN {units} u ON u.id = h.unit_id {of_u}"

_RULES = {
    Why.OWN: "factory-cell",
    Why.ATTACHED: "responsible-cell",
    Why.JOINT_WORK: "joint-cell",
    Why.JOINT_HOME: "joint-cell",
    Why.UNEMPLOYED: "unemployed-stay",
    Why.STREET: "street-cell",
    Why.NOWHERE: "locality-known",
}


def misplaced(ground: Ground, on: date) -> Iterator[tuple[str, Breach]]:
    """Members whose home is another cell than the one that they belong to, each with the rule.

    One statement. An exception that was granted is none of them. Where only a workplace or a
    locality lacks a cell, the rules on those tell.
    """
    names = tables() | {"of_u": _within(ground)}
    names["here"] = "" if ground.everywhere else _HERE.format(**names)
    names["once"] = "AS MATERIALIZED" if connection.vendor == "postgresql" else "AS"
    statement = advice_statement(
        before=_ASKED.format(**names),
        only="SELECT member_id FROM asked",
        columns="u.code, h.since, t.code",
        tail=_HOME.format(**names),
    )
    # Read at once: a cursor on the server would be planned without parallel workers.
    with connection.cursor() as cursor:
        cursor.execute(statement, {"on": on})
        for number, why, _cell, _place, since, code, home_since, to in stream(cursor):
            name = _RULES.get(Why(why))
            if name is not None:
                stands = max(as_day(since), as_day(home_since))
                given = {"kind": "home", "to": to} if to else {}
                yield name, Breach(code, f"member {number}", stands, given)


def _within(ground: Ground) -> str:
    """The condition that the unit `u` lies in the ground."""
    if ground.everywhere:
        return ""
    ranges = " OR ".join(
        f"u.tree_id = {extent.tree} AND u.lft BETWEEN {extent.left} AND {extent.right}"
        for extent in ground.extents
    )
    return f"AND ({ranges or '1 = 0'})"


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
        .values_list("code", "unit__code")
    )
    for code, unit in rows.iterator():
        yield Breach(unit or "", f"locality {code}")
