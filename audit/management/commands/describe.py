"""manage.py describe: the tables and the rules as pages of documentation."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from audit.rulebook import ARTICLES, Statutes, rules
from audit.tables import Column, Table, tables

_KINDS = {
    "text": "text",
    "choice": "one of",
    "date": "day, as 2024-01-31",
    "moment": "moment of universal time, as 2024-01-31T18:30:00Z",
    "integer": "whole number",
}


class Command(BaseCommand):
    help = "Prints a page of documentation, in Markdown, from what the apps declare."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("page", choices=["tables", "rules"])

    def handle(self, *args: Any, **options: Any) -> None:
        lines = {"tables": _tables_page, "rules": _rules_page}[options["page"]]
        with override("en"):
            self.stdout.write("\n".join(lines()))


def _tables_page() -> Iterator[str]:
    yield "# The tables"
    yield ""
    yield "What `export_register` writes and `import_register` reads: one CSV file a table, in"
    yield "UTF-8 without a byte order mark, with commas between the cells and the names in the"
    yield "first line. The columns may stand in any order, and all must be there. A cell that a"
    yield "spreadsheet would run as a formula goes out with an apostrophe before it, and comes in"
    yield "without. A table that the program computes goes out and is passed over on the way in."
    yield "Made by `manage.py describe tables`."
    for table in tables():
        yield from _table_section(table)


def _table_section(table: Table) -> Iterator[str]:
    yield ""
    yield f"## {table.name}"
    yield ""
    yield f"{table.description} A row is known by: {', '.join(table.key)}."
    if table.exported_only:
        yield "The program computes it: it is exported, and never imported."
    yield ""
    yield "| column | holds | must be filled | meaning |"
    yield "| --- | --- | --- | --- |"
    for column in table.columns:
        filled = "yes" if column.required else ""
        yield f"| {column.name} | {_holds(column)} | {filled} | {column.description} |"


def _holds(column: Column) -> str:
    if column.target is not None:
        return f"a {column.target.key[0]} of {column.target.name}"
    if column.kind == "choice":
        values = ", ".join(str(value) for value, _label in column.field.flatchoices if value)
        return f"one of: {values}"
    if column.kind == "decimal":
        return f"number with {getattr(column.field, 'decimal_places', 0)} decimal places"
    longest = column.field.max_length if column.kind == "text" else None
    return _KINDS[column.kind] + (f", up to {longest} characters" if longest else "")


def _rules_page() -> Iterator[str]:
    numbers = Statutes()
    yield "# The rules"
    yield ""
    yield "What `check_rules` asks of the register, by article. Made by `manage.py describe rules`."
    yield ""
    yield "| article | what it says |"
    yield "| --- | --- |"
    for article, words in ARTICLES.items():
        yield f"| {article} | {words} |"
    yield ""
    yield "| rule | article | what must hold | what to do where it does not |"
    yield "| --- | --- | --- | --- |"
    for rule in rules():
        yield f"| {rule.name} | {rule.article} | {rule.sentence} | {rule.remedy} |"
    for rule in rules():
        yield ""
        yield f"**{rule.name}** ({rule.article}). {rule.explanation}"
    yield ""
    yield "The numbers that the articles leave open; `STATUTES` sets others:"
    yield ""
    yield "| number | value |"
    yield "| --- | --- |"
    for name in numbers.__dataclass_fields__:
        yield f"| {name} | {getattr(numbers, name)} |"
