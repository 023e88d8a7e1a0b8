"""What the log says of an export: before its first byte, and when it is whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from audit.log import Draft, note
from audit.models import Entry
from audit.tables.export import Exported

EVERYTHING = "everything"


def note_export(
    facts: Mapping[str, Any], *, unit: int | None, written: Sequence[Exported] | None = None
) -> None:
    """Log that an export begins, or with `written` that all of it was written.

    `facts` say what was taken out of which unit, as of which day; nobody's data.
    """
    told = dict(facts)
    if written is not None:
        told["files"] = {
            one.table.file: {"sha256": one.sha256, "size": one.size, "rows": one.rows}
            for one in written
        }
    act = "begin-export" if written is None else "export"
    note(Draft(what=Entry.What.EXPORTED, unit=unit, facts=told), act=act)
