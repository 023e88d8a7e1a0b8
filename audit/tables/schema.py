"""The declaration of a table as Table Schema, for `datapackage.json`."""

import re
from typing import Any

from django.core.validators import RegexValidator

from audit.tables.declaration import Column, Table

_TYPES = {
    "text": "string",
    "choice": "string",
    "date": "date",
    "moment": "datetime",
    "integer": "integer",
    "decimal": "number",
}


def resource(table: Table, rows: int, size: int, sha256: str) -> dict[str, Any]:
    """The tabular data resource of one written file."""
    return {
        "name": table.name,
        "title": str(table.description),
        "path": table.file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{sha256}",
        "rows": rows,
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "schema": schema(table),
    }


def schema(table: Table) -> dict[str, Any]:
    """The table's Table Schema: fields, key, pointers to other tables."""
    return {
        "fields": [_field(table, column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [
            {
                "fields": [column.name],
                "reference": {
                    "resource": "" if column.target is table else column.target.name,
                    "fields": list(column.target.key),
                },
            }
            for column in table.references
            if column.target is not None
        ],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": _TYPES[column.kind],
        "description": str(column.description),
        "constraints": _constraints(table, column),
    }


def _constraints(table: Table, column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if table.key == (column.name,):
        constraints["unique"] = True
    if column.kind == "choice":
        constraints["enum"] = [str(value) for value, _label in column.field.flatchoices if value]
    if column.free_text and column.field.max_length:
        # One more than the register holds, for the apostrophe before what looks like a formula.
        constraints["maxLength"] = column.field.max_length + 1
    for validator in column.field.validators:
        if type(validator) is RegexValidator:
            constraints["pattern"] = re.compile(validator.regex).pattern.replace(r"\Z", "$")
    return constraints
