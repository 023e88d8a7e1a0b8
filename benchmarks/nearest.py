"""The nearest of 5,000 factory cells for each of 20,000 workplaces."""

from datetime import date
from random import Random

from _common import best, close, report

from cells.nearest import Place, Site, Sites

chance = Random(1)  # invented positions need no secret


def somewhere() -> tuple[float, float]:
    """A position in or near a town."""
    return 52.5 + chance.gauss(0, 0.4), 13.4 + chance.gauss(0, 0.6)


cells = [
    Site(number, *somewhere(), date(2000, 1, 1), f"C{number:05}", number % 20)
    for number in range(5_000)
]
places = [Place(*somewhere(), chance.choice([None, number % 21])) for number in range(20_000)]
Sites(cells).nearest(places[:1])  # the libraries are there
seconds = best(lambda: Sites(cells).nearest(places))
report("nearest cell: seconds for 20,000 workplaces and 5,000 cells", seconds, 2)
close()
