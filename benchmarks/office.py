"""A secretary's pages and a member's own, at a million members against those at ten thousand.

A page costs what the district costs and not what the party costs: at most 1.5 times, with no query
more. Both registers are invented by the same plan, whose districts grow no further
than about forty cells. Of all pairs of districts of the usual size, the two are measured whose
numbers of members are nearest; where that of the large register is the larger one, the comparison
errs on the strict side, and nothing is scaled. The queries are those of the district that asks
most, of every one of the small register and of as many of the large one. Each register is measured
in a process of its own.

The chart of the whole register is held to one pass over it: no more than a few bare ones.
"""

import json
import os
import subprocess
import sys
from datetime import date
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from _common import MEMBERS, best, close, connection, million, report

from audit.ground import EVERYWHERE
from members.history_of_counts import home_counts, months_until

SMALL = 10_000
PAGES = str(Path(__file__).with_name("_pages.py"))


ONE_PASS = """
SELECT unit.kind, COUNT(*) FROM members_registration home
JOIN districts_unit unit ON unit.id = home.unit_id WHERE home.kind = 'home' GROUP BY 1
"""


def one_pass() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ONE_PASS)
        cursor.fetchall()


def small_register() -> str:
    """The address of a database beside the measurements' own, with ten thousand members."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"{connection.settings_dict['NAME']}_small"
    address = urlunsplit(parts._replace(path=f"/{name}"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    load = "from _common import million; million()"
    environment = os.environ | {"DATABASE_URL": address, "BENCH_MEMBERS": str(SMALL)}
    folder = Path(__file__).parent
    subprocess.run([sys.executable, "-c", load], cwd=folder, env=environment, check=True)
    return address


def pages(address: str, *districts: str) -> Any:
    """What `_pages.py` finds in the register at `address`."""
    environment = os.environ | {"DATABASE_URL": address}
    out = subprocess.run(
        [sys.executable, PAGES, *districts], env=environment, check=True, stdout=subprocess.PIPE
    )
    return json.loads(out.stdout)


million()
months = months_until(date.today(), 24)
theirs = best(one_pass)
ours = best(lambda: home_counts(EVERYWHERE, months))
name = f"two years of membership of all ({ours:.2f} s) / one pass that counts ({theirs:.2f} s)"
report(name, ours / theirs, 4)

addresses = (small_register(), os.environ["DATABASE_URL"])
connection.close()
small, large = (pages(address) for address in addresses)
usual = [code for code, members in small.items() if members >= median(small.values())]
mine, theirs = min(product(large, usual), key=lambda pair: abs(large[pair[0]] - small[pair[1]]))
print(f"{mine}: {large[mine]} of {MEMBERS} members; {theirs}: {small[theirs]} of {SMALL}")
alike = sorted(large, key=lambda code: abs(large[code] - large[mine]))[1 : len(small)]
beside = [code for code in small if code != theirs]
few, many = (pages(addresses[0], theirs, *beside), pages(addresses[1], mine, *alike))
for name in many:
    ours, others = many[name], few[name]
    times = f"{ours['seconds'] * 1000:.0f} ms / {others['seconds'] * 1000:.0f} ms"
    report(f"{name} ({times})", ours["seconds"] / others["seconds"], 1.5)
    counted = f"{ours['queries']} and {others['queries']}"
    report(f"{name}: queries more ({counted})", ours["queries"] - others["queries"], 0)
close()
