"""One poll from the draft to the result, step by step."""

from datetime import timedelta

import pytest
from django.urls import reverse

from districts.models import Unit
from districts.roles import TELLER, grant_role
from elections.models import Count, Poll, TellerKey
from elections.polls import close_poll
from elections.questions import set_composition
from elections.steps import Turnout
from elections.voting import cast_vote, check_off
from tests import factories
from tests.admin_acts.performing import address, done, refused
from tests.test_admin import page
from tests.voting import making
from tests.voting.office import errors, log_in, section, sent
from tests.voting.poll_pages.steps import NOW, enter, preview, state_of

pytestmark = pytest.mark.django_db


def steps_of(client, poll):
    return section(page(client, poll), "poll_standing")


def test_every_step_from_the_draft_to_the_result(client, town, secretary, voters, question):
    poll = making.put(question, town.street_cell)
    assert [str(wait.value) for wait in steps_of(client, poll)["row"].waits] == ["to-open"]

    location = done(sent(client, poll, "open-poll"))
    assert location == reverse("admin:elections_poll_change", args=[poll.pk])
    assert state_of(poll) == "open"
    for voter in voters[:2]:
        cast_vote(code=poll.code, member=voter.pk, choices=[1])
    for voter in voters[2:4]:
        check_off(poll=Poll.objects.get(pk=poll.pk), member=voter, by=secretary)
    shown = steps_of(client, poll)
    assert shown["row"].turnout == Turnout(entitled=5, online=2, paper=2)
    assert [label for label, past, now in shown["line"] if now] == ["open"]
    assert "2 online, 2 at the door" in page(client, poll).content.decode()

    done(sent(client, poll, "close-poll"))
    assert [str(one.blocker) for one in steps_of(client, poll)["obstacles"]] == [
        "The box has not been opened: two tellers open it together.",
        "The papers have been entered by 0 of two people.",
    ]
    assert refused(sent(client, poll, "count-poll"))
    making.open_box_of(Poll.objects.get(pk=poll.pk))
    for _one in range(2):
        enter(Poll.objects.get(pk=poll.pk), 1, 1, 0)
    assert steps_of(client, poll)["obstacles"] == []

    done(sent(client, poll, "count-poll"))
    counted = page(client, poll).content.decode()
    assert "carried" not in counted
    # Two ballots of the box lie apart from two papers that were entered as totals.
    (told,) = preview(client, poll, "publish-poll").unusual
    assert "2 ballots lie together, fewer than 5" in told
    done(sent(client, poll, "publish-poll", reason="They do not mind."))
    assert state_of(poll) == "published"
    assert steps_of(client, poll)["row"].waits == []
    assert Count.objects.get().result["report"]["totals"] == {"yes": 3, "no": 1}


def test_a_poll_is_opened_as_it_is_sent(client, town, secretary, voters, question):
    poll = making.put(question, town.street_cell, channels="paper")
    answer = client.post(address(poll, "open-poll"), {"reason": ""})
    assert answer.status_code == 302
    assert state_of(poll) == "open"


def test_few_entitled_are_warned_of_and_the_poll_is_opened_for_a_reason(
    client, town, secretary, question
):
    factories.member(cell=town.street_cell)
    poll = making.put(question, town.street_cell)
    (told,) = preview(client, poll, "open-poll").unusual
    assert told == (
        f"{town.street_cell}: 1 are entitled, fewer than 5. The totals may tell how everybody "
        "voted."
    )
    assert errors(sent(client, poll, "open-poll"), "reason") == ["Please say why: this is unusual."]
    assert state_of(poll) == "drafted"
    done(sent(client, poll, "open-poll", reason="The cell is small."))
    assert state_of(poll) == "open"


def test_looking_at_the_warning_makes_no_key(client, town, secretary, question):
    factories.member(cell=town.street_cell)
    poll = making.put(question, town.street_cell)
    preview(client, poll, "open-poll")
    poll.refresh_from_db()
    assert (poll.state, poll.public_key, poll.seed) == ("drafted", None, "")
    assert not poll.roll.exists()


def test_what_stands_in_the_way_of_opening_is_shown_with_where_it_is_mended(
    client, town, secretary
):
    question = making.election(town.district, ["A", "B"], seats=3)
    tellers = making.tellers(town.district)
    TellerKey.objects.filter(account=tellers[0]).delete()
    poll = making.put(question, town.street_cell, tellers=tellers)
    obstacles = steps_of(client, poll)["obstacles"]
    change = reverse("admin:elections_question_act", args=[question.pk, "change-candidates"])
    arrange = reverse("admin:elections_poll_act", args=[poll.pk, "arrange-poll"])
    unit = reverse("admin:districts_unit_change", args=[town.street_cell.pk])
    assert [(one.blocker.reason, one.address) for one in obstacles] == [
        ("2 stand for 3 seats: there are too few candidates.", change),
        (f"{tellers[0]} has not made a teller's key yet.", arrange),
        ("Nobody would stand on the roll.", unit),
    ]
    assert "no key yet" in page(client, poll).content.decode()
    foreseen = client.get(address(poll, "open-poll")).context_data["foreseen"]
    assert [blocker.reason for blocker in foreseen] == [one.blocker.reason for one in obstacles]
    assert len(refused(sent(client, poll, "open-poll"))) == 3


def test_a_composition_that_cannot_be_kept_leads_to_the_composition(client, town, secretary):
    factories.member(cell=town.street_cell)
    question = making.election(town.district, ["A", "B", "C"], seats=3)
    set_composition(
        question=question, name="Factory", choices=[question.choices.first()], at_least=2
    )
    poll = making.put(question, town.street_cell, channels="paper")
    (obstacle,) = steps_of(client, poll)["obstacles"]
    assert obstacle.blocker.article == "A13"
    assert obstacle.address.endswith(f"/question/{question.pk}/act/set-composition/")


def test_whose_question_it_is_alone_is_led_to_it(client, town):
    log_in(client, town.street_cell)
    poll = making.put(
        making.election(town.district, ["A"], seats=3), town.street_cell, channels="paper"
    )
    shown = steps_of(client, poll)["obstacles"]
    assert [one.address for one in shown if "candidates" in one.blocker.reason] == [""]
    assert page(client, poll).context_data["facts"][0][2] == ""


@pytest.mark.parametrize("tells", [True, False])
def test_who_is_a_teller_too_is_led_to_the_door_the_box_and_the_papers(
    client, town, secretary, voters, question, tells
):
    if tells:
        district = Unit.objects.get(pk=town.district.pk)
        grant_role(user=secretary, role=TELLER, unit=district)
    poll = making.opened(question, town.street_cell)
    led = [[str(title) for title, _url in steps_of(client, poll)["ways"]]]
    check_off(poll=poll, member=voters[0], by=secretary)
    cast_vote(code=poll.code, member=voters[1].pk, choices=[1])
    close_poll(poll=poll)
    shown = steps_of(client, poll)["ways"]
    led.append([str(title) for title, _url in shown])
    expected = [["To the door"], ["Open the box", "Enter the papers"]] if tells else [[], []]
    assert led == [["The board", *more] for more in expected]
    for _title, url in shown:
        assert client.get(url).status_code == 200


class TestDelegates:
    @pytest.fixture
    def poll(self, town, question):
        return making.put(question, town.district, assembly="delegates", channels="paper")

    def test_they_are_named_by_their_numbers(self, client, town, secretary, voters, poll):
        assert client.get(address(poll, "open-poll")).context_data["foreseen"] == ()
        lines = "\n".join(str(one.pk) for one in [*voters, voters[0]])
        done(sent(client, poll, "open-poll", delegates=lines))
        assert set(poll.roll.values_list("member", flat=True)) == {one.pk for one in voters}

    def test_a_strange_number_is_refused(self, client, town, secretary, voters, poll):
        stranger = factories.member(cell=factories.town().street_cell)
        answer = sent(client, poll, "open-poll", delegates=f"{voters[0].pk}\n{stranger.pk}\nx")
        assert errors(answer, "delegates") == [
            f"“{stranger.pk}”: you keep no present member with this number.",
            "“x”: you keep no present member with this number.",
        ]
        assert state_of(poll) == "drafted"

    def test_they_are_not_opened_with_the_others(
        self, client, town, secretary, voters, poll, question
    ):
        making.put(question, town.street_cell, channels="paper")
        told = dict(client.get(address(question, "open-all")).context_data["facts"])
        assert told["Cannot yet"] == 1
        assert "with the numbers of the delegates" in told["Because"]
        done(sent(client, question, "open-all"))
        assert sorted(Poll.objects.values_list("state", flat=True)) == ["drafted", "open"]


class TestAnnulling:
    def test_a_reason_is_asked_and_the_votes_count_no_more(
        self, client, town, secretary, voters, question
    ):
        poll = making.opened(question, town.street_cell, channels="paper")
        check_off(poll=poll, member=voters[0], by=secretary)
        assert errors(sent(client, poll, "annul-poll"), "reason")
        shown = preview(client, poll, "annul-poll", reason="The box was broken.")
        assert shown.foretold == ["1 vote counts no more."]
        assert state_of(poll) == "open"
        done(sent(client, poll, "annul-poll", reason="The box was broken."))
        assert state_of(poll) == "annulled"
        assert poll.check_offs.get().annulled
        assert "its votes count no more" in page(client, poll).content.decode()

    def test_a_published_result_is_unusual(self, client, town, secretary, question, voters):
        poll = making.opened(question, town.street_cell, channels="paper")
        close_poll(poll=poll)
        Poll.objects.filter(pk=poll.pk).update(state="published")
        told = preview(client, poll, "annul-poll", reason="Wrong.").unusual
        assert told == ["The result has been published."]


def test_closing_before_the_time_is_asked_back(client, town, secretary, voters, question):
    soon = NOW() + timedelta(hours=2)
    poll = making.opened(question, town.street_cell, channels="paper", closes_at=soon)
    (told,) = preview(client, poll, "close-poll").unusual
    assert "the time to vote was to end on" in told
    (told,) = preview(client, question, "close-all").unusual
    assert told == "In 1 poll the time to vote is not over."
    assert state_of(poll) == "open"
