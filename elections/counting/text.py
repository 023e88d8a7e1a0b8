"""A report as text to be read: a table by stages, who was elected, and what was decided how."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from elections.counting.contest import Contest
from elections.counting.report import Moved, Report, Stage, Tie, decimals, plain

_ACROSS = 6
_NAME = 26


def as_text(contest: Contest, report: Report) -> str:
    """The report in lines of at most a hundred characters or so, the last without an end."""
    return "\n".join(_Text(contest, report).lines())


class _Text:
    def __init__(self, contest: Contest, report: Report) -> None:
        self.contest = contest
        self.report = report
        self.stages = list(enumerate(report.stages, 1))
        self.out = dict.fromkeys(contest.withdrawn, 0)
        self.out |= {who: number for number, stage in self.stages for who in stage.excluded}

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for start in range(0, len(self.stages), _ACROSS):
            yield ""
            yield from self._table(range(start, min(start + _ACROSS, len(self.stages))))
        yield ""
        yield from self._elected()
        for heading, moved in (("Guarded", self.report.guarded), ("Doomed", self.report.doomed)):
            yield from self._moved(heading, moved)
        yield from (self._tie(tie) for tie in self.report.ties)
        yield from self.report.notes

    def _head(self) -> Iterator[str]:
        report = self.report
        yield self.contest.title
        quota = "" if report.quota is None else f", quota {plain(report.quota)}"
        yield (
            f"{report.method}: {report.seats} seats, {report.valid} valid papers,"
            f" {report.blank} blank{quota}"
        )

    def _table(self, places: range) -> Iterator[str]:
        """The votes of all candidates in some stages, a column each; * marks who was elected."""
        stages = [self.stages[place] for place in places]
        yield _row("stage", [str(number) for number, _stage in stages])
        yield _row("", [_short(stage.action) for _number, stage in stages])
        for candidate in self.contest.numbers:
            cells = [self._cell(candidate, number, stage) for number, stage in stages]
            yield _row(f"{candidate:>3} {self.contest.candidates[candidate - 1]}", cells)
        yield _row("    not transferable", [f"{decimals(one.exhausted)} " for _at, one in stages])
        if any(stage.quota is not None for _number, stage in stages):
            quotas = [f"{decimals(stage.quota or Fraction(0))} " for _number, stage in stages]
            yield _row("    quota", quotas)

    def _cell(self, candidate: int, number: int, stage: Stage) -> str:
        """The votes of a candidate in a stage, or - for one who is out of the count by then."""
        votes = stage.votes[candidate - 1]
        if not votes and self.out.get(candidate, number + 1) <= number:
            return "- "
        return decimals(votes) + ("*" if candidate in stage.elected else " ")

    def _elected(self) -> Iterator[str]:
        at = {who: number for number, stage in self.stages for who in stage.elected}
        yield "Elected:"
        for place, candidate in enumerate(self.report.elected, 1):
            stage = f", stage {at[candidate]}" if candidate in at else ""
            yield f"{place:>3}. {self._named([candidate])}{stage}"
        if self.report.without_composition:
            yield f"Without the composition: {self._named(self.report.without_composition)}"

    def _moved(self, heading: str, moved: Sequence[Moved]) -> Iterator[str]:
        """Who was guarded or doomed, those of one reason together."""
        by_reason: dict[tuple[int, str], list[int]] = {}
        for one in moved:
            by_reason.setdefault((one.stage, one.reason), []).append(one.candidate)
        for (stage, reason), candidates in by_reason.items():
            yield f"{heading} since stage {stage}: {self._named(candidates)}"
            yield f"    {reason}"

    def _tie(self, tie: Tie) -> str:
        told = (
            f"Tie at the end of stage {tie.stage} ({tie.action}): {self._named(tie.candidates)}."
            f" Taken: {self._named(tie.chosen)}, by {self._means(tie)}."
        )
        if tie.drawn:
            told += f" Occasion of the lot: '{tie.occasion}', seed: '{self.contest.seed}'."
        return told

    def _means(self, tie: Tie) -> str:
        if not tie.drawn:
            return f"stage {tie.earlier}" if tie.earlier else tie.means
        if tie.earlier:
            return f"stage {tie.earlier} and then by lot between {self._named(tie.drawn)}"
        return "lot"

    def _named(self, candidates: Sequence[int]) -> str:
        return ", ".join(f"{self.contest.candidates[one - 1]} ({one})" for one in candidates)


def _short(action: str) -> str:
    return "first" if action == "first preferences" else action


def _row(name: str, cells: Sequence[str]) -> str:
    """A name, cut where it is long, and columns to its right."""
    shown = name if len(name) <= _NAME else f"{name[: _NAME - 3]}..."
    row = f"{shown:<{_NAME}}" + "".join(f"{cell:>13}" for cell in cells)
    return row.rstrip()
