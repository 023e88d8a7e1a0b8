"""Withdrawing a question: what stands in its way, what it ends, and what is kept of it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.ground import Ground
from districts.acts import acts_on
from districts.roles import SECRETARY, grant_role
from elections.bureaus.electing import constitute_elected
from elections.meetings.plan_fields import proposed_agenda
from elections.models import Poll, Question
from elections.polls import CannotAnnulPoll, annul_poll, close_poll
from elections.questions import CannotAsk, change_question, put_question
from elections.result_tables import QUESTIONS
from elections.withdrawing import CannotWithdraw, withdraw_question
from tests import factories
from tests.admin_acts.performing import address, done, perform, refused
from tests.bureaus.making import members_of
from tests.bureaus.test_electing import STREET_FIRST, election, held
from tests.voting import making

TODAY = timezone.localdate()

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    """A district with its secretary logged in, and members in its cell."""
    town = factories.town()
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    factories.member(cell=town.street_cell)
    return SimpleNamespace(town=town, unit=town.district, account=account)


def withdrawn(question, because="Raised twice."):
    return withdraw_question(question=question, on=TODAY, because=because)


def test_a_question_is_withdrawn_on_its_page_and_its_drafted_polls_are_annulled(client, office):
    question = making.motion(office.unit)
    poll = making.put(question, office.town.street_cell, channels="paper")
    sent = {"on": TODAY.isoformat(), "reason": "Raised twice."}
    preview = client.post(address(question, "withdraw-question"), sent).context_data["preview"]
    assert preview.foretold == ["1 drafted poll is annulled."]
    done(client.post(address(question, "withdraw-question"), {**sent, "seen": preview.seen}))
    question.refresh_from_db()
    poll.refresh_from_db()
    assert (question.withdrawn_on, question.withdrawn_because) == (TODAY, "Raised twice.")
    assert poll.state == "annulled"
    page = client.get(reverse("admin:elections_question_change", args=[question.pk]))
    told = f"The question was withdrawn on {TODAY.isoformat()}: Raised twice."
    assert told in page.content.decode()
    assert page.context_data["acts"] == []  # it takes no further step
    listed = reverse("admin:elections_question_changelist")
    for state, seen in (("withdrawn", True), ("all", True), ("unput", False), ("", False)):
        rows = client.get(listed, {"state": state} if state else {}).context_data["cl"].result_list
        assert (question in list(rows)) is seen, state
    (row,) = QUESTIONS.computed(office_ground(office), None)
    assert row[-2:] == (TODAY, "Raised twice.")
    before = list(QUESTIONS.computed(office_ground(office), TODAY - timedelta(days=1)))
    assert before == []


def office_ground(office):
    return Ground((office.unit.extent,))


def test_every_act_on_the_page_of_a_withdrawn_question_refuses(client, office):
    question = withdrawn(making.election(office.unit, ["Ada", "Ben", "Cleo"]))
    for name in acts_on(Question):
        page = client.get(address(question, name))
        assert page.context_data["foreseen"], name
    with pytest.raises(CannotAsk, match="was withdrawn"):
        put_question(question=question, units=[office.unit], assembly="general", channels="paper")
    with pytest.raises(CannotAsk, match="was withdrawn"):
        change_question(question=question, values={"title": "Another"})
    with pytest.raises(CannotWithdraw, match="was withdrawn"):
        withdrawn(question)


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_poll_under_way_is_annulled_first(client, office, state):
    question = making.motion(office.unit)
    poll = making.opened(question, office.town.street_cell, channels="paper")
    if state == "closed":
        close_poll(poll=poll)
    told = [f"The poll in {office.town.street_cell} is {state}: annul it first."]
    answer = client.post(
        address(question, "withdraw-question"), {"on": TODAY.isoformat(), "reason": "No."}
    )
    assert refused(answer) == told
    annul_poll(poll=poll)
    assert withdrawn(question).is_withdrawn
    assert poll.check_offs.count() == 0


@pytest.mark.parametrize(("days", "told"), [(1, "still to come"), (-1, "was raised on")])
def test_the_day_lies_between_the_raising_and_today(office, days, told):
    question = making.motion(office.unit)
    with pytest.raises(CannotWithdraw, match=told):
        withdraw_question(question=question, on=TODAY + timedelta(days=days), because="No.")


def test_an_election_from_which_seats_were_filled_stays(office):
    street = members_of(office.town.street_cell, 4)
    factory = members_of(office.town.factory_cell, 4)
    question = election(SimpleNamespace(unit=office.unit, all=[*street, *factory]))
    held(question, STREET_FIRST)
    constitute_elected(question=question, on=TODAY)
    with pytest.raises(CannotWithdraw, match="A11: Seats of a bureau were filled"):
        withdrawn(question)


def test_nothing_follows_from_a_published_result_that_was_withdrawn(client, office):
    question = making.motion(office.unit)
    poll = making.opened(question, office.town.street_cell, channels="paper")
    Poll.objects.filter(pk=poll.pk).update(state="published", closed_at=timezone.now())
    sent = {"on": TODAY.isoformat(), "reason": "A mistake."}
    preview = client.post(address(question, "withdraw-question"), sent).context_data["preview"]
    assert "A result has been published" in preview.unusual[0]
    done(perform(client, question, "withdraw-question", **sent))
    poll.refresh_from_db()
    assert poll.state == "published"
    with pytest.raises(CannotAnnulPoll, match="was withdrawn"):
        annul_poll(poll=poll)


def test_a_withdrawn_election_is_no_running_one_and_on_no_agenda(client, office):
    question = making.election(office.unit, ["Ada", "Ben", "Cleo"], fills="bureau")
    page = reverse("admin:districts_unit_change", args=[office.unit.pk])
    leads = 'aria-labelledby="bureau-title"'
    before = client.get(page).content.decode()
    withdrawn(question)
    after = client.get(page).content.decode()
    assert leads in before
    address_of = reverse("admin:elections_question_change", args=[question.pk])
    assert before.count(address_of) == after.count(address_of) + 1
    assert proposed_agenda(office.unit) == ""


@pytest.mark.parametrize("half", [{"withdrawn_on": TODAY}, {"withdrawn_because": "No."}])
def test_the_database_holds_day_and_reason_together(office, half):
    question = making.motion(office.unit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(**half)
