"""The first of a cell's workplaces is taken for its own, all others for attached to it."""

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef


def fill(apps: Any, schema_editor: Any) -> None:
    """Tell a cell's own workplace by the lowest code: the register did not say before."""
    workplaces = apps.get_model("districts", "Workplace").objects
    covered = workplaces.filter(cell__isnull=False)
    earlier = workplaces.filter(cell=OuterRef("cell"), code__lt=OuterRef("code"))
    covered.update(coverage="attached")
    covered.filter(~Exists(earlier)).update(coverage="own")


def empty(apps: Any, schema_editor: Any) -> None:
    """Forget it again."""
    apps.get_model("districts", "Workplace").objects.update(coverage="")


class Migration(migrations.Migration):
    dependencies = [("districts", "0006_coverage")]

    operations = [migrations.RunPython(fill, empty)]
