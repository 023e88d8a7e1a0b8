"""The export of the members against psql's \\copy of the same query, and the export's memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

from _common import best, close, connection, million, peak_of, psql, report

from audit.ground import EVERYWHERE
from audit.tables import table_named
from audit.tables.export import copy_query, write_table

million()
members = table_named("members")
with TemporaryDirectory() as folder:
    ours = best(lambda: write_table(members, Path(folder) / "ours.csv", EVERYWHERE, None))
    with connection.cursor() as cursor:
        query = copy_query(cursor, members, EVERYWHERE, None)
    theirs = best(lambda: psql(f"\\copy ({query}) TO '{folder}/theirs.csv' (FORMAT csv)"))
    report(f"export of the members ({ours:.1f} s) / \\copy ({theirs:.1f} s)", ours / theirs, 1.5)
    peak = peak_of("export_register", folder)
    report("export: peak memory in MB", peak, 300)
close()
