"""manage.py export_register: write the register as CSV files with their schema."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.tables import tables
from audit.tables.export import export_register
from audit.tables.noting import EVERYTHING, note_export
from districts.management.arguments import add_day, add_ground, ground_of
from districts.models import Unit


class Command(BaseCommand):
    help = (
        "Writes one CSV file a table and a datapackage.json with their schema to a folder, for"
        " auditors and for import_register."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder to write to; it may be new")
        add_ground(parser)
        add_day(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        unit = Unit.objects.filter(code=options["unit"] or "").first()
        facts = {
            "unit": options["unit"] or EVERYTHING,
            "as_of": options["as_of"].isoformat() if options["as_of"] else None,
            "tables": [table.name for table in tables()],
        }
        about = unit.pk if unit else None
        note_export(facts, unit=about)
        try:
            written = export_register(
                folder,
                ground=ground_of(options),
                day=options["as_of"],
                about=options["unit"] or "",
            )
        except OSError as error:
            raise CommandError(f"Cannot write to {folder}: {error.strerror}.") from error
        note_export(facts, unit=about, written=written)
        for one in written:
            self.stdout.write(f"{one.table.file}: {one.rows} rows")
