"""Member counts of all units with all below them against one GROUP BY over the registrations."""

from datetime import date

from _common import best, close, connection, million, report

from districts.models import Unit
from members.counts import member_counts

GROUP_BY = """
SELECT unit_id, COUNT(*) FROM members_registration
WHERE since <= %s AND (until IS NULL OR until > %s) GROUP BY unit_id
"""


def group_by() -> None:
    with connection.cursor() as cursor:
        cursor.execute(GROUP_BY, [date.today(), date.today()])
        cursor.fetchall()


million()
theirs = best(group_by, 5)
ours = best(lambda: member_counts(None, date.today()), 5)
report(f"counts of all units ({ours:.2f} s) / GROUP BY ({theirs:.2f} s)", ours / theirs, 2)
units = list(Unit.objects.filter(kind="district")[:40])
page = best(lambda: member_counts(units, date.today()), 5)
report(f"counts of a page of 40 districts ({page:.3f} s) / GROUP BY", page / theirs, 2)
close()
