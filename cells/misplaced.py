"""Who stands elsewhere than the articles say: one look at the register for all rules on it."""

from collections.abc import Iterator
from datetime import date

from django.db import connection

from audit.bulk import stream
from audit.ground import Ground
from audit.rulebook import Breach
from cells.placement import Why, as_day
from cells.placement_sql import advice_statement, tables

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
)
ORDER BY b.member_id"""
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
    LEFT JOIN {requests} d ON d.member_id = h.member_id AND d.kind = 'detachment'
        AND d.state = 'granted' AND d.takes_effect <= %(on)s
    WHERE h.kind = 'home' AND h.since <= %(on)s AND (h.until IS NULL OR h.until > %(on)s)
        AND CASE WHEN m.joined > %(on)s THEN 0
            WHEN e.id IS NULL
                OR e.until <= %(on)s AND (e.until <= m.joined OR d.takes_effect >= e.until)
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

    By the members' numbers, in one statement. An exception that was granted is none of them. Where
    only a workplace or a locality lacks a cell, the rules on those tell.
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
