"""Names in any script and how they are found."""

import pytest

from members.models import Member
from members.names import search_key, search_words
from tests import factories


@pytest.mark.parametrize(
    ("typed", "family", "given"),
    [
        ("muller", "Müller", "Jürgen"),
        ("mueller", "Müller", "Jürgen"),
        ("MÜLLER", "Muller", ""),
        ("jurg mull", "Müller", "Jürgen"),
        ("müller", "Mu\u0308ller", ""),
        ("ivanov", "Иванов", "Пётр"),
        ("Иванов", "Ivanov", ""),
        ("obrien", "O'Brien", "Sinéad"),
        ("o\u2019brien", "O'Brien", ""),
        ("istanbul", "İstanbul", ""),
        ("strasse", "Straße", ""),
        ("lodz", "Łódź", ""),
        ("nguyen", "Nguyễn", "Văn"),
        ("garcia marquez", "García Márquez", ""),
        ("amue", "Samuel", ""),
        ("schmidt-rott", "Schmidt-Rottluff", ""),
        ("papadop", "Παπαδόπουλος", ""),
        ("x", "x", ""),
    ],
)
def test_found(typed, family, given):
    key = search_key(family, given)
    assert all(word in key for word in search_words(typed))


@pytest.mark.parametrize(("typed", "family"), [("miller", "Müller"), ("petrov", "Иванов")])
def test_not_found(typed, family):
    assert not all(word in search_key(family) for word in search_words(typed))


@pytest.mark.django_db
def test_the_key_follows_the_name():
    member = factories.member(cell=factories.town().street_cell, family_name="Müller")
    member.family_name = "Çelik"
    member.save(update_fields=["family_name"])
    assert list(Member.objects.named("celik")) == [member]
    assert not Member.objects.named("muller").exists()


@pytest.mark.django_db
def test_signs_of_a_pattern_are_plain_text():
    factories.member(cell=factories.town().street_cell, family_name="Plain")
    assert not Member.objects.named("pla_z").exists()
    assert not Member.objects.named("%").exists()
    assert Member.objects.named(" ").count() == 1
