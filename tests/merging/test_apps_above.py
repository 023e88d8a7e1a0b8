"""What the apps above hold: they move it, or refuse the merge."""

from collections.abc import Iterator

import pytest

from audit.refusals import Blocker
from members import merging
from members.merging import CannotMerge, merge_members, tell_apart
from members.models import Member
from tests import factories
from tests.merging.making import ON, register


def reasons(error: pytest.ExceptionInfo) -> list[str]:
    return [str(blocker) for blocker in error.value.blockers]


def test_an_app_above_can_refuse_and_all_reasons_are_told(monkeypatch, pair):
    keep, gone = pair
    monkeypatch.setattr(merging, "_checks", [])

    @merging.blocks_merging
    def both_voted(one: Member, other: Member) -> Iterator[Blocker]:
        assert (one, other) == (keep, gone)
        yield Blocker("Both took part in the same vote.", "A5")

    factories.account(member=keep)
    by = factories.account(member=gone)
    before = register()
    with pytest.raises(CannotMerge) as error:
        merge_members(keep=keep, gone=gone, on=ON, by=by)
    assert "A5: Both took part in the same vote." in reasons(error)
    assert len(reasons(error)) == 2
    assert register() == before


def test_what_an_app_above_holds_moves_by_its_hook(monkeypatch, pair):
    keep, gone = pair
    moved = []
    monkeypatch.setattr(merging, "_moves", [])
    merging.moves_with_merging(lambda one, other: moved.append((one.pk, other.pk)))
    numbers = (keep.pk, gone.pk)
    merge_members(keep=keep, gone=gone, on=ON)
    assert moved == [numbers]


def test_rows_that_nobody_moves_stop_the_merge_instead_of_being_lost(monkeypatch, pair):
    keep, gone = pair
    third = Member.objects.get(pk=keep.pk)
    tell_apart(one=third, other=gone, on=ON)
    monkeypatch.setattr(merging, "_move_told_apart", lambda keep, gone: None)
    with pytest.raises(CannotMerge, match=r"Pairs of two people of .* cannot be moved"):
        merge_members(keep=keep, gone=gone, on=ON)
    assert Member.objects.filter(pk=gone.pk).exists()
