"""The likely duplicates of a district, and those of one person, against one scan of all members."""

from datetime import date

from _common import best, close, connection, million, report

from audit.bulk import analyse
from audit.ground import EVERYWHERE, Ground
from districts.models import Unit
from members.doubles import doubles_of, known_of, likely_pairs
from members.models import Member


def scan() -> None:
    """Everybody in turn, as it would be without an index, by one process alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM members_member WHERE email || search LIKE '%%xyzzy%%'")


million()
analyse("members_member")
with connection.cursor() as cursor:
    cursor.execute("SET max_parallel_workers_per_gather = 0")
theirs = best(scan, 5)
districts = Unit.objects.filter(kind="district", dissolved=None).order_by("code")
district = districts[len(districts) // 2]
ground = Ground((district.extent,))
members = Member.objects.on_ground(ground, date.today()).count()
ours = best(lambda: likely_pairs(ground, ground), 5)
name = f"likely duplicates in a district of {members} ({ours * 1000:.0f} ms)"
report(f"{name} / a scan ({theirs * 1000:.0f} ms)", ours / theirs, 1)
wide = best(lambda: likely_pairs(ground, EVERYWHERE), 3)
report(f"the same against all members ({wide * 1000:.0f} ms) / a scan", wide / theirs, 3)
person = known_of(Member.objects.order_by("number")[500_000 % Member.objects.count()])
for where, those in (("the district", ground), ("the whole register", EVERYWHERE)):
    one = best(lambda those=those: doubles_of(person, those), 5)
    report(f"doubles of one person in {where} ({one * 1000:.0f} ms) / a scan", one / theirs, 1)
close()
