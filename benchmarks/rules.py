"""All rules over the whole register against one sequential read of the tables that they look at.

The read is a plain sequential scan: every row of each table, one table after the other, by the one
process that was asked. The rules run as PostgreSQL plans them, with its parallel workers.
"""

from datetime import date

from _common import MEMBERS, best, close, connection, million, peak_of, report

from audit.ground import EVERYWHERE
from audit.rulebook import findings
from districts.models import Locality, Unit, Workplace
from elections.models import Bureau, Meeting, Seat
from members.models import EarlierMembership, Employment, Member, Registration, Request

TABLES = (
    *(Unit, Locality, Workplace, Member, EarlierMembership, Employment, Registration, Request),
    *(Bureau, Seat, Meeting),
)


def read() -> None:
    with connection.cursor() as cursor:
        # Without an index to count by: that would be no read of the table.
        cursor.execute("SET enable_indexonlyscan = off; SET enable_indexscan = off")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        for model in TABLES:
            cursor.execute(f"SELECT COUNT(t.*) FROM {model._meta.db_table} AS t")
            cursor.fetchone()
        cursor.execute("RESET enable_indexonlyscan; RESET enable_indexscan")
        cursor.execute("RESET max_parallel_workers_per_gather")


def look() -> None:
    global found
    found = sum(1 for _finding in findings(EVERYWHERE, date.today()))


found = 0
million()
theirs = best(read)
ours = best(look)
name = f"all rules over {MEMBERS} members, {found} findings ({ours:.2f} s)"
report(f"{name} / a sequential read ({theirs:.2f} s)", ours / theirs, 5)
report("check_rules: most memory in MB", peak_of("check_rules", "--format", "csv", status=1), 500)
close()
