"""Of whom some rule on registrations may be broken: all members seen in one pass, few left over.

A million members asked for by each rule would be read as often as there are rules. What is left
over here is a superset of what the rules find; they are asked about these few.
"""

from collections.abc import Iterator
from datetime import date

from django.db import connection

from audit.bulk import stream
from districts.models import Locality, Unit
from members.models import EarlierMembership, Member, Registration

# A comparison with a number makes PostgreSQL expect few rows.
_SUSPECTS = """
SELECT DISTINCT m.number FROM {members} m
LEFT JOIN {registrations} h ON h.member_id = m.number AND h.kind = 'home'
    AND h.since <= %(on)s AND (h.until IS NULL OR h.until > %(on)s)
LEFT JOIN {units} u ON u.id = h.unit_id
LEFT JOIN {registrations} r ON r.member_id = m.number AND r.kind = 'residence'
    AND r.since <= %(on)s AND (r.until IS NULL OR r.until > %(on)s)
LEFT JOIN {units} v ON v.id = r.unit_id
LEFT JOIN {earlier} e ON e.member_id = m.number AND e.since <= %(on)s AND e.until > %(on)s
LEFT JOIN {localities} l ON l.id = m.locality_id
WHERE CASE
    WHEN m.joined > %(on)s OR m.left <= %(on)s THEN
        CASE WHEN h.id IS NULL AND r.id IS NULL AND e.id IS NULL THEN 1 ELSE 0 END
    WHEN h.id IS NULL OR u.kind NOT IN ('factory_cell', 'street_cell', 'joint_cell')
        OR u.founded > %(on)s OR u.dissolved <= %(on)s THEN 0
    WHEN r.id IS NULL THEN CASE
        WHEN u.kind = 'street_cell' OR l.unit_id IS NULL OR l.unit_id = u.parent_id THEN 1
        ELSE 0 END
    WHEN u.kind = 'street_cell' OR v.founded > %(on)s OR v.dissolved <= %(on)s
        OR v.kind NOT IN ('district', 'local_group', 'street_cell')
        OR v.id = u.parent_id OR v.parent_id = u.parent_id THEN 0
    WHEN l.unit_id IS NULL OR l.unit_id IN (v.id, u.parent_id)
        OR l.unit_id = v.parent_id AND v.kind = 'street_cell' THEN 1
    ELSE 0 END = 0
ORDER BY m.number
"""


def suspects(on: date) -> Iterator[int]:
    """The numbers of those of whom a rule may be broken on the day `on`, in their order.

    One statement.
    """
    quote = connection.ops.quote_name
    statement = _SUSPECTS.format(
        members=quote(Member._meta.db_table),
        registrations=quote(Registration._meta.db_table),
        units=quote(Unit._meta.db_table),
        localities=quote(Locality._meta.db_table),
        earlier=quote(EarlierMembership._meta.db_table),
    )
    # Read at once: a cursor on the server would be planned without parallel workers.
    with connection.cursor() as cursor:
        cursor.execute(statement, {"on": on})
        for (number,) in stream(cursor):
            yield number
