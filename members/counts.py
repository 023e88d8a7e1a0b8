"""How many members a unit has, with all below it: one query for a whole page of units."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from districts.models import Unit
from members.models import Registration

_MANY = 10_000  # units on and below a page, from which on all are counted as quickly

# A member counts once in a unit, however many registrations he or she has below it. So the
# registrations are summed up along the tree, and of everybody with two of them one is taken away
# again from each unit that holds both: looked up by the home first and then by the residence, since
# PostgreSQL would put every two units of a page's unit together.
_COUNTS = """
WITH page AS (
    SELECT id, tree_id, lft, rght FROM {units} WHERE id IN ({page})
), inside AS {once} (
    SELECT page.id AS page_id, u.id AS unit_id
    FROM page JOIN {units} u ON u.tree_id = page.tree_id AND u.lft BETWEEN page.lft AND page.rght
), direct AS {once} (
    SELECT unit_id, COUNT(*) AS n FROM {registrations}
    WHERE since <= %(on)s AND (until IS NULL OR until > %(on)s)
        AND unit_id IN (SELECT unit_id FROM inside)
    GROUP BY unit_id
), pair AS {once} (
    SELECT h.unit_id AS home, r.unit_id AS residence
    FROM {registrations} r JOIN {registrations} h ON h.member_id = r.member_id
    WHERE r.kind = 'residence' AND r.since <= %(on)s AND (r.until IS NULL OR r.until > %(on)s)
        AND h.kind = 'home' AND h.since <= %(on)s AND (h.until IS NULL OR h.until > %(on)s)
        AND r.unit_id IN (SELECT unit_id FROM inside)
), held AS {once} (
    SELECT inside.page_id, pair.residence
    FROM pair JOIN inside ON inside.unit_id = pair.home
), twice AS (
    SELECT held.page_id, COUNT(*) AS n
    FROM held JOIN inside
        ON inside.unit_id = held.residence AND inside.page_id = held.page_id
    GROUP BY held.page_id
), summed AS (
    SELECT inside.page_id, SUM(direct.n) AS n
    FROM inside JOIN direct ON direct.unit_id = inside.unit_id GROUP BY inside.page_id
)
SELECT page.id, COALESCE(summed.n, 0) - COALESCE(twice.n, 0)
FROM page LEFT JOIN summed ON summed.page_id = page.id
LEFT JOIN twice ON twice.page_id = page.id
"""

# All units at once are summed upwards: each unit with units below it hands on what stands right
# below it to itself and to all above. Whoever is registered twice is taken away once from every
# unit that holds both: in the unit itself where both are the same, or from the home's level on.
_ALL = """
WITH RECURSIVE twice AS {once} (
    SELECT h.unit_id AS home, r.unit_id AS residence
    FROM {registrations} r
    JOIN {registrations} h ON h.member_id = r.member_id AND h.kind = 'home'
    WHERE r.kind = 'residence' AND r.since <= %(on)s AND (r.until IS NULL OR r.until > %(on)s)
        AND h.since <= %(on)s AND (h.until IS NULL OR h.until > %(on)s)
), direct AS (
    SELECT unit_id, COUNT(*) AS n FROM {registrations}
    WHERE since <= %(on)s AND (until IS NULL OR until > %(on)s)
    GROUP BY unit_id
), same AS (
    SELECT home, COUNT(*) AS n FROM twice WHERE home = residence GROUP BY home
), own AS {once} (
    SELECT u.id, u.parent_id, COALESCE(direct.n, 0) - COALESCE(same.n, 0) AS n
    FROM {units} u LEFT JOIN direct ON direct.unit_id = u.id LEFT JOIN same ON same.home = u.id
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
    SELECT CASE WHEN h.rght > h.lft + 1 THEN h.id ELSE h.parent_id END AS leader_id,
        r.tree_id, r.lft
    FROM twice JOIN {units} h ON h.id = twice.home JOIN {units} r ON r.id = twice.residence
    WHERE twice.home <> twice.residence
), total AS (
    SELECT id, SUM(n) AS n FROM (
        SELECT id, n FROM above
        UNION ALL
        SELECT above.id, -COUNT(*) FROM held JOIN above ON above.leader_id = held.leader_id
        WHERE held.tree_id = above.tree_id AND held.lft BETWEEN above.lft AND above.rght
        GROUP BY above.id
    ) parts GROUP BY id
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
    if page is None or sum((unit.rght - unit.lft + 1) // 2 for unit in page) > _MANY:
        everywhere = _counted(_ALL, on)
        return everywhere if page is None else {unit.pk: everywhere[unit.pk] for unit in page}
    return _counted(_COUNTS, on, page=", ".join(str(int(unit.pk)) for unit in page))


def _counted(statement: str, on: date, page: str = "") -> dict[int, int]:
    quote = connection.ops.quote_name
    query = statement.format(
        units=quote(Unit._meta.db_table),
        registrations=quote(Registration._meta.db_table),
        page=page,
        # Each part is worked out once; PostgreSQL would fold them into each other, and misjudge.
        once="MATERIALIZED" if connection.vendor == "postgresql" else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"on": on})
        return {unit: int(number) for unit, number in cursor.fetchall()}
