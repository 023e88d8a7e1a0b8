"""The drawing of a count by stages: a line for each candidate, and the quota. Pure geometry."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from districts.charts import Label, number, ticks

WIDTH, HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 48, 12, 28
_APART = 13  # two numbers at the right end stand so far from each other, where there is room


@dataclass(frozen=True, slots=True)
class Course:
    """A candidate's line: its path, the number at its end, and whether it ends elected."""

    number: int
    path: str
    label: Label
    elected: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole drawing. `quota` is the height of its line, None where there is none."""

    width: int
    height: int
    left: int
    right: int
    courses: tuple[Course, ...]
    grid: tuple[Label, ...]
    stages: tuple[Label, ...]
    quota: int | None


def drawing(
    votes: Mapping[int, Sequence[Fraction]], *, elected: Collection[int], quota: Fraction | None
) -> Drawing:
    """The votes of each candidate by stage, two stages at least, on one scale from zero."""
    most = max(max(course) for course in votes.values())
    scale = ticks(0, max(int(max(most, quota or Fraction(0))) + 1, 1), 6)
    stages = len(next(iter(votes.values())))
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT

    def x(stage: int) -> int:
        return _LEFT + (right - _LEFT) * stage // (stages - 1)

    def y(value: Fraction) -> int:
        return bottom - round((bottom - _TOP) * value / scale[-1])

    ends = _apart({one: y(course[-1]) for one, course in votes.items()}, bottom)
    courses = tuple(
        Course(
            number=one,
            path="M" + " L".join(f"{x(stage)} {y(value)}" for stage, value in enumerate(course)),
            label=Label(right + 8, ends[one] + 4, str(one)),
            elected=one in elected,
        )
        for one, course in votes.items()
    )
    every = -(-stages // 12)
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=right,
        courses=courses,
        grid=tuple(Label(_LEFT - 8, y(Fraction(tick)) + 4, number(tick), "end") for tick in scale),
        stages=tuple(
            Label(x(stage), HEIGHT - 8, str(stage + 1), "middle")
            for stage in range(0, stages, every)
        ),
        quota=None if quota is None else y(quota),
    )


def _apart(places: Mapping[int, int], bottom: int) -> dict[int, int]:
    """The heights of the numbers at the ends, apart from each other and within the drawing."""
    order = sorted(places, key=lambda one: -places[one])  # from the bottom up
    apart = min(_APART, (bottom - _TOP) // max(len(order) - 1, 1))
    found: dict[int, int] = {}
    last = bottom + apart
    for one in order:
        last = found[one] = min(places[one], last - apart)
    highest = _TOP
    for one in reversed(order):
        found[one] = max(found[one], highest)
        highest = found[one] + apart
    return found
