"""The factory cell that is nearest to a place (A2), found exactly and for many places at once.

Positions become points on the unit sphere, where the straight line between two points grows with
the way over the ground: a k-d tree finds the nearest without trouble at the poles and at the date
line. What it finds is measured again by the haversine formula. Pure: no database is asked.

NumPy and SciPy are imported where they are needed: they take most of a second and 50 MB, which no
command and no process that looks for no cell should pay.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, cos, pi, radians, sin, sqrt
from typing import Any

EARTH_KM = 6371.0088  # the mean radius of the earth
TIE_KM = 0.001  # whoever is no further than this from the nearest is as near
_SLACK = 1e-12  # of the straight line: more than the error of its computation, at antipodes too


@dataclass(frozen=True, slots=True)
class Site:
    """Where a cell is. A cell with several factories of its own has several sites.

    `home` tells the town or the local group that it belongs to, `key` the cell itself.
    """

    key: int
    latitude: float
    longitude: float
    founded: date
    code: str
    home: Hashable


@dataclass(frozen=True, slots=True)
class Place:
    """From where the nearest cell is looked for: never the cell `but` itself."""

    latitude: float
    longitude: float
    home: Hashable | None = None
    but: int | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest cell, and how far it is."""

    key: int
    km: float


def great_circle_km(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """The way over the ground between two positions in degrees, by the haversine formula."""
    north, other_north = radians(latitude), radians(other_latitude)
    half_north = sin((other_north - north) / 2)
    half_east = sin(radians(other_longitude - longitude) / 2)
    half_chord = half_north**2 + cos(north) * cos(other_north) * half_east**2
    return 2 * EARTH_KM * asin(sqrt(min(half_chord, 1.0)))


def foremost(place: Place, sites: Iterable[Site]) -> Near | None:
    """The nearest of `sites`; of those that are equally near the oldest, then the first code."""
    measured = [
        (great_circle_km(place.latitude, place.longitude, site.latitude, site.longitude), site)
        for site in sites
    ]
    if not measured:
        return None
    least = min(km for km, _site in measured)
    tied = [
        (site.founded, site.code, km, site.key) for km, site in measured if km <= least + TIE_KM
    ]
    _founded, _code, km, key = min(tied)
    return Near(key, km)


class Sites:
    """Cells to look the nearest one up in."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._all = list(sites)
        self._by_home: dict[Hashable, list[Site]] = {}
        for site in self._all:
            self._by_home.setdefault(site.home, []).append(site)
        self._cells_of = {
            home: {site.key for site in sites} for home, sites in self._by_home.items()
        }

    def nearest(self, places: Sequence[Place]) -> list[Near | None]:
        """The nearest cell of each place: of its own town or local group if that has one at all,
        else of all others. None where there is no cell.
        """
        asked: dict[Hashable | None, list[int]] = {}
        for number, place in enumerate(places):
            asked.setdefault(self._where(place), []).append(number)
        found: list[Near | None] = [None] * len(places)
        for home, numbers in asked.items():
            sites = self._all if home is None else self._by_home[home]
            if sites:
                nearest = _nearest(sites, [places[number] for number in numbers])
                for number, near in zip(numbers, nearest, strict=True):
                    found[number] = near
        return found

    def _where(self, place: Place) -> Hashable | None:
        """The town or local group to look in, None for everywhere."""
        there = self._cells_of.get(place.home, set()) if place.home is not None else set()
        return place.home if there - {place.but} else None


def _nearest(sites: list[Site], places: list[Place]) -> Iterator[Near | None]:
    import numpy as np
    from scipy.spatial import KDTree

    tree = KDTree(_points(sites))
    points = _points(places)
    angles = 2 * np.arcsin(np.minimum(_straight(tree, sites, places, points) / 2, 1.0))
    reach = 2 * np.sin(np.minimum(angles + 2 * TIE_KM / EARTH_KM, pi) / 2) + _SLACK
    for place, those in zip(places, tree.query_ball_point(points, reach), strict=True):
        yield foremost(place, (sites[one] for one in those if sites[one].key != place.but))


def _straight(tree: Any, sites: list[Site], places: list[Place], points: Any) -> Any:
    """The straight line from each place to the nearest site that may be its own."""
    straight, which = tree.query(points, [1])
    lines = straight[:, 0]
    own = [n for n, place in enumerate(places) if sites[which[n, 0]].key == place.but]
    if own:  # beyond all sites of the one that is left out there is another, or none
        most = 1 + max(Counter(site.key for site in sites).values())
        straight, which = tree.query(points[own], range(1, most + 1))
        for number, further, there in zip(own, straight, which, strict=True):
            lines[number] = next(
                (
                    line
                    for line, one in zip(further, there, strict=True)
                    if one < len(sites) and sites[one].key != places[number].but
                ),
                2.0,
            )
    return lines


def _points(positions: Sequence[Site] | Sequence[Place]) -> Any:
    """The positions as points on the unit sphere."""
    import numpy as np

    degrees = np.array([(one.latitude, one.longitude) for one in positions], dtype=float)
    north, east = np.radians(degrees).T
    return np.column_stack(
        (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
    )
