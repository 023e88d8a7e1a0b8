"""The tellers' pages at the door: who finds whom, checks off and takes back, and what it costs."""

from datetime import date
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from districts.models import Unit
from districts.roles import SECRETARY, TELLER, grant_role, revoke_role
from elections import door_views, voting
from elections.door_people import MOST_FOUND
from elections.models import CheckOff, Poll, TellerKey
from elections.polls import annul_poll, close_poll
from elections.voting import cast_vote, check_off
from members.membership import end_membership
from members.merging import merge_members
from members.models import Registration
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db

DOOR, SEARCH, MINE = 9, 14, 11


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller", given_name="Jürgen")


@pytest.fixture
def teller(town):
    return making.teller(town.district)


@pytest.fixture
def poll(town, person):
    return making.opened(making.motion(town.district), town.factory_cell)


@pytest.fixture
def at_door(client, teller):
    client.force_login(teller)
    return client


def address(poll, name="door", *more):
    return reverse(name, args=[poll.code, *more])


def search(client, poll, text):
    return client.post(address(poll), {"text": text})


def names(answer):
    return [person.member.pk for person in answer.context["found"].people]


def send(client, poll, member):
    return client.post(address(poll, "check-off"), {"number": member.pk})


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


# Who comes to the door ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tell", "teller-key"])
def test_who_is_no_teller_is_turned_away(client, town, name):
    secretary = factories.account()
    grant_role(user=secretary, role=SECRETARY, unit=town.town)
    for account in (factories.account(), secretary):
        client.force_login(account)
        assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["door", "papers", "box"])
def test_the_poll_of_another_unit_is_not_there(client, poll, name):
    client.force_login(making.teller(factories.town().town))
    assert client.get(address(poll, name)).status_code == 404
    client.force_login(factories.account())
    assert client.get(address(poll, name)).status_code == 403


def test_the_door_shuts_with_the_role(at_door, town, teller, poll):
    assert at_door.get(address(poll)).status_code == 200
    revoke_role(user=teller, role=TELLER, unit=Unit.objects.get(pk=town.district.pk))
    assert at_door.get(address(poll)).status_code == 403


def test_no_page_at_the_door_is_kept_by_a_browser(at_door, poll, person):
    for answer in (at_door.get(reverse("tell")), search(at_door, poll, "muller")):
        assert "no-store" in answer.headers["Cache-Control"]


# Finding ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["muller", "JURGEN mull", "mueller", "Müller, Jürgen", "  ürg "])
def test_somebody_is_found_by_a_part_of_the_name_without_accents(at_door, poll, person, text):
    assert names(search(at_door, poll, text)) == [person.pk]


def test_somebody_is_found_by_the_number_and_by_a_former_one(at_door, town, poll, person):
    assert names(search(at_door, poll, str(person.pk))) == [person.pk]
    double = factories.member(cell=town.factory_cell, family_name="Mueller")
    number = double.pk
    merge_members(keep=person, gone=double, on=timezone.localdate())
    assert names(search(at_door, poll, str(number))) == [person.pk]


@pytest.mark.parametrize("text", ["", "   ", "9" * 30, "\0", "%", "...", "nobody", "²"])
def test_what_nobody_is_called_finds_nobody(at_door, poll, text):
    answer = search(at_door, poll, text)
    assert answer.status_code == 200
    assert answer.context["found"] is None or names(answer) == []


def test_who_is_not_on_the_roll_is_named_only_in_the_poll_s_own_cells(at_door, town, poll, person):
    late = factories.member(cell=town.factory_cell, family_name="Mulligan")
    factories.member(cell=town.street_cell, family_name="Mullins")
    factories.member(cell=factories.town().factory_cell, family_name="Mullah")
    answer = search(at_door, poll, "mull")
    assert names(answer) == [person.pk, late.pk]
    assert "Not on the roll" in answer.content.decode()
    assert "Mullins" not in answer.content.decode()
    assert "Mullah" not in answer.content.decode()


def test_who_is_found_nowhere_in_the_poll_cannot_be_checked_off_by_the_number(
    at_door, town, poll, person
):
    stranger = factories.member(cell=town.street_cell)
    answers = [send(at_door, poll, stranger)]
    for number in ("", "x", "²", "-1", "9" * 19, "9" * 30, "1" * 5000, str(stranger.pk + 1000)):
        answers.append(at_door.post(address(poll, "check-off"), {"number": number}))
    assert {answer.status_code for answer in answers} == {404}
    assert not CheckOff.objects.exists()


def test_a_search_that_finds_many_says_that_these_are_not_all(at_door, town):
    for _one in range(MOST_FOUND + 1):
        factories.member(cell=town.factory_cell, family_name="Smith")
    poll = making.opened(making.motion(town.district), town.factory_cell)
    answer = search(at_door, poll, "smith")
    assert len(names(answer)) == MOST_FOUND
    assert "write more of the name" in answer.content.decode()


def test_no_name_and_no_number_stands_in_an_address(at_door, poll, person):
    pages = [
        search(at_door, poll, "muller"),
        send(at_door, poll, person),
        at_door.get(address(poll)),
    ]
    for page in pages:
        links = page.content.decode().split('href="')[1:]
        assert not any("ller" in link.split('"')[0].replace("teller", "") for link in links)
        assert not any(f"/{person.pk}/" in link.split('"')[0] for link in links)
    assert at_door.get(address(poll), {"text": "muller"}).context["found"] is None


# Checking off -------------------------------------------------------------------------------------


def test_a_check_off_is_written_and_the_door_waits_for_the_next(at_door, teller, poll, person):
    answer = send(at_door, poll, person)
    assert answer.headers["Location"] == address(poll)
    assert told(answer) == [f"Checked off: {person}"]
    vote = CheckOff.objects.get()
    assert (vote.member, vote.poll, vote.channel, vote.by) == (person, poll, "paper", teller)
    page = at_door.get(address(poll))
    assert page.context["standing"].at_the_door == 1
    assert [member for _key, member in page.context["recent"]] == [person]
    field = page.content.decode().split('type="search"')[1].split(">")[0]
    assert "autofocus" in field


def test_a_second_vote_is_refused_with_article_day_and_cell(client):
    town, street_cell, member = making.in_two_cells()
    question = making.motion(town.town)
    tellers = making.tellers(town.town)
    here, there = (
        making.opened(question, cell, tellers=tellers) for cell in (town.factory_cell, street_cell)
    )
    check_off(poll=here, member=member, by=tellers[0])
    client.force_login(tellers[1])
    for answer in (search(client, there, str(member.pk)), send(client, there, member)):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Has voted already" in page
        assert "A5" in page
        assert f"On {timezone.localdate().isoformat()}, in {town.factory_cell.name}." in page
        assert "Check off" not in page
        assert "by mistake" not in page
    assert CheckOff.objects.count() == 1


def test_the_second_of_two_tellers_is_refused_and_does_not_undo_the_first(
    client, town, poll, person, teller
):
    client.force_login(teller)
    send(client, poll, person)
    client.force_login(making.teller(town.town))
    answer = send(client, poll, person)
    assert "Has voted already" in answer.content.decode()
    assert poll.unit.name in answer.content.decode()
    assert "by mistake" not in answer.content.decode()
    vote = CheckOff.objects.get()
    assert client.get(address(poll, "take-back", vote.pk)).status_code == 404
    assert CheckOff.objects.get().by == teller


def test_a_door_that_was_quicker_by_a_moment_is_no_error(at_door, poll, person, monkeypatch):
    def late(**_):
        CheckOff.objects.create(
            question=poll.question, member=person, poll=poll, channel="paper", on=date(2026, 1, 2)
        )
        raise ValidationError({"member": "A5"})

    monkeypatch.setattr(door_views, "check_off", late)
    answer = send(at_door, poll, person)
    assert "Has voted already" in answer.content.decode()


def test_who_voted_online_is_refused_at_the_door(at_door, poll, person):
    cast_vote(code=poll.code, member=person.pk, choices=[1])
    answer = send(at_door, poll, person)
    assert "Has voted already" in answer.content.decode()
    assert answer.context["standing"].online == 1
    assert answer.context["found"].people[0].mine is None


def test_who_is_no_member_any_more_is_refused(at_door, poll, person):
    end_membership(member=person, on=timezone.localdate(), reason="excluded")
    assert "ended" in send(at_door, poll, person).content.decode()
    assert not CheckOff.objects.exists()


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"state": "closed"}, "nobody is checked off any more"),
        ({"channels": "online"}, "no door"),
        ({"state": "drafted"}, "not open yet"),
    ],
)
def test_a_poll_without_a_door_says_so_and_takes_nobody(at_door, poll, person, change, shown):
    Poll.objects.update(**change, closed_at=timezone.now())
    assert shown in at_door.get(address(poll)).content.decode()
    assert 'type="search"' not in at_door.get(address(poll)).content.decode()
    send(at_door, poll, person)
    assert not CheckOff.objects.exists()


# Taking back --------------------------------------------------------------------------------------


def test_a_mistake_is_taken_back_after_a_question(at_door, poll, person):
    send(at_door, poll, person)
    back = address(poll, "take-back", CheckOff.objects.get().pk)
    assert str(person.full_name) in at_door.get(back).content.decode()
    assert CheckOff.objects.exists()
    answer = at_door.post(back)
    assert told(answer)[-1].startswith(f"Taken back: {person}")
    assert not CheckOff.objects.exists()
    assert at_door.post(back).headers["Location"] == address(poll)  # sent twice
    assert at_door.get(address(poll)).context["recent"] == []
    assert send(at_door, poll, person).status_code == 302


def test_nothing_is_taken_back_that_is_not_mine_at_this_door(at_door, town, teller, poll, person):
    other = making.opened(making.motion(town.district, title="Another"), town.factory_cell)
    mine = check_off(poll=poll, member=person, by=teller)
    online = factories.member(cell=town.factory_cell)
    late = making.opened(making.motion(town.district, title="A third"), town.factory_cell)
    cast_vote(code=late.code, member=online.pk, choices=[1])
    vote = CheckOff.objects.get(channel="online")
    wrong = [(other, mine.pk), (late, vote.pk), (poll, uuid4())]
    for where, key in wrong:
        assert at_door.get(address(where, "take-back", key)).status_code == 404
        at_door.post(address(where, "take-back", key))
    close_poll(poll=poll)
    assert at_door.post(address(poll, "take-back", mine.pk)).status_code == 404
    assert CheckOff.objects.count() == 2


def test_a_take_back_that_the_close_overtakes_says_why(at_door, poll, person, monkeypatch):
    send(at_door, poll, person)
    back = address(poll, "take-back", CheckOff.objects.get().pk)
    held = voting._held

    def closed_meanwhile(one):
        Poll.objects.update(state="closed", closed_at=timezone.now())
        return held(one)

    monkeypatch.setattr(voting, "_held", closed_meanwhile)
    assert any("no longer open" in text for text in told(at_door.post(back)))
    assert CheckOff.objects.exists()


# My polls -----------------------------------------------------------------------------------------


def test_open_polls_come_first_then_those_that_wait_then_those_done(at_door, town, person):
    tellers = making.tellers(town.town)
    titles = ("annulled", "closed", "open", "drafted")
    polls = {
        title: making.put(
            making.motion(town.district, title=title), town.factory_cell, tellers=tellers
        )
        if title == "drafted"
        else making.opened(
            making.motion(town.district, title=title), town.factory_cell, tellers=tellers
        )
        for title in titles
    }
    close_poll(poll=polls["closed"])
    annul_poll(poll=polls["annulled"])
    sections = at_door.get(reverse("tell")).context["sections"]
    assert [[one.poll.question.title for one in ones] for _title, ones in sections] == [
        ["open"],
        ["closed"],
        ["drafted"],
        ["annulled"],
    ]


def test_my_polls_say_what_waits_for_me_and_whether_my_key_is_made(at_door, teller, poll, person):
    send(at_door, poll, person)
    page = at_door.get(reverse("tell")).content.decode()
    assert f"key since {timezone.localdate().isoformat()}." in page
    assert address(poll) in page
    close_poll(poll=poll)
    page = at_door.get(reverse("tell")).content.decode()
    assert "entered by 0 of two people, and not by you" in page
    assert "Box: it waits for" in page
    TellerKey.objects.filter(account=teller).delete()
    assert "You have no teller" in at_door.get(reverse("tell")).content.decode()


def test_a_teller_without_polls_is_told_so(at_door):
    assert "Once one is, it stands here" in at_door.get(reverse("tell")).content.decode()


def test_the_first_page_leads_a_teller_to_the_door(at_door, poll):
    page = at_door.get(reverse("home")).content.decode()
    assert "teller in 1 poll " in page
    assert reverse("tell") in page
    at_door.force_login(factories.account())
    assert reverse("tell") not in at_door.get(reverse("home")).content.decode()


# Costs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "called_so"), [(1, 1), (30, 3)])
def test_the_door_costs_the_same_whatever_the_size_of_the_roll(
    at_door, town, people, called_so, django_assert_num_queries
):
    for _one in range(people):
        member = factories.member(cell=town.factory_cell, family_name="Jones")
    for _one in range(called_so):
        factories.member(cell=town.factory_cell, family_name="Smith")
    poll = making.opened(making.motion(town.district), town.factory_cell)
    send(at_door, poll, member)
    at_door.get(address(poll))  # shows the message, which the session keeps until then
    with django_assert_num_queries(DOOR):
        assert at_door.get(address(poll)).status_code == 200
    with django_assert_num_queries(SEARCH):
        assert len(names(search(at_door, poll, "smith"))) == called_so


@pytest.mark.parametrize("polls", [1, 3])
def test_my_polls_cost_the_same_for_one_and_for_three(
    at_door, town, person, polls, django_assert_num_queries
):
    for number in range(polls):
        question = making.motion(town.district, title=f"Question {number}")
        close_poll(poll=making.opened(question, town.factory_cell))
        making.opened(making.motion(town.district, title=f"Open {number}"), town.factory_cell)
    with django_assert_num_queries(MINE):
        page = at_door.get(reverse("tell"))
    assert len(page.context["page"].object_list) == 2 * polls


def test_a_member_assigned_to_the_cell_votes_there_by_the_roll(client):
    town, street_cell, member = making.in_two_cells()
    poll = making.opened(making.motion(town.town), street_cell)
    Registration.objects.filter(member=member, kind="residence").update(until=timezone.localdate())
    client.force_login(making.teller(town.town))
    assert send(client, poll, member).status_code == 302
