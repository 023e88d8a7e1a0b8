"""manage.py check_tree: prove the tree whole."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from districts.models import Unit
from districts.tree import tree_faults


class Command(BaseCommand):
    help = "Verifies every unit's range, level, parent and kind. Exits 1 if there is a fault."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in tree_faults():
            faults += 1
            self.stdout.write(str(fault))
        if faults:
            self.stderr.write(f"{faults} {ngettext('fault', 'faults', faults)}.")
            sys.exit(1)
        self.stdout.write(f"{Unit.objects.count()} units, no fault.")
