"""The import into an empty register against a bare COPY of the same rows, and its memory."""

import shutil

from _common import FOLDER, close, connection, empty, million, peak_of, psql, report, timed

from audit.tables import tables
from audit.tables.export import export_register
from audit.tables.importing import Listener, import_register
from districts.tree import tree_faults

million()
shutil.rmtree(FOLDER, ignore_errors=True)
export_register(FOLDER)
raw = (FOLDER / "raw").resolve()
raw.mkdir()
names = [table.database_table for table in tables()]
for name in names:
    psql(f"\\copy {name} TO '{raw}/{name}'")

empty()
theirs = timed(lambda: psql(*(f"\\copy {name} FROM '{raw}/{name}'" for name in names)))

empty()
connection.close()
ours = timed(lambda: import_register(FOLDER, Listener()))
report(f"import ({ours:.1f} s) / bare COPY ({theirs:.1f} s)", ours / theirs, 3)
report("import: faults in the tree", sum(1 for _fault in tree_faults()), 0)

again = timed(lambda: import_register(FOLDER, Listener()))
report(f"the same again ({again:.1f} s) / bare COPY", again / theirs, 3)

empty()
peak = peak_of("import_register", str(FOLDER))
report("import: peak memory in MB", peak, 300)
shutil.rmtree(FOLDER)
close()
