"""An apportionment as text to be read: the table, by what it came about, and every tie."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from elections.counting.apportioning.record import Apportionment, Figure, Standing, Tie
from elections.counting.report import decimals, plain

_NAME = 40


def as_text(result: Apportionment) -> str:
    """The whole record in lines, the last without an end."""
    return "\n".join(_lines(result))


def _lines(result: Apportionment) -> Iterator[str]:
    given = result.given
    minimum = f", at least {given.minimum} each" if given.minimum else ""
    yield (
        f"{given.method}: {given.seats} seats to {len(result.units)} units with"
        f" {given.members} members{minimum}"
    )
    if result.quota is not None:
        over = " of the units above the minimum" if any(_minimum(result)) else ""
        yield f"Quota{over}: {plain(result.quota)} members a seat"
    yield ""
    yield from _table(result)
    yield ""
    if result.divisor is not None:
        yield _divisor(*result.divisor)
    yield from (_tie(tie, given.seed) for tie in result.ties)


def _minimum(result: Apportionment) -> list[bool]:
    return [unit.by_minimum for unit in result.units]


def _table(result: Apportionment) -> Iterator[str]:
    """A line for each unit and one for the sums, columns as wide as what stands in them."""
    with_divisors = result.quota is None
    middle = ["last quotient", "next quotient"] if with_divisors else ["quotas", "remainder"]
    rows = [["unit", "members", "fair share", *middle, "seats", ""]]
    for unit in result.units:
        cells = _quotients(unit) if with_divisors else _quotas(unit)
        rows.append(
            [
                unit.name if len(unit.name) <= _NAME else f"{unit.name[: _NAME - 3]}...",
                str(unit.members),
                decimals(unit.fair_share),
                *cells,
                str(unit.seats),
                "by the minimum" if unit.by_minimum else "",
            ]
        )
    assigned = str(sum(unit.seats for unit in result.units))
    rows.append(["all", str(result.given.members), "", "", "", assigned, ""])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield from (_row(row, widths) for row in rows)


def _quotas(unit: Standing) -> list[str]:
    return [_or_dash(unit.quotas), _or_dash(unit.remainder)]


def _quotients(unit: Standing) -> list[str]:
    return ["-" if one is None else one.decimal for one in (unit.last, unit.next)]


def _or_dash(value: Fraction | None) -> str:
    return "-" if value is None else decimals(value)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Names to the left, numbers to the right, the remark last."""
    name, *numbers, remark = cells
    shown = [f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:-1], strict=True)]
    return "  ".join([f"{name:<{widths[0]}}", *shown, remark]).rstrip()


def _divisor(least: Figure, greatest: Figure | None) -> str:
    upper = "upwards" if greatest is None else f"to {greatest.decimal}"
    return f"Members a seat (divisor): from {least.decimal} {upper}"


def _tie(tie: Tie, seed: str | None) -> str:
    told = (
        f"Tie for {tie.seats} of the seats at {tie.at.exact} ({tie.at.decimal}):"
        f" {'; '.join(tie.units)}."
    )
    if tie.is_open:
        return f"{told} Open, and not assigned: draw the lot with --seed, from a published seed."
    return (
        f"{told} Taken: {'; '.join(tie.chosen)}, by lot. Occasion of the lot: '{tie.occasion}',"
        f" seed: '{seed}'."
    )
