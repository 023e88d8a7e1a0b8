"""The one statement that says to which cell each member belongs: for one, for a ground, for all.

It reads the tables once, whatever number of members is asked for. All that it knows of a member is
one row: the work that decides, the workplace's cell, the residence's cell, and the home that is.
"""

from django.db import connection

from districts.models import Locality, Unit, Workplace
from members.models import EarlierMembership, Employment, Member, Registration, Request

# Of several employments one decides: one that runs before one that ended; of those that run the
# main one, then the later; of those that ended the one that ended last. The workplace's code comes
# last, which an export and an import leave as it is.
_ORDER = """e.member_id, CASE WHEN e.until IS NULL OR e.until > %(on)s THEN 0 ELSE 1 END,
    CASE WHEN e.until IS NULL OR e.until > %(on)s THEN e.standing ELSE '' END,
    CASE WHEN e.until IS NULL OR e.until > %(on)s THEN NULL ELSE e.until END DESC,
    e.since DESC, o.code DESC"""
_WORK = {
    "postgresql": """SELECT DISTINCT ON (e.member_id) e.member_id, e.workplace_id, e.since, e.until,
        e.until IS NULL OR e.until > %(on)s AS running
    FROM {employments} e JOIN {workplaces} o ON o.id = e.workplace_id
    WHERE e.since <= %(on)s {of_e} ORDER BY {order}""",
    "sqlite": """SELECT member_id, workplace_id, since, until, running FROM (
        SELECT e.member_id, e.workplace_id, e.since, e.until,
            e.until IS NULL OR e.until > %(on)s AS running,
            ROW_NUMBER() OVER (PARTITION BY e.member_id ORDER BY {order}) AS place
        FROM {employments} e JOIN {workplaces} o ON o.id = e.workplace_id
        WHERE e.since <= %(on)s {of_e}
    ) WHERE place = 1""",
}

_PEOPLE = """present AS (
    SELECT m.number AS member_id, m.joined AS since, m.locality_id FROM {members} m
    WHERE m.joined <= %(on)s AND (m.left IS NULL OR m.left > %(on)s) {of_m}
    UNION ALL
    SELECT e.member_id, e.since, m.locality_id FROM {earlier} e
    JOIN {members} m ON m.number = e.member_id
    WHERE e.since <= %(on)s AND e.until > %(on)s {of_e}
),
bound AS (
    SELECT p.member_id, p.locality_id, p.since AS joined, w.workplace_id, w.since, w.until,
        w.running, d.since AS detached,
        -- Work that had ended before the membership began binds nobody (A3).
        w.member_id IS NOT NULL AND (w.running OR w.until > p.since
            AND (d.since IS NULL OR d.since < w.until)) AS works
    FROM present p
    LEFT JOIN work w ON w.member_id = p.member_id
    LEFT JOIN detached d ON d.member_id = p.member_id
)"""
# Somebody who is about to join: what work and residence alone would say.
_NEWCOMER = """bound AS (
    SELECT 0 AS member_id, CAST(%(locality)s AS bigint) AS locality_id,
        {day} AS joined, CAST(%(workplace)s AS bigint) AS workplace_id,
        {day} AS since, CAST(NULL AS date) AS until, 1 = 1 AS running,
        CAST(NULL AS date) AS detached, CAST(%(workplace)s AS bigint) IS NOT NULL AS works
)"""

# The oldest open joint cell of the local group that a locality `l` belongs to (A7).
_JOINT = """SELECT o.id FROM {units} o JOIN {units} g ON g.id = o.parent_id
    AND g.kind = 'local_group' WHERE o.parent_id = l.unit_id AND o.kind = 'joint_cell'
    AND o.founded <= %(on)s AND (o.dissolved IS NULL OR o.dissolved > %(on)s)
    ORDER BY o.founded, o.code LIMIT 1"""

_ADVICE = """
WITH {before}-- Since when a member may leave the cell of the last workplace (A6).
detached AS (
    SELECT r.member_id, MAX(r.takes_effect) AS since FROM {requests} r
    WHERE r.kind = 'detachment' AND r.state = 'granted' AND r.takes_effect <= %(on)s {of_r}
    GROUP BY r.member_id
),
work AS ({work}),
-- The cell of each workplace, and by what right.
covered AS (
    SELECT w.id AS workplace_id, COALESCE(c.id, j.id) AS cell_id,
        COALESCE(c.founded, j.founded) AS founded,
        CASE WHEN c.kind = 'joint_cell' OR j.id IS NOT NULL THEN 'joint-work'
            WHEN c.id IS NULL THEN 'uncovered' ELSE w.coverage END AS why
    FROM {workplaces} w
    LEFT JOIN {units} c ON c.id = w.cell_id AND c.founded <= %(on)s
        AND (c.dissolved IS NULL OR c.dissolved > %(on)s)
    LEFT JOIN {localities} l ON l.id = w.locality_id
    LEFT JOIN {units} j ON j.id = CASE WHEN c.id IS NULL THEN ({joint}) END
),
-- The cell of each locality, and by what right.
lived AS (
    SELECT l.id AS locality_id, COALESCE(c.id, j.id) AS cell_id,
        COALESCE(c.founded, j.founded) AS founded,
        CASE WHEN c.kind = 'joint_cell' OR j.id IS NOT NULL THEN 'joint-home'
            WHEN c.id IS NULL THEN 'no-street' ELSE 'street' END AS why
    FROM {localities} l
    LEFT JOIN {units} c ON c.id = l.street_cell_id AND c.founded <= %(on)s
        AND (c.dissolved IS NULL OR c.dissolved > %(on)s)
    LEFT JOIN {units} j ON j.id = CASE WHEN c.id IS NULL THEN ({joint}) END
),
{people}
SELECT b.member_id,
    CASE WHEN NOT b.works THEN COALESCE(lived.why, 'nowhere')
        WHEN b.running OR covered.why = 'uncovered' THEN covered.why
        ELSE 'unemployed' END AS why,
    CASE WHEN b.works THEN covered.cell_id ELSE lived.cell_id END AS cell_id,
    CASE WHEN b.works THEN b.workplace_id ELSE b.locality_id END AS place_id,
    CASE WHEN b.works THEN {greatest}(b.since, COALESCE(covered.founded, b.since))
        ELSE {greatest}(b.joined, COALESCE(lived.founded, b.joined),
            CASE WHEN b.detached >= b.until THEN b.detached ELSE b.joined END) END AS since,
    {columns}
FROM bound b
LEFT JOIN covered ON covered.workplace_id = b.workplace_id
LEFT JOIN lived ON lived.locality_id = b.locality_id
{tail}
"""


def advice_statement(
    *,
    only: str = "",
    before: str = "",
    columns: str = "NULL",
    tail: str = "",
    without_work: bool = False,
) -> str:
    """The statement, in which `%(on)s` is the day.

    `only` is a query of the numbers of the members that alone are asked for, `before` what is
    worked out for it first; `columns` and `tail` put more beside the advice, such as the home that
    a member has. `without_work` asks where they would belong if they had never worked anywhere.
    """
    names = tables() | {
        "of_e": f"AND e.member_id IN ({only})" if only else "",
        "of_m": f"AND m.number IN ({only})" if only else "",
        "of_r": f"AND r.member_id IN ({only})" if only else "",
        "greatest": "GREATEST" if connection.vendor == "postgresql" else "MAX",
        "order": _ORDER,
    }
    nothing = {"of_e": "AND 1 = 0"} if without_work else {}
    work = _WORK[connection.vendor].format(**names | nothing)
    people = _PEOPLE.format(**names)
    return _ADVICE.format(
        work=work, before=before, people=people, columns=columns, tail=tail, **names
    )


def newcomer_statement() -> str:
    """The same for somebody who joins: `%(workplace)s` and `%(locality)s` are keys or None."""
    # SQLite knows no days, and would make a number of one.
    day = "CAST(%(on)s AS date)" if connection.vendor == "postgresql" else "%(on)s"
    names = tables() | {"greatest": "GREATEST" if connection.vendor == "postgresql" else "MAX"}
    names["of_r"] = "AND 1 = 0"
    nobody = "SELECT NULL AS member_id, NULL AS workplace_id, NULL AS since WHERE 1 = 0"
    return _ADVICE.format(
        work=nobody, before="", people=_NEWCOMER.format(day=day), columns="NULL", tail="", **names
    )


def tables() -> dict[str, str]:
    """The names of the tables, for statements that go beside it."""
    quote = connection.ops.quote_name
    units = quote(Unit._meta.db_table)
    return {
        "joint": _JOINT.format(units=units),
        "units": units,
        "localities": quote(Locality._meta.db_table),
        "workplaces": quote(Workplace._meta.db_table),
        "members": quote(Member._meta.db_table),
        "earlier": quote(EarlierMembership._meta.db_table),
        "employments": quote(Employment._meta.db_table),
        "requests": quote(Request._meta.db_table),
        "registrations": quote(Registration._meta.db_table),
    }
