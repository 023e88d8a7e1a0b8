"""How many members a unit has, with all below it: one query for a whole page of units."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from districts.models import Unit
from members.models import Registration

_MANY = 10_000  # units on and below a page, from which on all are counted as quickly

# COALESCE makes PostgreSQL expect fewer rows. By its higher estimate of the very same plan it would
# first compile the query (JIT), which takes longer than it saves.
_IN_FORCE = "{row}.since <= %(on)s AND COALESCE({row}.until, 'infinity') > %(on)s"

# A member counts once in a unit, however many registrations he or she has below it. So the
# registrations are summed up along the tree, and of everybody with two of them, a pair, one is
# taken away again from each unit that holds both.
_PARTS = """direct AS {once} (
    SELECT r.unit_id, COUNT(*) AS n FROM {registrations} r WHERE {r_in_force} {there}
    GROUP BY r.unit_id
), pair AS {once} (
    SELECT h.unit_id AS home, r.unit_id AS residence
    FROM {registrations} r
    JOIN {registrations} h ON h.member_id = r.member_id AND h.kind = 'home'
    WHERE r.kind = 'residence' AND {r_in_force} AND {h_in_force} {there}
)"""

# A page goes down from its units. A pair is looked up by the home first and then by the residence,
# since PostgreSQL would put every two units of a page's unit together.
_PAGE = """
WITH page AS (
    SELECT id, tree_id, lft, rght FROM {units} WHERE id IN ({page})
), inside AS {once} (
    SELECT page.id AS page_id, u.id AS unit_id FROM page {inside}
), {parts}, held AS {once} (
    SELECT inside.page_id, pair.residence FROM pair JOIN inside ON inside.unit_id = pair.home
), change AS (
    SELECT inside.page_id, direct.n FROM inside JOIN direct ON direct.unit_id = inside.unit_id
    UNION ALL
    SELECT held.page_id, -1
    FROM held JOIN inside ON inside.unit_id = held.residence AND inside.page_id = held.page_id
)
SELECT page.id, CAST(COALESCE(SUM(change.n), 0) AS integer)
FROM page LEFT JOIN change ON change.page_id = page.id GROUP BY page.id
"""

# The units of a page's unit. PostgreSQL expects so many that it would read all there are: OFFSET 0
# has it look up those of one unit after the other.
_BELOW = "{units} u WHERE u.tree_id = page.tree_id AND u.lft BETWEEN page.lft AND page.rght"
_INSIDE = f", {_BELOW}"
_INSIDE_READY = f", LATERAL (SELECT u.id FROM {_BELOW} OFFSET 0) u"

# All units are summed upwards. Only units with others below them, the leaders, have anything to sum
# up, and they are few: `above` has each of them with itself and with all above it. A pair is taken
# away from what stands above the home, and from the home itself if that holds the residence too.
_ALL = """
WITH RECURSIVE {parts}, own AS {once} (
    SELECT u.id, u.parent_id, CAST(COALESCE(direct.n, 0) AS integer) AS n
    FROM {units} u LEFT JOIN direct ON direct.unit_id = u.id
), leader AS {once} (
    SELECT u.id, u.parent_id, u.tree_id, u.lft, u.rght, below.n
    FROM (SELECT parent_id, SUM(n) AS n FROM own GROUP BY parent_id) below
    JOIN {units} u ON u.id = below.parent_id
), above AS (
    SELECT id AS leader_id, id, parent_id, tree_id, lft, rght, n FROM leader
    UNION ALL
    SELECT above.leader_id, l.id, l.parent_id, l.tree_id, l.lft, l.rght, above.n
    FROM above JOIN leader l ON l.id = above.parent_id
), held AS {once} (
    SELECT h.parent_id AS leader_id, r.tree_id, r.lft,
        CASE WHEN r.tree_id = h.tree_id AND r.lft BETWEEN h.lft AND h.rght THEN h.id END AS home
    FROM pair JOIN {units} h ON h.id = pair.home JOIN {units} r ON r.id = pair.residence
), change AS (
    SELECT id, SUM(n) AS n FROM above GROUP BY id
    UNION ALL
    SELECT above.id, -COUNT(*) FROM held JOIN above ON above.leader_id = held.leader_id
    WHERE held.tree_id = above.tree_id AND held.lft BETWEEN above.lft AND above.rght
    GROUP BY above.id
    UNION ALL
    SELECT home, -COUNT(*) FROM held WHERE home IS NOT NULL GROUP BY home
), total AS (
    SELECT id, CAST(SUM(n) AS integer) AS n FROM change GROUP BY id
)
SELECT own.id, own.n + COALESCE(total.n, 0) FROM own LEFT JOIN total ON total.id = own.id
"""

# PostgreSQL keeps the pairs ready in a table of its own (migration 0006), since to match a million
# homes takes as long as to count them. It takes each pair away once only, from the lowest unit that
# holds both: `line` is the way from the root down to each leader, and as many of its units hold the
# residence as begin before it and end behind it. A leaf is its own lowest unit where it is the home
# and the residence. OFFSET 0 keeps the join of the pairs apart, so that it is done in parallel.
_ALL_READY = """
WITH RECURSIVE direct AS (
    SELECT r.unit_id, COUNT(*) AS n FROM {registrations} r WHERE {r_in_force} GROUP BY r.unit_id
), own AS MATERIALIZED (
    SELECT u.id, u.parent_id, CAST(COALESCE(direct.n, 0) AS integer) AS n
    FROM {units} u LEFT JOIN direct ON direct.unit_id = u.id
), leader AS MATERIALIZED (
    SELECT u.id, u.parent_id, u.lft, u.rght, below.n
    FROM (SELECT parent_id, SUM(n) AS n FROM own GROUP BY parent_id) below
    JOIN {units} u ON u.id = below.parent_id
), line AS (
    SELECT id, n, ARRAY[id] AS ids, ARRAY[lft] AS begins, ARRAY[-rght] AS ends
    FROM leader WHERE parent_id IS NULL
    UNION ALL
    SELECT l.id, l.n, line.ids || l.id, line.begins || l.lft, line.ends || -l.rght
    FROM line JOIN leader l ON l.parent_id = line.id
), held AS MATERIALIZED (
    SELECT pair.leaf, COUNT(*) AS n, line.ids[
        LEAST(width_bucket(pair.lft, line.begins), width_bucket(-pair.lft, line.ends))
    ] AS id
    FROM (
        SELECT r.lft, CASE WHEN h.rght > h.lft + 1 THEN h.id ELSE h.parent_id END AS leader_id,
            CASE WHEN h.id = r.id AND h.rght = h.lft + 1 THEN h.id END AS leaf
        FROM members_pair p JOIN {units} h ON h.id = p.home_id
        JOIN {units} r ON r.id = p.residence_id AND r.tree_id = h.tree_id
        WHERE {p_in_force} OFFSET 0
    ) pair LEFT JOIN line ON line.id = pair.leader_id GROUP BY 1, 3
), change AS (
    SELECT unnest(ids) AS id, n FROM line
    UNION ALL
    SELECT unnest(line.ids), -held.n FROM held JOIN line ON line.id = held.id
    UNION ALL
    SELECT leaf, -n FROM held WHERE leaf IS NOT NULL
), total AS (
    SELECT id, CAST(SUM(n) AS integer) AS n FROM change GROUP BY id
)
SELECT own.id, own.n + COALESCE(total.n, 0) FROM own LEFT JOIN total ON total.id = own.id
"""


def member_counts(units: Iterable[Unit] | None, on: date) -> dict[int, int]:
    """Members registered in each of `units` or below it on the day `on`, by the units' ids.

    None asks for all units. One query, whatever the number of units.
    """
    page = None if units is None else list(units)
    if page == []:
        return {}
    if page is None:
        return _all_counted(on)
    if sum((unit.rght - unit.lft + 1) // 2 for unit in page) > _MANY:
        asked = {unit.pk for unit in page}
        return {unit: n for unit, n in _all_counted(on).items() if unit in asked}
    ids = ", ".join(str(int(unit.pk)) for unit in page)
    return _counted(_PAGE, on, page=ids, there="AND r.unit_id IN (SELECT unit_id FROM inside)")


def _all_counted(on: date) -> dict[int, int]:
    return _counted(_ALL_READY if connection.vendor == "postgresql" else _ALL, on)


def _counted(statement: str, on: date, page: str = "", there: str = "") -> dict[int, int]:
    """What the statement counts; `there` narrows down the registrations that it reads."""
    postgres = connection.vendor == "postgresql"
    units = connection.ops.quote_name(Unit._meta.db_table)
    names = {
        "units": units,
        "inside": (_INSIDE_READY if postgres else _INSIDE).format(units=units),
        "registrations": connection.ops.quote_name(Registration._meta.db_table),
        # Each part is worked out once; PostgreSQL would fold them into each other, and misjudge.
        "once": "MATERIALIZED" if postgres else "",
    }
    in_force = {f"{row}_in_force": _IN_FORCE.format(row=row) for row in "rhp"}
    parts = _PARTS.format(there=there, **names, **in_force)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(parts=parts, page=page, **names, **in_force), {"on": on})
        return dict(cursor.fetchall())
