"""How many members a unit has, with all below it: one query for a whole page of units."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from districts.models import Unit
from members.models import Registration

# A member counts once in a unit, however many registrations he or she has below it. So the
# registrations are summed up along the tree, and of everybody with two of them one is taken away
# again from each unit that holds both: looked up by the home first and then by the residence, since
# PostgreSQL would put every two units of a page's unit together.
_COUNTS = """
WITH page AS (
    SELECT id, tree_id, lft, rght FROM {units} {only}
), inside AS {once} (
    SELECT page.id AS page_id, u.id AS unit_id
    FROM page JOIN {units} u ON u.tree_id = page.tree_id AND u.lft BETWEEN page.lft AND page.rght
), direct AS {once} (
    SELECT unit_id, COUNT(*) AS n FROM {registrations}
    WHERE since <= %s AND (until IS NULL OR until > %s)
        AND unit_id IN (SELECT unit_id FROM inside)
    GROUP BY unit_id
), pair AS {once} (
    SELECT h.unit_id AS home, r.unit_id AS residence
    FROM {registrations} r JOIN {registrations} h ON h.member_id = r.member_id
    WHERE r.kind = 'residence' AND r.since <= %s AND (r.until IS NULL OR r.until > %s)
        AND h.kind = 'home' AND h.since <= %s AND (h.until IS NULL OR h.until > %s)
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


def member_counts(units: Iterable[Unit] | None, on: date) -> dict[int, int]:
    """Members registered in each of `units` or below it on the day `on`, by the units' ids.

    None asks for all units. One query, whatever the number of units.
    """
    wanted = None if units is None else [unit.pk for unit in units]
    if wanted == []:
        return {}
    quote = connection.ops.quote_name
    query = _COUNTS.format(
        units=quote(Unit._meta.db_table),
        registrations=quote(Registration._meta.db_table),
        only="" if wanted is None else f"WHERE id IN ({', '.join(['%s'] * len(wanted))})",
        # Each part is worked out once; PostgreSQL would fold them into each other, and misjudge.
        once="MATERIALIZED" if connection.vendor == "postgresql" else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*(wanted or ()), *[on] * 6])
        return {unit: int(number) for unit, number in cursor.fetchall()}
