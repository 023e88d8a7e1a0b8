"""A member found by a part of the name among a million, against one scan of all names."""

from _common import best, close, connection, million, report

from members.models import Member


def scan() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM members_member WHERE search || '' LIKE '%%xyzzy%%'")


million()
some = Member.objects.order_by("-number").values_list("search", flat=True)[0].split()
typed = [word[:5] for word in some[:2]]
theirs = best(scan, 5)
for text in (typed[0], " ".join(typed), "xyzzy"):
    ours = best(lambda text=text: list(Member.objects.named(text)[:50]), 5)
    name = f"search for {len(text.split())} words ({ours * 1000:.0f} ms)"
    report(f"{name} / a scan ({theirs * 1000:.0f} ms)", ours / theirs, 1)
close()
