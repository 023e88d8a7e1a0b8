"""Finding people who may be registered twice: who is found, by whom, and at what cost."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.ground import EVERYWHERE, Ground
from audit.models import Entry
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members import doubles, doubles_admin
from members.doubles import doubles_of, known_of, likely_pairs, sentence_on
from members.likeness import Known, likeness, similarity, trigrams
from members.membership import end_membership
from members.merging import tell_apart
from members.models import FormerNumber, Member, NotTheSame
from members.registrations import change_cell, register_member
from tests import factories
from tests.admin_acts.performing import done, history, homes, perform, refused

DAY = date(1990, 5, 1)
ON = date(2024, 3, 1)


# Likeness ---------------------------------------------------------------------------------------


def test_trigrams_are_those_of_the_words():
    assert trigrams("Eva, no") == {"  e", " ev", "eva", "va ", "  n", " no", "no "}
    assert trigrams("") == frozenset()


def test_similarity_is_the_share_in_common():
    assert similarity("word", "two words") == pytest.approx(4 / 11)
    assert similarity("novak eva", "eva novak") == 1
    assert similarity("", "") == 0


@pytest.mark.postgres
@pytest.mark.django_db
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text("abcn 9", max_size=30), st.text("abcn 9", max_size=30))
def test_similarity_is_that_of_the_database(one, other):
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity(%s, %s)", [one, other])
        assert float(similarity(one, other)) == pytest.approx(cursor.fetchone()[0], abs=1e-6)


def known(search="novak eva", born=DAY, email=""):
    return Known(1, search, born, email)


@pytest.mark.parametrize(
    ("other", "likely"),
    [
        (known(), True),
        (known(search="eva novak"), True),
        (known(search="nowak eva"), True),
        (known(search="novak eva maria"), True),
        (known(search="svoboda jan"), False),
        (known(born=None), True),
        (known(born=date(1991, 5, 1)), False),
        (known(search="nowak eva", born=None), False),
        (known(search="svoboda jan", born=None, email="e@x.org"), True),
        (known(search="svoboda jan", born=None, email="E@X.org"), True),
        (known(search="svoboda jan", born=None, email="f@x.org"), False),
    ],
)
def test_who_is_likely_the_same(other, likely):
    one = known(email="e@x.org")
    assert (likeness(one, other) is not None) is likely
    assert (likeness(other, one) is not None) is likely


def test_no_name_in_letters_is_no_name_in_common():
    assert likeness(known(search="", born=None), known(search="", born=None)) is None
    assert likeness(known(email=""), known(search="jan", email="")) is None


# Finding ----------------------------------------------------------------------------------------


@pytest.fixture
def town(db):
    return factories.town()


@pytest.fixture
def secretary(town, client):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


def person(cell, name="Novak", given_name="Eva", born=DAY, **fields):
    return factories.member(cell=cell, family_name=name, given_name=given_name, born=born, **fields)


def ground_of(*units) -> Ground:
    return Ground(tuple(Unit.objects.get(pk=unit.pk).extent for unit in units))


def numbers(pairs):
    return [(pair.number, pair.other) for pair in pairs]


def test_pairs_are_found_the_likeliest_first(town):
    twins = [person(town.street_cell, given_name=name) for name in ("Anna", "Anne")]
    same = [person(town.street_cell, email="eva@x.org") for _each in "12"]
    mail = person(town.street_cell, "Svoboda", "Jan", None, email="EVA@x.org")
    person(town.street_cell, "Else", "Other", date(1950, 1, 1))
    pairs = likely_pairs(EVERYWHERE, EVERYWHERE)
    assert numbers(pairs)[0] == (same[0].pk, same[1].pk)
    assert (twins[0].pk, twins[1].pk) in numbers(pairs)
    assert {(one.pk, mail.pk) for one in same} <= set(numbers(pairs))
    strengths = [pair.likeness.strength for pair in pairs]
    assert strengths == sorted(strengths, reverse=True)
    assert len(set(numbers(pairs))) == len(pairs)


def test_it_is_the_same_as_comparing_everybody_with_everybody(town):
    names = ["Novak", "Nowak", "Novakova", "Müller", "Mueller", "Svoboda"]
    for number, name in enumerate(names * 4):
        born = (DAY, None, date(1960, 1, 1))[number % 3]
        email = ("", "a@x.org", "A@X.ORG", f"{number}@x.org")[number % 4]
        person(town.street_cell, name, ("Eva", "Ewa")[number % 2], born, email=email)
    everybody = [known_of(member) for member in Member.objects.order_by("pk")]
    expected = {
        (one.number, other.number)
        for at, one in enumerate(everybody)
        for other in everybody[at + 1 :]
        if likeness(one, other)
    }
    assert len(expected) > 20
    for here, ground in (
        (EVERYWHERE, EVERYWHERE),
        (ground_of(town.district), ground_of(town.district)),
        (ground_of(town.district), EVERYWHERE),
    ):
        assert set(numbers(likely_pairs(here, ground))) == expected
    for one in everybody:
        found = {double.member.pk for double in doubles_of(one, EVERYWHERE)}
        assert found == {sum(pair) - one.number for pair in expected if one.number in pair}


def test_both_are_in_the_ground_or_the_pair_is_not_shown(town):
    elsewhere = factories.town()
    mine, theirs = person(town.street_cell), person(elsewhere.street_cell)
    ground = ground_of(town.district)
    assert likely_pairs(ground, ground) == []
    assert doubles_of(known_of(mine), ground) == []
    both = ground_of(town.town, elsewhere.town)
    assert numbers(likely_pairs(ground, both)) == [(mine.pk, theirs.pk)]
    assert numbers(likely_pairs(both, both)) == [(mine.pk, theirs.pk)]
    assert likely_pairs(Ground(), Ground()) == []


def test_who_left_counts_too(town):
    left = person(town.street_cell)
    end_membership(member=left, on=date(2022, 1, 1), reason="resigned")
    again = person(town.street_cell, joined=date(2023, 1, 1))
    ground = ground_of(town.district)
    assert numbers(likely_pairs(ground, ground)) == [(left.pk, again.pk)]
    (double,) = doubles_of(known_of(again), ground)
    said = f"Eva Novak ({left.pk}) has the same name and was born on the same day (left on"
    assert sentence_on(double).startswith(said)


def test_two_people_do_not_come_back(town):
    one, other = person(town.street_cell), person(town.street_cell)
    third = person(town.street_cell)
    tell_apart(one=one, other=other, on=ON)
    found = numbers(likely_pairs(EVERYWHERE, EVERYWHERE))
    assert found == [(one.pk, third.pk), (other.pk, third.pk)]


def test_what_very_many_have_in_common_says_nothing(town, monkeypatch):
    monkeypatch.setattr(doubles, "COMMON", 2)
    for number in range(3):
        person(town.street_cell, f"Name{number * 7}x", f"{number}", None, email="office@x.org")
    assert likely_pairs(EVERYWHERE, EVERYWHERE) == []
    assert doubles_of(known("else", None, "office@x.org"), EVERYWHERE) == []


# The page ---------------------------------------------------------------------------------------

PAGE = reverse("admin:members_member_doubles")


def shown(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200
    pairs = answer.context_data.get("pairs", [])
    return answer, [[one["member"].pk for one in pair["members"]] for pair in pairs]


def test_the_page_shows_the_pair_side_by_side_with_what_to_do(client, town, secretary):
    one = person(town.street_cell)
    other = person(town.factory_cell, "Nowak", joined=date(2023, 1, 1))
    answer, pairs = shown(client)
    assert pairs == [[one.pk, other.pk]]
    page = answer.content.decode()
    for text in ("similar name", "born on the same day", "1990-05-01", str(town.factory_cell)):
        assert text in page
    assert f"/admin/members/member/{one.pk}/act/merge/?other={other.pk}" in page
    assert f"/admin/members/member/{one.pk}/act/not-the-same/?other={other.pk}" in page


def test_the_auditor_sees_the_pair_and_no_button(client, town):
    account = factories.account()
    grant_role(user=account, role=AUDITOR, unit=town.district)
    client.force_login(account)
    one, other = person(town.street_cell), person(town.street_cell)
    answer, pairs = shown(client)
    assert pairs == [[one.pk, other.pk]]
    assert "/act/" not in answer.content.decode()
    act = reverse("admin:members_member_act", args=[one.pk, "merge"])
    assert client.post(act, {"other": other.pk}).status_code == 403


def test_nobody_outside_shows(client, town, secretary):
    elsewhere = factories.town()
    person(town.street_cell)
    person(elsewhere.street_cell, email="secret@x.org")
    answer, pairs = shown(client)
    assert pairs == []
    page = answer.content.decode()
    assert "Nobody seems to be here twice" in page
    assert "Eva" not in page
    assert client.get(f"{PAGE}?unit={elsewhere.district.pk}").status_code == 404
    assert client.get(f"{PAGE}?unit=x").status_code == 404


def test_the_page_asks_as_often_for_one_pair_as_for_three(client, town, secretary):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert shown(client)[1]
        return len(asked)

    person(town.street_cell)
    person(town.street_cell)
    assert queries() == 10
    person(town.street_cell)
    assert queries() == 10


def test_pages_follow_each_other(client, town, secretary, monkeypatch):
    monkeypatch.setattr(doubles_admin, "PAIRS_PER_PAGE", 2)
    for _each in "123":
        person(town.street_cell)
    answer, first = shown(client)
    assert len(first) == 2
    assert "Page 1 of 2: 3 pairs" in answer.content.decode()
    second = shown(client, f"{PAGE}?p=2")[1]
    assert len(second) == 1
    assert second[0] not in first
    assert shown(client, f"{PAGE}?p=x")[1] == first


def test_a_wide_ground_is_looked_at_in_parts_and_still_compared_with_all(client, town, monkeypatch):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.area)
    client.force_login(account)
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    cell = factories.unit(Kind.STREET_CELL, sister)
    one, other = person(town.street_cell), person(cell)
    monkeypatch.setattr(doubles_admin, "MOST_PEOPLE", 1)
    answer, pairs = shown(client)
    assert pairs == []
    page = answer.content.decode()
    assert "Too many people" in page
    assert f'href="?unit={sister.pk}"' in page
    assert shown(client, f"{PAGE}?unit={sister.pk}")[1] == [[one.pk, other.pk]]


# Admission --------------------------------------------------------------------------------------


def admitting(town, **given):
    fields = {"family_name": "Novak", "given_name": "Eva", "born": "1990-05-01"}
    return fields | {"cell": town.street_cell.code, "reason": ""} | given


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "has the same name and was born on the same day"),
        ({"family_name": "Nowak"}, "has a similar name and was born on the same day"),
        ({"born": ""}, "has the same name; a date of birth is missing"),
        (
            {"family_name": "X", "given_name": "Y", "born": "", "email": "EVA@x.org"},
            "has the same e-mail",
        ),
        ({"family_name": "X", "given_name": "Y"}, ""),
        ({"born": "1991-05-01"}, ""),
    ],
)
def test_an_admission_tells_of_a_double_and_asks_why(client, town, secretary, given, told):
    double = person(town.factory_cell, email="eva@x.org")
    answer = perform(client, Member, "admit", **admitting(town, on="2026-01-01", **given))
    if not told:
        done(answer)
        return
    assert f"Eva Novak ({double.pk}) {told}." in answer.content.decode()
    assert "Please say why" in answer.content.decode()
    assert Member.objects.count() == 1
    done(perform(client, Member, "admit", **admitting(town, **given, reason="Her daughter.")))
    assert Member.objects.count() == 2


def test_a_double_outside_the_ground_is_not_told_of(client, town, secretary):
    person(factories.town().street_cell, email="eva@x.org")
    given = admitting(town, on="2026-01-01", email="eva@x.org")
    form = client.post(reverse("admin:members_member_list_act", args=["admit"]), given)
    assert form.context_data["preview"].unusual == []
    assert "has the same" not in form.content.decode()


def test_the_look_at_an_admission_burns_no_number_and_says_what_it_will_do(client, town, secretary):
    last = person(town.factory_cell).pk
    given = admitting(town, family_name="Svoboda", given_name="Jan", on="2026-01-01")
    address = reverse("admin:members_member_list_act", args=["admit"])
    for _look in "123":
        page = client.post(address, given).content.decode()
        said = f"Jan Svoboda is admitted to {town.street_cell} on 2026-01-01, under the next number"
        assert said in page
    done(perform(client, Member, "admit", **given))
    assert Member.objects.get(family_name="Svoboda").pk == last + 1


def test_an_admission_that_will_be_refused_says_so_at_the_first_look(client, town, secretary):
    given = admitting(town, on="2019-01-01", reason="Because.")  # before the cell was founded
    for row, address in (
        (Member, reverse("admin:members_member_list_act", args=["admit"])),
        (
            town.street_cell,
            reverse("admin:districts_unit_act", args=[town.street_cell.pk, "admit"]),
        ),
    ):
        (blocker,) = refused(client.post(address, given))
        assert blocker.startswith("A1: "), row


# Merging and telling apart, as pages ------------------------------------------------------------


def test_merge_shows_what_it_will_do_and_does_it(client, town, secretary):
    keep = person(town.factory_cell, phone="123")
    gone = person(town.street_cell, "Nowak", joined=date(2023, 1, 1), phone="456", email="e@x.org")
    number, home = gone.pk, keep.registrations.get()
    address = reverse("admin:members_member_act", args=[keep.pk, "merge"])
    form = client.get(f"{address}?other={number}").context_data["act"]
    assert form.fields["home"].initial == str(gone.registrations.get().pk)
    assert form["other"].value() == f"Eva Nowak ({number})"
    sent = {"other": number, "home": home.pk, "reason": "One and the same."}
    look = client.post(address, sent)
    preview = look.context_data["preview"]
    assert preview.foretold[0].startswith(f"Eva Novak ({keep.pk}) stays, and number {number} leads")
    assert f"Home cell: {town.factory_cell} since 2021-01-01." in preview.foretold
    lost = f"Not taken over, since number {keep.pk} has its own: family name Nowak; telephone 456."
    assert lost in preview.foretold
    assert Member.objects.filter(pk=number).exists()
    answer = client.post(address, {**sent, "seen": preview.seen})
    assert done(answer) == reverse("admin:members_member_change", args=[keep.pk])
    assert homes(keep) == [(town.factory_cell, factories.JOINED, None)]
    assert FormerNumber.objects.get().member == keep
    said = f"Eva Nowak ({number}) was merged into Eva Novak ({keep.pk}). Reason: One and the same."
    assert said in history(keep)


def test_which_of_two_cells_stays_is_asked(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.factory_cell)
    answer = perform(client, keep, "merge", other=gone.pk)
    assert answer.context_data["act"].errors["home"]
    answer = perform(client, keep, "merge", other=gone.pk, home="0")
    assert answer.context_data["act"].errors["home"]
    assert Member.objects.count() == 2


def test_from_the_page_of_the_newer_number_the_older_one_stays_too(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.street_cell)
    answer = perform(client, gone, "merge", other=keep.pk)
    assert done(answer) == reverse("admin:members_member_change", args=[keep.pk])
    assert FormerNumber.objects.get().member == keep


def test_whoever_came_from_the_list_goes_back_there(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.street_cell)
    address = reverse("admin:members_member_act", args=[keep.pk, "merge"])
    address += f"?other={gone.pk}&from=doubles&unit={town.district.pk}"
    preview = client.post(address, {"other": gone.pk}).context_data["preview"]
    answer = client.post(address, {"other": gone.pk, "seen": preview.seen})
    assert done(answer) == f"{PAGE}?unit={town.district.pk}"


def test_somebody_outside_cannot_be_named(client, town, secretary):
    mine, foreign = person(town.street_cell), person(factories.town().street_cell, "Secret")
    address = reverse("admin:members_member_act", args=[mine.pk, "merge"])
    for answer in (
        client.get(f"{address}?other={foreign.pk}"),
        client.post(address, {"other": foreign.pk}),
        client.post(address, {"other": "Secret"}),
        client.get(f"{address}?other=%00"),
    ):
        assert answer.status_code == 200
        assert "Eva Secret" not in answer.content.decode()
    assert Member.objects.count() == 2


@pytest.mark.parametrize("act", ["merge", "not-the-same"])
def test_who_is_registered_elsewhere_too_is_refused_with_the_reason(client, town, secretary, act):
    mine, other = person(town.factory_cell), person(town.factory_cell)
    elsewhere = factories.town().district
    register_member(member=other, unit=elsewhere, since=ON, kind="residence")
    (blocker,) = refused(perform(client, mine, act, other=other.pk))
    assert blocker == f"A4: {other} is registered elsewhere; the secretary there does this."
    assert str(elsewhere) not in blocker
    assert Member.objects.count() == 2


def test_merging_with_oneself_is_refused(client, town, secretary):
    mine = person(town.street_cell)
    (blocker,) = refused(perform(client, mine, "merge", other=mine.pk))
    assert "two numbers are needed" in blocker


def test_unlike_people_are_merged_for_a_reason_only(client, town, secretary):
    one = person(town.street_cell)
    other = person(town.street_cell, "Svoboda", "Jan", date(1970, 1, 1))
    tell_apart(one=one, other=other, on=ON)
    answer = perform(client, one, "merge", other=other.pk, reason="")
    page = answer.content.decode()
    assert "They were born on different days: 1990-05-01 and 1970-01-01." in page
    assert "They have different names." in page
    assert "On 2024-03-01 it was found that they are two people." in page
    assert Member.objects.count() == 2
    done(perform(client, one, "merge", other=other.pk, reason="Papers of the office."))
    assert Member.objects.count() == 1


def test_telling_apart_wants_a_reason_and_is_kept_in_the_log(client, town, secretary):
    one, other = person(town.street_cell), person(town.street_cell)
    answer = perform(client, one, "not-the-same", other=other.pk, reason="")
    assert answer.context_data["act"].errors["reason"]
    done(perform(client, one, "not-the-same", other=other.pk, reason="Twins."))
    assert NotTheSame.objects.get().other == other
    entry = Entry.objects.get(table="not_the_same")
    assert (entry.reason, entry.act, entry.unit) == ("Twins.", "not-the-same", town.street_cell.pk)
    assert shown(client)[1] == []


def test_a_former_number_is_found_and_its_history_stays_with_the_member(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.street_cell)
    number = gone.pk
    moved = change_cell(member=gone, to=town.factory_cell, on=ON)
    done(perform(client, keep, "merge", other=number, home=moved.pk))
    answer = client.get(reverse("admin:members_member_changelist"), {"q": number})
    page = answer.content.decode()
    assert f"Number {number} is now Eva Novak ({keep.pk})" in page
    assert list(answer.context_data["cl"].queryset) == [keep]
    page = client.get(reverse("admin:members_member_history", args=[keep.pk])).content.decode()
    assert f"{number}/home/2021-01-01" in page
    assert "Member removed" in page
    assert client.get(reverse("admin:members_member_change", args=[number])).status_code == 404


def test_a_former_number_outside_the_ground_is_not_told(client, town, secretary):
    elsewhere = factories.town()
    keep = person(elsewhere.street_cell)
    FormerNumber.objects.create(number=keep.pk + 5, member=keep, merged=ON)
    answer = client.get(reverse("admin:members_member_changelist"), {"q": keep.pk + 5})
    assert "is now" not in answer.content.decode()
    assert list(answer.context_data["cl"].queryset) == []
