"""Block plurality, limited plurality and approval: the most votes win, as the composition allows.

A paper gives one vote to each candidate whom it names. The elected are the lawful committee with
the greatest sum of votes; without a composition those are simply the candidates with the most.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from elections.counting.ballots import counted_papers, require_valid_papers
from elections.counting.committee import Ranking, best_committee, ranked
from elections.counting.composition import places, require_lawful
from elections.counting.contest import CannotCount, Contest, Group, require_countable
from elections.counting.report import Moved, Report, Stage

BLOCK = "block-plurality"
LIMITED = "limited-plurality"
APPROVAL = "approval"


def count_block(contest: Contest) -> Report:
    """Count block plurality: a paper names up to `votes_each` candidates, or up to `seats`.

    Where `votes_each` is below the seats, that is limited plurality. Raises `CannotCount` with the
    position of a ballot that names too many, one twice or somebody unknown, and `NoLawfulResult`
    where no choice of candidates keeps the composition (A13).
    """
    require_valid_papers(contest, most=_names_allowed(contest))
    return _counted(contest, _totals(contest), *counted_papers(contest), _block_name(contest))


def count_approval(contest: Contest) -> Report:
    """Count approval: a paper names any number of candidates; `votes_each` says nothing here.

    Raises as `count_block` does.
    """
    require_valid_papers(contest)
    return _counted(contest, _totals(contest), *counted_papers(contest), APPROVAL)


def count_from_totals(
    contest: Contest,
    totals: Mapping[int, int],
    papers: int,
    *,
    blank: int = 0,
    approval: bool = False,
) -> Report:
    """Count from the candidates' totals instead of ballots: the same report as from the papers.

    `papers` are those that name at least one candidate who stands, `blank` all others. A candidate
    who is missing in `totals` has no votes; totals of those who withdrew are left out. Raises
    `CannotCount` for totals that so many papers cannot give, and `NoLawfulResult` as the counts of
    ballots do.
    """
    require_countable(contest)
    if contest.ballots:
        raise CannotCount("Either ballots are counted or totals, not both.")
    if strange := totals.keys() - set(contest.numbers):
        raise CannotCount(f"There is no candidate {min(strange)} to have votes.")
    each = len(contest.standing) if approval else _names_allowed(contest)
    standing = {number: totals.get(number, 0) for number in contest.standing}
    _require_possible(standing, papers, blank, each)
    method = APPROVAL if approval else _block_name(contest)
    return _counted(contest, standing, papers, blank, method)


def _require_possible(totals: Mapping[int, int], papers: int, blank: int, each: int) -> None:
    """Refuse totals that do not come from `papers` papers with one to `each` names on them.

    All others do: dealt out to the papers one after the other, round and round, no candidate's
    votes come to the same paper twice.
    """
    if papers < 0 or blank < 0:
        raise CannotCount("The number of papers is below nought.")
    for number, total in totals.items():
        if not 0 <= total <= papers:
            raise CannotCount(f"Candidate {number} has {total} votes on {papers} papers.")
    votes = sum(totals.values())
    if votes > papers * each:
        raise CannotCount(
            f"{votes} votes are more than {papers} papers can give with {each} names each."
        )
    if votes < papers:
        raise CannotCount(f"{papers} papers name somebody, and only {votes} votes are entered.")


def _names_allowed(contest: Contest) -> int:
    """How many candidates a paper may name in block and limited plurality."""
    allowed = contest.seats if contest.votes_each is None else contest.votes_each
    if allowed < 1:
        raise CannotCount("A paper must be allowed to name at least one candidate.")
    return allowed


def _block_name(contest: Contest) -> str:
    return LIMITED if _names_allowed(contest) < contest.seats else BLOCK


def _totals(contest: Contest) -> dict[int, int]:
    totals = dict.fromkeys(contest.numbers, 0)
    for ballot in contest.ballots:
        for number in ballot.choices:
            totals[number] += ballot.weight
    return totals


def _counted(
    contest: Contest, totals: Mapping[int, int], valid: int, blank: int, method: str
) -> Report:
    """The report on candidates with these totals; those who withdrew are left out."""
    require_lawful(contest)
    ranking = ranked({number: totals.get(number, 0) for number in contest.standing}, contest.seed)
    seats = places(contest)
    elected, ties = best_committee(ranking, contest.groups, seats)
    without = ranking.order[:seats]
    guarded, doomed = _moved(contest.groups, ranking, elected, without)
    votes = tuple(Fraction(ranking.votes.get(number, 0)) for number in contest.numbers)
    return Report(
        method=method,
        seats=contest.seats,
        valid=valid,
        blank=blank,
        quota=None,
        elected=elected,
        stages=(Stage("votes counted", votes, elected),),
        guarded=guarded,
        doomed=doomed,
        ties=ties,
        without_composition=without,
        notes=_notes(contest),
    )


def _notes(contest: Contest) -> tuple[str, ...]:
    standing = len(contest.standing)
    if standing > contest.seats:
        return ()
    if standing == contest.seats:
        return ("As many stand as there are seats: all are elected.",)
    return (f"Only {standing} stand for {contest.seats} seats: all are elected.",)


def _moved(
    groups: Sequence[Group], ranking: Ranking, elected: Sequence[int], without: Sequence[int]
) -> tuple[tuple[Moved, ...], tuple[Moved, ...]]:
    """Who is elected only because of the composition, and who is not because of it.

    Both are taken in pairs in the order of the ranking. To put the second in the place of the first
    would always break a group, or the committee would not be the best: that group is the reason.
    """
    guarded = [number for number in elected if number not in without]
    doomed = [number for number in without if number not in elected]
    pairs = []
    for came, went in zip(guarded, doomed, strict=True):
        instead = {*elected, went} - {came}
        broken = [group for group in groups if not _keeps(group, instead)]
        told = "; ".join(_told(group, instead) for group in broken)
        why = f"With {went} in the place of {came}, {told} (A13)."
        came_in = f"Elected with {ranking.votes[came]} votes before candidate {went}"
        left_out = f"Not elected with {ranking.votes[went]} votes, but candidate {came}"
        pairs.append(
            (
                Moved(came, 1, broken[0].name, f"{came_in} with {ranking.votes[went]}. {why}"),
                Moved(went, 1, broken[0].name, f"{left_out} with {ranking.votes[came]}. {why}"),
            )
        )
    return tuple(first for first, _ in pairs), tuple(second for _, second in pairs)


def _keeps(group: Group, committee: set[int]) -> bool:
    have = len(group.members & committee)
    return have >= group.at_least and (group.at_most is None or have <= group.at_most)


def _told(group: Group, committee: set[int]) -> str:
    have = len(group.members & committee)
    if have < group.at_least:
        return f"{group.name} would have {have} and must have at least {group.at_least}"
    return f"{group.name} would have {have} and may have at most {group.at_most}"
