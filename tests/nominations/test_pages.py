"""The pages of nominations: the member's, the first page, and the office; who sees what of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ground import EVERYWHERE
from districts.panels import waiting_for
from districts.roles import SECRETARY, grant_role
from elections.models import Question
from elections.nominating.calls import call_for_nominations
from elections.nominating.closing import close_nominations
from elections.nominating.nominees import answer_nomination, nominate
from elections.questions import Candidate, set_choices
from elections.withdrawing import withdraw_question
from tests import factories
from tests.admin_acts.performing import address, done, perform, refused
from tests.bureaus.making import bureau as making_bureau
from tests.bureaus.test_pages import lines, page_of, text_of
from tests.nominations.making import TODAY, WEEK, called, over, with_people
from tests.voting import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return with_people()


def log_in(client, member):
    client.force_login(factories.account(member=member))


def at(view, question):
    return reverse(view, args=[question.pk])


def stands(question, *members, said=""):
    for member in members:
        nominate(question=question, member=member, by=member, statement=said)


# The member --------------------------------------------------------------------------------------


def test_a_member_nominates_and_the_other_answers_by_the_pages(client, people):
    question = called(people.unit)
    one, other = people.factory[0], people.street[0]
    log_in(client, one)
    assert "Elections that look for candidates" in text_of(client.get(reverse("home")))
    answer = client.post(at("nominate", question), {"who": str(other.pk)})
    assert answer["Location"] == at("nominations", question)
    page = text_of(client.get(at("nominations", question)))
    assert "Whom I have nominated" in page
    assert "not answered yet" in page
    close_nominations(question=question, on=TODAY)
    page = text_of(client.get(at("nominations", question)))
    assert "no answer" in page
    assert "not answered yet" not in page
    call_for_nominations(question=question, until=TODAY, on=TODAY)
    log_in(client, other)
    assert "You are nominated" in text_of(client.get(reverse("home")))
    german = client.get(reverse("home"), headers={"Accept-Language": "de"}).text
    assert ">Antworten</a>" in german
    sent = {"do": "accept", "statement": "More print.\r\nMore shops."}
    assert client.post(at("answer-nomination", question), sent).status_code == 302
    assert question.nominations.get().statement == "More print.\nMore shops."
    page = text_of(client.get(at("nominations", question)))
    assert "You stand" in page
    assert "<p>More print.<br>More shops.</p>" in page
    client.post(at("answer-nomination", question), {"do": "decline"})
    assert question.nominations.get().state == "declined"


@pytest.mark.parametrize("sent", [{"do": "nonsense"}, {"do": ""}, {}])
def test_an_answer_that_is_none_is_kept_for_none(client, people, sent):
    question = called(people.unit)
    one = people.street[0]
    nominate(question=question, member=one, by=people.factory[0])
    log_in(client, one)
    answer = client.post(at("answer-nomination", question), {**sent, "statement": "More print."})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Please accept or decline" in page
    assert "More print." in page
    assert question.nominations.get().state == "waiting"


def test_nobody_is_told_who_was_asked_or_has_declined(client, people):
    question = called(people.unit)
    silent = factories.member(cell=people.town.street_cell, family_name="Silent")
    nominate(question=question, member=silent, by=people.factory[0])
    log_in(client, people.factory[1])
    page = text_of(client.get(at("nominations", question)))
    assert "Nobody yet." in page
    assert "Silent" not in page
    answer_nomination(nomination=question.nominations.get(), answer="declined")
    assert "Silent" not in text_of(client.get(at("nominations", question)))


def test_a_refusal_names_the_article_and_keeps_what_was_typed(client, people):
    question = called(people.town.factory_cell)
    question_of_all = called(people.unit)
    log_in(client, people.factory[0])
    answer = client.post(at("nominate", question), {"who": str(people.street[0].pk)})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "has this number, or is called so by the whole name." in page
    assert f'value="{people.street[0].pk}"' in page
    stands(question_of_all, people.factory[0])
    answer = client.post(at("nominate", question_of_all), {"do": "stand", "statement": "Again."})
    assert "This member is nominated already." in text_of(answer)


TOO_LONG = {
    "en": "A statement has at most 1000 characters; this one has 1003.",
    "de": "Eine Erklärung hat höchstens 1000 Zeichen; diese hat 1003.",
}


@pytest.mark.parametrize("language", TOO_LONG)
@pytest.mark.parametrize("nominated", [False, True])
def test_a_statement_that_is_too_long_is_told_at_the_field(client, people, nominated, language):
    question = called(people.unit)
    one = people.factory[0]
    if nominated:
        nominate(question=question, member=one, by=people.street[0])
    log_in(client, one)
    where, do = ("answer-nomination", "accept") if nominated else ("nominate", "stand")
    said = "\r\n".join(["More print.", "x" * 991])
    sent = {"do": do, "statement": said}
    answer = client.post(at(where, question), sent, headers={"accept-language": language})
    assert answer.status_code == 422
    page = text_of(answer)
    assert f'id="statement-error"><li>{TOO_LONG[language]}</li>' in page
    assert 'aria-describedby="statement-error statement-help" aria-invalid="true"' in page
    assert "alert-danger" not in page
    assert "x" * 991 in page  # what was typed stays
    assert not question.nominations.filter(state="accepted").exists()
    sent["statement"] = said[:-3]  # the ends of lines count once, as the browser counts them
    assert client.post(at(where, question), sent).status_code == 302


def test_a_statement_of_who_declines_is_never_too_long(client, people):
    question = called(people.unit)
    nominate(question=question, member=people.factory[0], by=people.street[0])
    log_in(client, people.factory[0])
    sent = {"do": "decline", "statement": "x" * 1_001}
    assert client.post(at("answer-nomination", question), sent).status_code == 302


def test_others_find_no_such_page(client, people):
    question = called(people.town.factory_cell)
    motion = making.motion(people.unit)
    for member in (people.street[0], factories.member(cell=factories.town().factory_cell)):
        log_in(client, member)
        assert "Elections that look" not in text_of(client.get(reverse("home")))
        assert client.get(at("nominations", question)).status_code == 404
        assert client.post(at("nominate", question), {"do": "stand"}).status_code == 404
        assert client.post(at("answer-nomination", question), {}).status_code == 404
    log_in(client, people.factory[0])
    assert client.get(at("nominations", question)).status_code == 200
    assert client.post(at("answer-nomination", question), {}).status_code == 404  # not nominated
    assert client.get(at("nominations", motion)).status_code == 404


def test_a_number_that_no_key_can_be_is_not_found(client, people):
    log_in(client, people.factory[0])
    far = [10**22]
    assert client.get(reverse("nominations", args=far)).status_code == 404
    for view in ("nominate", "answer-nomination", "withdraw"):
        assert client.post(reverse(view, args=far), {"do": "stand"}).status_code == 404
    for view in ("question-result", "question-files"):
        assert client.get(reverse(view, args=far)).status_code == 404
    client.force_login(people.secretary)
    for view in ("branch", "import"):
        assert client.get(reverse(view, args=far)).status_code == 404


def test_after_the_last_day_the_page_only_shows_who_stands(client, people):
    question = called(people.unit)
    stands(question, people.factory[0], said="More print.")
    over(question)
    log_in(client, people.factory[0])
    page = text_of(client.get(at("nominations", question)))
    assert "nominations are over" in page
    assert "More print." in page
    assert "<button" not in page.split("</header>")[1]
    answer = client.post(at("answer-nomination", question), {"do": "decline"})
    assert "was the last day for nominations" in text_of(answer)
    late = {"do": "accept", "statement": "x" * 1_001}
    page = text_of(client.post(at("answer-nomination", question), late))
    assert "was the last day for nominations" in page
    assert "A statement has at most 1000 characters" in page
    assert "You stand." not in text_of(client.get(reverse("home")))


@pytest.mark.parametrize("calls", [1, 3])
def test_the_first_page_asks_as_much_for_one_election_as_for_three(client, people, calls):
    for _one in range(calls):
        stands(called(people.unit), people.factory[0])
        nominate(question=called(people.unit), member=people.factory[0], by=people.street[0])
    log_in(client, people.factory[0])
    client.get(reverse("home"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("home"))
    mine = [one["sql"] for one in asked if "elections_nomination" in one["sql"]]
    assert len(mine) == 2, "\n".join(mine)


@pytest.mark.parametrize("standing", [1, 3])
def test_the_page_asks_as_much_for_one_candidate_as_for_three(client, people, standing):
    question = called(people.unit)
    stands(question, *people.street[:standing])
    for member in people.factory[:standing]:
        if member != people.factory[0]:
            nominate(question=question, member=member, by=people.factory[0])
    log_in(client, people.factory[0])
    client.get(at("nominations", question))
    with CaptureQueriesContext(connection) as asked:
        client.get(at("nominations", question))
    assert len(asked) == 11, "\n".join(one["sql"] for one in asked)


def test_the_statement_stands_on_the_ballot_and_casting_asks_no_more(client, people):
    question = called(people.town.factory_cell)
    stands(question, *people.factory, said="<b>More</b> print.")
    close_nominations(question=question, on=TODAY)
    poll = making.opened(question, people.town.factory_cell, channels="online")
    log_in(client, people.factory[0])
    ballot = reverse("vote", args=[poll.code])
    page = text_of(client.get(ballot))
    assert page.count("&lt;b&gt;More&lt;/b&gt; print.") == 3
    assert page.count("<details") == 3


# The office --------------------------------------------------------------------------------------


@pytest.fixture
def office(client, people):
    client.force_login(people.secretary)
    return people


FORM = {"asked": "Election of the bureau", "seats": "3", "method": "block", "quorum": "0"}


def test_an_election_is_raised_with_a_call_and_closed_with_those_who_accepted(client, office):
    until = (TODAY + WEEK).isoformat()
    given = {**FORM, "candidates": "", "nominations_until": until, "on": TODAY.isoformat()}
    done(perform(client, office.unit, "elect-bureau", **given))
    question = Question.objects.get()
    page = page_of(client, question)
    assert "0 nominated, 0 accepted, 0 not answered yet." in page
    assert "Standing so far: 0, for 3 seats; 3 more must accept." in page
    assert "0 of factory cells stand so far; at least 2" in page
    stands(question, *office.factory)
    nominate(question=question, member=office.street[0], by=office.factory[0])
    entered = {"who": str(office.street[0].pk), "answer": "accepted", "statement": "In writing."}
    done(perform(client, question, "enter-nomination", **entered))
    entered = {"who": str(office.street[1].pk), "answer": "waiting"}
    done(perform(client, question, "enter-nomination", **entered))
    page = page_of(client, question)
    assert "5 nominated, 4 accepted, 1 not answered yet." in page
    assert "In writing." in page
    sent = {"reason": "All are known."}
    preview = client.post(address(question, "close-nominations"), sent).context_data["preview"]
    assert "is not over yet" in preview.unusual[0]
    assert preview.foretold[-1] == f"{office.street[1]} has not answered and does not stand."
    done(perform(client, question, "close-nominations"))
    page = page_of(client, question)
    assert "A lawful result is possible with those who stand." in page
    assert "4 stand for 3 seats." in page
    assert "The question is put to nobody yet." in page
    assert "no answer" in page
    done(perform(client, question, "call-for-nominations", until=until))  # once more


def test_a_second_election_of_the_bureau_under_way_needs_a_reason(client, office):
    until = (TODAY + WEEK).isoformat()
    given = {**FORM, "candidates": "", "nominations_until": until, "on": TODAY.isoformat()}
    sent = {**given, "reason": ""}
    done(perform(client, office.unit, "elect-bureau", **sent))
    preview = client.post(address(office.unit, "elect-bureau"), sent).context_data["preview"]
    assert ["is under way already" in one for one in preview.unusual] == [True]
    client.post(address(office.unit, "elect-bureau"), {**sent, "seen": preview.seen})
    first = Question.objects.get()  # and no second one
    generic = {**sent, "unit": office.unit.code, "fills": "bureau"}
    preview = client.post(address(Question, "raise-election"), generic).context_data["preview"]
    assert len(preview.unusual) == 1
    withdraw_question(question=first, because="Twice.", on=TODAY)
    done(perform(client, office.unit, "elect-bureau", **sent))
    assert Question.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"candidates": "", "nominations_until": ""}, "or call for nominations"),
        ({"candidates": "", "nominations_until": "2020-01-01"}, "This day has passed."),
    ],
)
def test_an_election_has_candidates_or_a_call(client, office, given, told):
    sent = {**FORM, **given, "on": TODAY.isoformat(), "reason": ""}
    answer = client.post(address(office.unit, "elect-bureau"), sent)
    assert told in text_of(answer)
    assert not Question.objects.exists()


def test_the_office_enters_only_whom_it_keeps_and_who_may_stand(client, office):
    question = called(office.unit)
    stranger = factories.member(cell=factories.town().factory_cell)
    sent = {"who": str(stranger.pk), "answer": "accepted", "reason": ""}
    answer = client.post(address(question, "enter-nomination"), sent)
    assert "you keep no member with this number" in text_of(answer)
    grant_role(user=office.secretary, role=SECRETARY, unit=stranger.registrations.get().unit)
    answer = client.post(address(question, "enter-nomination"), sent)
    assert refused(answer) == [f"A11: {stranger} is not at home in {office.unit} or below it."]


def test_the_acts_are_offered_where_they_make_sense(client, office):
    named = making.election(office.unit, office.factory, fills="bureau")
    page = page_of(client, named)
    assert reverse("admin:elections_question_act", args=[named.pk, "call-for-nominations"]) in page
    assert "close-nominations" not in page
    motion = making.motion(office.unit)
    assert "The way of this election" not in page_of(client, motion)
    for act in ("call-for-nominations", "close-nominations", "enter-nomination"):
        assert client.get(address(motion, act)).context_data["foreseen"]


@pytest.mark.parametrize("number", [1, 3])
def test_an_election_s_page_asks_as_much_for_one_nomination_as_for_three(client, office, number):
    question = called(office.unit)
    set_choices(question=question, choices=[])
    stands(question, *office.factory[:number])
    page_of(client, question)
    with CaptureQueriesContext(connection) as asked:
        page_of(client, question)
    assert len(asked) == 32, "\n".join(one["sql"] for one in asked)


def test_nominations_whose_last_day_has_passed_wait_to_be_closed(client, office):
    questions = [called(office.unit) for _one in range(2)]
    over(questions[0])
    waiting = {one.name: number for one, number in waiting_for(EVERYWHERE, TODAY)}
    assert waiting["nominations"] == 1
    listed = reverse("admin:elections_question_changelist")
    rows = client.get(listed, {"state": "nominations"}).context_data["cl"].result_list
    assert list(rows) == questions[:1]
    assert "has passed." in page_of(client, questions[0])


def test_whom_the_office_has_named_no_nomination_takes_off_the_list(client, office):
    question = called(office.unit)
    one = office.street[0]
    set_choices(question=question, choices=[Candidate(str(one), one)])
    nominate(question=question, member=one, by=office.factory[0])
    sent = {"reason": "All are known."}
    preview = client.post(address(question, "close-nominations"), sent).context_data["preview"]
    stays = f"{one} has not answered and stands as named by the office."
    assert list(preview.foretold) == [f"{one} stands.", stays]
    log_in(client, one)
    page = text_of(client.get(at("nominations", question)))
    assert "you stand unless you decline" in page
    assert "Nobody yet." not in page
    answer_nomination(nomination=question.nominations.get(), answer="declined")
    assert "Nobody yet." in text_of(client.get(at("nominations", question)))


def test_those_named_by_the_office_and_those_nominated_stand_together(client, office):
    given = {
        **FORM,
        "candidates": lines(*office.factory[:2]),
        "nominations_until": TODAY.isoformat(),
        "on": TODAY.isoformat(),
    }
    done(perform(client, office.unit, "elect-bureau", **given))
    question = Question.objects.get()
    log_in(client, office.street[0])
    assert "Example" in text_of(client.get(at("nominations", question)))
    stands(question, office.street[0])
    close_nominations(question=question, on=TODAY)
    assert [one.number for one in question.choices.all()] == [1, 2, 3]


# The announcement --------------------------------------------------------------------------------


@pytest.mark.parametrize("bureaus", [1, 3])
def test_the_first_page_tells_who_leads_the_units_above(client, people, bureaus):
    units = (people.town.factory_cell, people.unit, people.town.area)
    for unit in units[:bureaus]:
        members = [factories.member(cell=people.town.factory_cell) for _one in range(3)]
        making_bureau(unit, members, on=TODAY - WEEK)
    making_bureau(people.town.street_cell, people.street, on=TODAY - WEEK)  # not above
    log_in(client, people.factory[0])
    client.get(reverse("home"))
    with CaptureQueriesContext(connection) as asked:
        page = text_of(client.get(reverse("home")))
    told = page.split("Who leads, and how to reach them")[1]
    assert told.count("elected by") == bureaus
    assert people.town.factory_cell.name in told
    assert people.town.street_cell.name not in told
    mine = [one for one in asked if "elections_bureau" in one["sql"]]
    assert len(mine) == 2
    log_in(client, factories.member(cell=factories.town().factory_cell))
    assert "Nobody leads it" in text_of(client.get(reverse("home")))
