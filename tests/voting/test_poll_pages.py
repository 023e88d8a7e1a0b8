"""Polls as pages: their steps, one by one and all at once, what waits, and the roll."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, TELLER, grant_role, revoke_role
from elections.models import Count, PaperCount, Poll, TellerKey
from elections.papers import enter_papers
from elections.polls import close_poll, open_poll
from elections.questions import set_composition
from elections.steps import Turnout, Wait, how_many_wait, turnouts, waiting_for, waits
from elections.tellers import tellers_for
from elections.voting import cast_vote, check_off
from tests import factories
from tests.admin_acts.performing import address, done, refused
from tests.test_admin import listed, page
from tests.voting import making
from tests.voting.office import errors, log_in, section, sent

pytestmark = pytest.mark.django_db

NOW = timezone.now


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)


@pytest.fixture
def voters(town):
    return [factories.member(cell=town.street_cell) for _ in range(5)]


@pytest.fixture
def question(town):
    return making.motion(town.district)


def state_of(poll):
    return Poll.objects.get(pk=poll.pk).state


def over(poll):
    """Let the time to vote in the poll be over."""
    Poll.objects.filter(pk=poll.pk).update(closes_at=NOW() - timedelta(minutes=1))
    return poll


def preview(client, row, act, **given):
    return client.post(address(row, act), {"reason": "", **given}).context_data["preview"]


def enter(poll, *votes, by=None):
    """What one person says of the papers: votes for yes, for no, and abstentions."""
    totals = dict(enumerate(votes, start=1))
    account = by or factories.account()
    return enter_papers(poll=poll, by=account, totals=totals, papers=sum(votes))


def steps_of(client, poll):
    return section(page(client, poll), "poll_standing")


# One poll from the draft to the result ------------------------------------------------------------


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


# All at once --------------------------------------------------------------------------------------


class TestAllAtOnce:
    @pytest.fixture
    def polls(self, town, question, voters):
        for _one in range(5):
            factories.member(cell=town.factory_cell)
        return [
            making.put(question, unit, channels="paper")
            for unit in (town.factory_cell, town.street_cell)
        ]

    def test_from_the_drafts_to_the_results(self, client, secretary, question, polls):
        for act, state in (("open-all", "open"), ("close-all", "closed")):
            done(sent(client, question, act))
            assert {state_of(poll) for poll in polls} == {state}
        told = dict(client.get(address(question, "count-all")).context_data["facts"])
        assert told["Polls to which it is done"] == 2  # nobody voted on paper
        done(sent(client, question, "count-all"))
        done(sent(client, question, "publish-all"))
        assert {state_of(poll) for poll in polls} == {"published"}
        told = section(page(client, question), "standing")["steps"]
        assert [step.text for step in told] == ["All results are published."]

    def test_what_cannot_be_opened_waits_and_is_named(
        self, client, town, secretary, question, polls
    ):
        empty = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
        left = making.put(question, empty, channels="paper")
        told = dict(client.get(address(question, "open-all")).context_data["facts"])
        assert told["Polls to which it is done"] == 2
        assert told["Because"] == f"A10: {empty}: Nobody would stand on the roll."
        assert told["Will be on their rolls"] == 10
        answer = client.post(address(question, "open-all"), {"reason": ""}, follow=True)
        assert "2 polls are open. Not yet: 1." in answer.content.decode()
        assert state_of(left) == "drafted"

    def test_refused_where_none_can_with_each_reason_once(self, client, town, secretary, question):
        for _one in range(2):
            empty = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
            making.put(question, empty, channels="paper")
        foreseen = client.get(address(question, "open-all")).context_data["foreseen"]
        assert [str(one) for one in foreseen] == ["A10: 2 polls: Nobody would stand on the roll."]
        assert refused(sent(client, question, "open-all")) == [str(one) for one in foreseen]

    def test_papers_that_differ_keep_a_poll_from_the_count_and_not_the_other(
        self, client, secretary, question, polls
    ):
        done(sent(client, question, "open-all"))
        first, second = [Poll.objects.get(pk=poll.pk) for poll in polls]
        for poll in (first, second):
            check_off(poll=poll, member=poll.roll.first().member, by=secretary)
        done(sent(client, question, "close-all"))
        first, second = [Poll.objects.get(pk=poll.pk) for poll in polls]
        enter(first, 1, 0, 0), enter(first, 1, 0, 0)
        enter(second, 1, 0, 0), enter(second, 0, 1, 0)
        done(sent(client, question, "count-all"))
        assert (state_of(first), state_of(second)) == ("counted", "closed")
        steps = section(page(client, question), "standing")["steps"]
        assert [step.text for step in steps] == [
            "In 1 poll the two entries of the papers differ.",
            "1 poll is counted and waits to be published.",
        ]

    def test_several_chosen_from_the_list(self, client, town, secretary, question, polls):
        empty = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
        left = making.put(question, empty, channels="paper")
        chosen = [str(poll.pk) for poll in (*polls, left)]
        given = {"action": "open-poll", "_selected_action": chosen, "perform": "1", "reason": ""}
        where = reverse("admin:elections_poll_changelist")
        shown = client.post(where, given).context_data["preview"]
        assert [len(row.blockers) for row in shown.rows] == [0, 0, 1]
        assert {state_of(poll) for poll in polls} == {"drafted"}
        client.post(where, {**given, "seen": shown.seen})
        assert [state_of(poll) for poll in (*polls, left)] == ["open", "open", "drafted"]

    def test_another_s_question_is_not_there(self, client, secretary):
        other = factories.town()
        question = making.motion(other.district)
        making.put(question, other.street_cell, channels="paper")
        assert client.post(address(question, "open-all"), {"reason": ""}).status_code == 404


# What waits ---------------------------------------------------------------------------------------


class TestWaiting:
    @pytest.fixture
    def polls(self, town, voters, secretary):
        """A poll for each thing that a poll can wait for, by its name."""
        made = {}
        for wait in Wait:
            question = making.motion(town.district, title=wait.value)
            channels = "online" if wait == Wait.BOX else "paper"
            poll = made[wait] = making.put(question, town.street_cell, channels=channels)
            if wait != Wait.OPEN:
                self.move(poll, wait, voters[0], secretary)
        return {wait: Poll.objects.get(pk=poll.pk) for wait, poll in made.items()}

    def move(self, poll, wait, voter, account):
        poll = open_poll(poll=poll)
        if wait == Wait.CLOSE:
            over(poll)
        if wait in (Wait.VOTES, Wait.CLOSE):
            return
        if wait == Wait.BOX:
            cast_vote(code=poll.code, member=voter.pk, choices=[1])
        if wait in (Wait.PAPERS, Wait.DIFFER, Wait.COUNT):
            check_off(poll=poll, member=voter, by=account)
        poll = close_poll(poll=poll)
        entered = {Wait.PAPERS: [(1, 0)], Wait.DIFFER: [(1, 0), (0, 1)], Wait.COUNT: [(1, 0)] * 2}
        for votes in entered.get(wait, ()):
            enter(poll, *votes)
        if wait == Wait.PUBLISH:
            Poll.objects.filter(pk=poll.pk).update(state="counted")

    def test_each_waits_for_its_own(self, polls):
        found = waits(polls.values())
        assert {wait: found[poll.pk] for wait, poll in polls.items()} == {
            wait: [wait] for wait in Wait
        }

    def test_each_is_found_by_its_filter_and_counted_alike(self, client, polls):
        everything = Poll.objects.all()
        for wait, poll in polls.items():
            found = set(waiting_for(everything, wait))
            expected = {poll, polls[Wait.CLOSE]} if wait == Wait.VOTES else {poll}
            assert found == expected, wait
            assert how_many_wait(everything, wait) == len(expected)
            if wait != Wait.VOTES:
                assert listed(client, Poll, state=wait.value) == [poll], wait

    def test_the_first_page_counts_them_and_leads_to_them(self, client, polls):
        panels = client.get(reverse("admin:index")).context_data["panels"]
        (panel,) = [one for one in panels if "home_waiting" in one["template"]]
        told = {str(title): (number, url) for title, number, url in panel["waiting"]}
        expected = {
            "Polls to close: the time is over": Wait.CLOSE,
            "Polls whose papers differ": Wait.DIFFER,
            "Boxes to open": Wait.BOX,
            "Polls to count": Wait.COUNT,
            "Results to publish": Wait.PUBLISH,
            "Polls to open": Wait.OPEN,
        }
        for title, wait in expected.items():
            number, url = told[title]
            assert number == 1
            (found,) = client.get(url).context_data["cl"].result_list
            assert found == polls[wait]

    def test_of_others_nothing_waits(self, client, polls):
        log_in(client, factories.town().district)
        panels = client.get(reverse("admin:index")).context_data["panels"]
        (panel,) = [one for one in panels if "home_waiting" in one["template"]]
        assert [title for title, _number, _url in panel["waiting"] if "oll" in str(title)] == []

    @pytest.mark.parametrize("wait", [Wait.BOX, Wait.DIFFER, Wait.COUNT, Wait.CLOSE])
    def test_counting_takes_one_query(self, polls, wait, django_assert_num_queries):
        with django_assert_num_queries(1):
            how_many_wait(Poll.objects.all(), wait)

    def test_the_order_of_the_papers_is_no_difference(self, polls):
        poll = polls[Wait.COUNT]
        PaperCount.objects.filter(poll=poll).delete()
        for ballots in ([[1], [2]], [[2], [1]]):
            PaperCount.objects.create(poll=poll, by=factories.account(), ballots=ballots, papers=2)
        assert waits([poll])[poll.pk] == [Wait.COUNT]


# The list -----------------------------------------------------------------------------------------


def test_a_list_holds_the_polls_of_the_ground(client, town, secretary, question):
    mine = making.put(question, town.street_cell, channels="paper")
    other = factories.town()
    making.put(making.motion(other.district), other.street_cell, channels="paper")
    assert listed(client, Poll) == [mine]
    assert listed(client, Poll, question=str(question.pk)) == [mine]
    assert listed(client, Poll, question="999999") == []
    assert listed(client, Poll, question="x") == []
    assert listed(client, Poll, q=town.street_cell.code) == [mine]
    assert listed(client, Poll, unit=str(town.street_cell.pk)) == [mine]
    assert listed(client, Poll, state="published") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_three(client, town, secretary, rows):
    factories.member(cell=town.street_cell)
    for _one in range(rows):
        making.opened(making.motion(town.district), town.street_cell, channels="paper")
        closed = making.opened(making.motion(town.district), town.street_cell, channels="paper")
        close_poll(poll=closed)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:elections_poll_changelist"))
    assert len(asked) == 8, "\n".join(query["sql"] for query in asked)


def test_turnouts_of_many_take_one_query(town, voters, question, django_assert_num_queries):
    poll = making.opened(question, town.street_cell, channels="paper")
    other = making.put(question, town.factory_cell, channels="paper")
    check_off(poll=poll, member=voters[0], by=factories.account())
    with django_assert_num_queries(1):
        found = turnouts([poll, other])
    assert (found[poll.pk].voted, found[other.pk]) == (1, Turnout())


# The roll -----------------------------------------------------------------------------------------


class TestRoll:
    def roll(self, client, poll, view="roll", **asked):
        name = reverse(f"admin:elections_poll_{view}", args=[poll.pk])
        return client.post(name, asked) if asked else client.get(name)

    def rows(self, client, poll, view="roll", **asked):
        return [
            (row.name, row.voted)
            for row in self.roll(client, poll, view, **asked).context_data["rows"]
        ]

    @pytest.fixture
    def named(self, town):
        return [
            factories.member(cell=town.street_cell, family_name=name)
            for name in ("Zander", "Müller", "Abel")
        ]

    @pytest.mark.parametrize("view", ["roll", "printed_roll"])
    def test_by_name_with_who_has_voted_and_where(
        self, client, town, secretary, question, named, view
    ):
        poll = making.opened(question, town.street_cell)
        today = timezone.localdate().isoformat()
        check_off(poll=poll, member=named[0], by=secretary)
        cast_vote(code=poll.code, member=named[1].pk, choices=[2])
        assert self.rows(client, poll, view) == [
            ("Abel", ""),
            ("Müller", f"online, {today}"),
            ("Zander", f"at the door, {today}"),
        ]

    def test_a_name_or_number_is_looked_for_and_stands_in_no_address(
        self, client, town, secretary, question, named
    ):
        poll = making.opened(question, town.street_cell, channels="paper")
        assert self.rows(client, poll, q="muller") == [("Müller", "")]
        assert self.rows(client, poll, q=str(named[2].pk)) == [("Abel", "")]
        assert self.rows(client, poll, q="nobody") == []
        by_get = client.get(reverse("admin:elections_poll_roll", args=[poll.pk]), {"q": "muller"})
        assert len(by_get.context_data["rows"]) == 3

    def test_pages(self, client, town, secretary, question, named, monkeypatch):
        monkeypatch.setattr("elections.poll_admin.PER_PAGE", 2)
        poll = making.opened(question, town.street_cell, channels="paper")
        where = reverse("admin:elections_poll_roll", args=[poll.pk])
        shown = [client.get(where, {"p": number}).context_data["rows"] for number in (1, 2)]
        assert [[row.name for row in rows] for rows in shown] == [["Abel", "Müller"], ["Zander"]]
        assert len(self.rows(client, poll, "printed_roll")) == 3

    @pytest.mark.parametrize("sees_both", [True, False])
    def test_a_vote_elsewhere_and_a_unit_that_is_not_to_be_told(self, client, sees_both):
        """A5, A4: the district of residence learns that the member voted, and not where."""
        town, street_cell, member = making.in_two_cells()
        question = making.motion(town.town)
        elsewhere = making.opened(question, town.factory_cell, channels="paper")
        here = making.opened(question, street_cell, channels="paper")
        check_off(poll=elsewhere, member=member, by=factories.account())
        log_in(client, town.town if sees_both else street_cell.parent)
        ((_name, voted),) = self.rows(client, here)
        assert voted.startswith("A5: ")
        assert (town.factory_cell.name in voted) is sees_both
        assert (town.factory_cell.name in self.roll(client, here).content.decode()) is sees_both

    def test_there_is_none_before_the_opening(self, client, town, secretary, question):
        poll = making.put(question, town.street_cell, channels="paper")
        for view in ("roll", "printed_roll"):
            told = self.roll(client, poll, view).content.decode()
            assert "The roll is written at the moment" in told

    def test_an_auditor_sees_it_and_who_is_of_elsewhere_or_only_a_teller_does_not(
        self, client, town, question, named
    ):
        poll = making.opened(question, town.street_cell, channels="paper")
        log_in(client, town.district, AUDITOR)
        assert self.roll(client, poll).status_code == 200
        log_in(client, factories.town().district)
        assert self.roll(client, poll).status_code == 404
        assert self.roll(client, poll, "printed_roll").status_code == 404
        assert self.roll(client, poll, q="Abel").status_code == 404
        log_in(client, town.district, TELLER)
        assert self.roll(client, poll).status_code == 302

    def test_the_secretary_of_a_cell_sees_no_other_cell_s_roll(self, client, town, question, named):
        factories.member(cell=town.factory_cell)
        log_in(client, town.factory_cell)
        mine = making.opened(question, town.factory_cell, channels="paper")
        other = making.opened(question, town.street_cell, channels="paper")
        assert self.roll(client, mine).status_code == 200
        assert self.roll(client, other).status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize(("view", "queries"), [("roll", 7), ("printed_roll", 16)])
    def test_it_takes_as_many_queries_for_one_row_as_for_three(
        self, client, town, secretary, question, rows, view, queries
    ):
        for _one in range(rows):
            factories.member(cell=town.street_cell)
        poll = making.opened(question, town.street_cell, channels="paper")
        with CaptureQueriesContext(connection) as asked:
            self.roll(client, poll, view)
        assert len(asked) == queries, "\n".join(query["sql"] for query in asked)

    def test_printing_it_is_logged_and_looking_for_somebody_is_not(
        self, client, town, secretary, question, named
    ):
        poll = making.opened(question, town.street_cell, channels="paper")
        self.roll(client, poll)
        assert not Entry.objects.filter(act="print-roll").exists()
        self.roll(client, poll, "printed_roll")
        entry = Entry.objects.get(act="print-roll")
        assert (entry.what, entry.key, entry.unit) == (
            "exported",
            str(poll.code),
            town.street_cell.pk,
        )
        assert entry.actor == secretary.pk

    def test_on_paper_the_head_stands_on_each_page(self):
        style = (Path(settings.BASE_DIR) / "static/kartei/roll.css").read_text()
        assert "table-header-group" in style


def test_giving_and_taking_the_role_changes_who_can_be_chosen(town):
    account = factories.account()
    district = Unit.objects.get(pk=town.district.pk)
    grant_role(user=account, role=TELLER, unit=district)
    assert tellers_for(district) == [account]
    revoke_role(user=account, role=TELLER, unit=district)
    assert tellers_for(district) == []
