"""Tables in and out: an app declares a table once, in its `tables.py`.

The CSV's columns and types, the import with its checks, the export, the Table Schema and the
documentation follow from that one declaration; what a column may hold follows from the model's
field, what a row and a file may hold from the model's constraints.
"""

from audit.tables.declaration import Column, Table, column, declare, table_named, tables

__all__ = ["Column", "Table", "column", "declare", "table_named", "tables"]
