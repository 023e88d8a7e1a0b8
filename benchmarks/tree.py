"""The numbering of 51,000 units in one pass, and the whole renumbering with its writing."""

from _common import close, million, report, timed
from django.db import transaction

from districts.models import Unit
from districts.tree import number_trees, renumber_trees, tree_faults

million()
rows = list(Unit.objects.order_by("code").values_list("pk", "parent_id"))
scale = 51_000 / len(rows)
seconds = timed(lambda: number_trees(rows, {}, 1))
report("numbering: seconds for 51,000 units", seconds * scale, 1)
with transaction.atomic():
    Unit.objects.update(lft=0, rght=0, level=0)
    seconds = timed(renumber_trees)
    report("numbering and writing: seconds for 51,000 units", seconds * scale, 5)
    report("faults in the tree", sum(1 for _fault in tree_faults()), 0)
    transaction.set_rollback(True)
close()
