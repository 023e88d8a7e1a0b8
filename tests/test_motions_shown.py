"""What the count of a motion comes to, in the reader's language."""

from fractions import Fraction

import pytest
from django.utils.translation import override

from elections.counting.motions import count_motion
from elections.motions_shown import answers, decision_in_words

COLOURS = ("red", "green", "blue")


def counted(*votes, options=("yes", "no"), roll=20, quorum=0, majority="simple", base=None):
    totals = dict(zip(options, votes, strict=True))
    base = base or "of those voting"
    return count_motion(
        options, totals, roll=roll, quorum=Fraction(quorum), majority=majority, base=base
    ).as_json()


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (
            counted(4, 3),
            "Der Antrag ist angenommen: Ja 4, Nein 3. Nötig: 4 (einfache Mehrheit).",
        ),
        (
            counted(4, 3, majority="two thirds"),
            "Der Antrag ist abgelehnt: Ja 4, Nein 3. Nötig: 5 (zwei Drittel der Abstimmenden).",
        ),
        (
            counted(4, 3, majority="absolute", base="of the roll"),
            "Der Antrag ist abgelehnt: Ja 4, Nein 3. Nötig: 11 (mehr als die Hälfte der "
            "Stimmliste).",
        ),
        (
            counted(3, 3),
            "Nichts ist entschieden, gleich viele Stimmen: Ja und Nein (Ja 3, Nein 3).",
        ),
        (
            counted(3, 1, quorum="1/2"),
            "Nichts ist entschieden: 4 von 20 haben teilgenommen, das Quorum ist 10.",
        ),
        (
            counted(4, 3, 2, options=COLOURS),
            "Gewählt ist „red“: red 4, green 3, blue 2. Nötig: 4 (einfache Mehrheit).",
        ),
        (
            counted(4, 3, 2, options=COLOURS, majority="absolute"),
            "Nichts ist entschieden: red 4, green 3, blue 2. Nötig: 5 (mehr als die Hälfte der "
            "Abstimmenden).",
        ),
    ],
)
def test_the_decision_in_german(report, told):
    with override("de"):
        assert decision_in_words(report) == told


def test_answers_keep_their_order():
    assert answers(counted(1, 0)) == [("Yes", 1), ("No", 0)]
    assert answers(counted(2, 0, 1, options=COLOURS)) == [("red", 2), ("green", 0), ("blue", 1)]
