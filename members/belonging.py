"""The cell that a member belongs to by work and residence, as far as the register knows them now.

Work decides (A1), also work that has ended (A6); who has never worked belongs to the street cell of
the locality (A3). No distance is measured: a workplace without a responsible cell tells nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from districts.models import Unit
from members.models import Employment, Member


@dataclass(frozen=True, slots=True)
class Belonging:
    """A cell that a member belongs to, the article that says so, and why in a sentence."""

    cell: Unit
    article: str
    why: str


def belongings(numbers: Iterable[int], on: date) -> Mapping[int, list[Belonging]]:
    """The cells that each of the members belongs to on the day `on`, the likeliest first.

    Several for somebody who works in several places, none where the register does not know. Two
    queries, whatever the number of members.
    """
    wanted = list(numbers)
    jobs: dict[int, list[Employment]] = {number: [] for number in wanted}
    known = Employment.objects.filter(member__in=wanted, since__lte=on)
    for job in known.select_related("workplace__cell").order_by("-since", "-pk"):
        jobs[job.member_id].append(job)
    residents = Member.objects.filter(pk__in=wanted).select_related("locality__street_cell")
    return {
        member.pk: [*_by_work(jobs[member.pk], on)]
        if jobs[member.pk]
        else [*_by_residence(member, on)]
        for member in residents.only("pk", "locality")
    }


def _by_work(jobs: list[Employment], on: date) -> Iterable[Belonging]:
    """By the jobs that run; by the last one where none runs any more."""
    running = [job for job in jobs if job.holds(on)]
    for job in running or sorted(jobs, key=lambda job: job.until or job.since)[-1:]:
        cell = job.workplace.cell
        if cell is None or not cell.is_open(on):
            continue
        values = {"place": job.workplace, "day": job.since.isoformat()}
        if running:
            why = _("Works at %(place)s since %(day)s, which this cell is responsible for.")
            yield Belonging(cell, "A1", why % values)
        else:
            why = _("Last worked at %(place)s; who is out of work stays in the cell of that place.")
            yield Belonging(cell, "A6", why % values)


def _by_residence(member: Member, on: date) -> Iterable[Belonging]:
    cell = member.locality.street_cell if member.locality else None
    if cell is not None and cell.is_open(on):
        why = _("Lives in %(place)s, which is this cell's, and works in no factory.")
        yield Belonging(cell, "A3", why % {"place": member.locality})
