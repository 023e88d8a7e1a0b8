"""What a count says of its reasons, as a page shows it: by names, and in the reader's language."""

import pytest
from django.utils.translation import override

from elections.counting.composition import doomed, guarded
from elections.counting.contest import Group
from elections.reasons_shown import in_words, means_in_words, note_in_words

NAMES = {1: "Ada", 2: "Bo", 3: "Cleo"}


@pytest.mark.parametrize(
    ("group", "told"),
    [
        (
            Group("Factory", frozenset({1}), at_least=1),
            "Bei 1 von 1 freien Plätzen: Factory: mindestens 1, 0 bisher gewählt, 1 noch im "
            "Rennen.",
        ),
        (
            Group("Street", frozenset({2, 3}), at_least=0, at_most=0),
            "Bei 1 von 1 freien Plätzen: Street: höchstens 0, 0 bisher gewählt, 2 noch im Rennen.",
        ),
    ],
)
def test_whom_the_composition_guards_or_dooms(group, told):
    found = [*guarded([group], [], [1, 2, 3], 1), *doomed([group], [], [1, 2, 3], 1)]
    assert found
    with override("de"):
        assert {in_words(demand.reason, NAMES) for demand in found} == {told}


def test_who_was_taken_for_whom():
    reason = (
        "Elected with 2 votes before candidate 2 with 8. With 2 in the place of 1, Factory would "
        "have 1 and must have at least 2; Women would have 3 and may have at most 2 (A13)."
    )
    assert in_words(reason, NAMES) == (
        "Elected with 2 votes before Bo with 8. With Bo in the place of Ada: Factory: at least 2, "
        "and it would be 1; Women: at most 2, and it would be 3 (A13)."
    )
    away = reason.replace("Elected with 2 votes before", "Not elected with 2 votes, but")
    assert in_words(away, NAMES).startswith("Not elected with 2 votes, but Bo with 8. With Bo")


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("As many stand as there are seats: all are elected.", "alle sind gewählt"),
        ("Only 2 stand for 3 seats: all are elected.", "2, für 3 Plätze"),
        (
            "1 candidates stand for 3 seats: all of them are elected, and the other seats stay "
            "empty.",
            "1, für 3 Plätze",
        ),
        ("Of the blank papers 4 name only candidates who withdrew.", "nennen: 4"),
    ],
)
def test_notes(note, told):
    with override("de"):
        assert told in note_in_words(note)


def test_what_is_not_recognised_is_shown_as_it_stands():
    assert in_words("Because.", NAMES) == "Because."
    assert note_in_words("Because.") == "Because."


@pytest.mark.parametrize(
    ("tie", "told"),
    [
        ({"means": "earlier stage", "earlier": 2}, "durch die Stimmen in Stufe 2"),
        ({"means": "highest votes"}, "durch die meisten Stimmen"),
        ({"means": "lot", "occasion": "exclude 2"}, ""),
    ],
)
def test_by_what_a_tie_was_broken(tie, told):
    with override("de"):
        assert means_in_words(tie) == told
