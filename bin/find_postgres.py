"""Print the address of a local PostgreSQL server on which this user may create databases.

With a name, the address of the database of that name, which is created where it is missing.
"""

import sys

import psycopg2
from psycopg2 import sql

ADDRESSES = ("postgres:///{}", "postgres://postgres@127.0.0.1:5432/{}")


def main(name: str | None) -> int:
    for address in ADDRESSES:
        try:
            connection = psycopg2.connect(address.format("postgres"), connect_timeout=5)
        except psycopg2.OperationalError:
            continue
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            )
            if cursor.fetchone() != (True,):
                continue
            if name is not None:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        sys.stdout.write(address.format(name or "postgres") + "\n")
        return 0
    sys.stderr.write("No PostgreSQL server here lets this user create databases.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else None))
