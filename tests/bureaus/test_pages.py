"""The pages of bureaus: what they show, what each act does, and how many queries it costs."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.roles import SECRETARY, grant_role
from elections.bureaus.sitting import leave_seat, sitting_bureau
from elections.bureaus.succession import elected_by
from elections.models import Bureau, Question
from members.registrations import change_cell
from tests import factories
from tests.admin_acts.performing import address, done, perform
from tests.bureaus import making
from tests.bureaus.test_electing import STREET_FIRST, held

TODAY = timezone.localdate()

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    """A district with its secretary logged in, and eight people of its cells."""
    town = factories.town()
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    street = making.members_of(town.street_cell, 4)
    factory = making.members_of(town.factory_cell, 4)
    return SimpleNamespace(
        town=town, unit=town.district, street=street, factory=factory, account=account
    )


def lines(*members) -> str:
    return "\n".join(str(member.pk) for member in members)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def page_of(client, row) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return text_of(client.get(reverse(name, args=[row.pk])))


def test_who_leads_is_entered_from_the_unit_s_page(client, office):
    page = page_of(client, office.unit)
    assert "Nobody, as far as the register knows." in page
    given = {"mandate": "general", "places": lines(*office.factory[:3], *office.street[:2])}
    done(perform(client, office.unit, "constitute", **given))
    bureau = sitting_bureau(office.unit)
    assert bureau.seats.count() == 5
    assert bureau.seats.get(portfolio="chair").member == office.factory[0]
    page = page_of(client, office.unit)
    assert "5 of 5 seats are held. 3 members are of factory cells." in page
    assert "Elected by the general meeting of all members" in page


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ("Somebody Else", "is no member"),
        ("999999", "you keep no member with this number"),
        ("", "This field is required"),
    ],
)
def test_who_is_no_member_leads_nobody(client, office, places, told):
    answer = client.post(
        address(office.unit, "constitute"),
        {"mandate": "general", "places": places, "on": TODAY, "reason": ""},
    )
    assert told in text_of(answer)
    assert not Bureau.objects.exists()


def test_an_unlawful_bureau_is_refused_on_the_page_with_the_articles(client, office):
    given = {"mandate": "general", "places": lines(*office.factory[:2], *office.street[:3])}
    answer = client.post(address(office.unit, "constitute"), {**given, "on": TODAY, "reason": ""})
    assert "2 of 5 are of factory cells; at least 3 must be." in text_of(answer)
    assert [one.article for one in answer.context_data["act"].refused] == ["A13"]


@pytest.fixture
def elected(client, office):
    """The district's bureau, elected and constituted by the pages."""
    stand = lines(*office.street, *office.factory)
    given = {
        "unit": office.unit.code,
        "fills": "bureau",
        "asked": "Election of the bureau",
        "seats": "5",
        "method": "block",
        "candidates": stand,
        "quorum": "0",
    }
    done(perform(client, Question, "raise-election", **given))
    question = Question.objects.get()
    assert question.compositions.get().at_least == 3
    held(question, STREET_FIRST)
    chair = office.factory[0]
    done(perform(client, question, "constitute-elected", **{f"work-{chair.pk}": "chair"}))
    office.bureau, office.question = sitting_bureau(office.unit), question
    Bureau.objects.update(since=TODAY - timedelta(days=10))
    office.bureau.seats.update(since=TODAY - timedelta(days=10))
    return office


def test_an_election_leads_to_the_bureau_by_the_pages_alone(client, elected):
    page = page_of(client, elected.bureau)
    assert "5 of 5 seats are held. 3 members are of factory cells." in page
    assert "Election of the bureau" in page
    shown = page_of(client, elected.question)
    assert "Constitute from the result" not in shown


def test_before_a_transfer_the_page_tells_what_the_bureau_loses(client, elected):
    worker = elected.factory[0]
    sent = {"kind": "home", "to": elected.town.street_cell.code, "on": TODAY, "reason": "Asked."}
    answer = client.post(address(worker, "change-cell"), sent)
    caused = answer.context_data["preview"].consequences.caused
    assert "factory-majority" in {one.finding.rule for one in caused}
    assert "hold a by-election" in text_of(answer)
    assert elected.bureau.seats.filter(until=None).count() == 5  # nobody is unseated unasked


def test_a_seat_is_given_up_and_falls_to_the_next_who_keeps_the_majority(client, elected):
    seat = elected.bureau.seats.get(member=elected.factory[2])
    sent = {"seat": seat.pk, "ending": "resigned", "on": TODAY, "reason": ""}
    answer = client.post(address(elected.bureau, "leave-seat"), sent)
    told = answer.context_data["preview"]
    assert list(told.foretold) == [f"Next in turn for the seat: {elected.factory[3]}."]
    assert "factory-majority" in {one.finding.rule for one in told.consequences.caused}
    done(client.post(address(elected.bureau, "leave-seat"), {**sent, "seen": told.seen}))
    page = page_of(client, elected.bureau)
    assert "4 of 5 seats are held. 2 members are of factory cells." in page
    assert "Next in turn of the election" in page
    form = client.get(address(elected.bureau, "take-seat"))
    assert str(elected.factory[3].pk) in text_of(form)
    given = {"who": str(elected.factory[3].pk), "portfolio": "treasurer"}
    done(perform(client, elected.bureau, "take-seat", **given, on=TODAY))
    assert "5 of 5 seats are held. 3 members are of factory cells." in page_of(
        client, elected.bureau
    )


def test_who_is_passed_over_is_asked_back(client, elected):
    neighbour = elected.bureau.seats.get(member=elected.street[0])
    leave_seat(seat=neighbour, on=TODAY, ending="resigned")
    sent = {"who": str(elected.factory[3].pk), "portfolio": "", "on": TODAY, "reason": ""}
    answer = client.post(address(elected.bureau, "take-seat"), sent)
    (told,) = answer.context_data["preview"].unusual
    assert told == f"{elected.street[2]} comes before {elected.factory[3]}."


def test_who_declined_the_seat_is_told_and_seated_for_a_reason_alone(client, elected):
    one = elected.bureau.seats.get(member=elected.street[0])
    one.delete()  # as if declined at the constitution
    form = client.get(address(elected.bureau, "take-seat"))
    assert ("Declined at the constitution", str(one.member)) in [
        (str(name), value) for name, value in form.context_data["act"].facts()
    ]
    assert str(form.context_data["act"].fields["who"].initial) == str(elected.street[2].pk)
    sent = {"who": str(one.member_id), "portfolio": "", "on": TODAY, "reason": ""}
    answer = client.post(address(elected.bureau, "take-seat"), sent)
    (told,) = answer.context_data["preview"].unusual
    assert told == f"{one.member} declined a seat at the constitution."


def test_who_declined_is_looked_up_once_for_the_form(client, elected, monkeypatch):
    leave_seat(seat=elected.bureau.seats.get(member=elected.street[0]), on=TODAY, ending="resigned")
    asked = []

    def counted(question):
        asked.append(question)
        return elected_by(question)

    monkeypatch.setattr("elections.bureaus.succession.elected_by", counted)
    assert client.get(address(elected.bureau, "take-seat")).status_code == 200
    assert len(asked) == 1


def test_work_is_shared_out_and_two_change_places(client, elected):
    first, second = elected.bureau.seats.order_by("pk")[:2]
    every = {f"seat-{seat.pk}": "" for seat in elected.bureau.seats.all()}
    given = {**every, f"seat-{first.pk}": "chair", f"seat-{second.pk}": "secretary"}
    done(client.post(address(elected.bureau, "share-out"), {**given, "reason": ""}))
    swapped = {**every, f"seat-{first.pk}": "secretary", f"seat-{second.pk}": "chair"}
    done(client.post(address(elected.bureau, "share-out"), {**swapped, "reason": ""}))
    second.refresh_from_db()
    assert second.portfolio == "chair"
    both = {**every, f"seat-{first.pk}": "chair", f"seat-{second.pk}": "chair"}
    answer = client.post(address(elected.bureau, "share-out"), {**both, "reason": ""})
    assert [one.article for one in answer.context_data["act"].refused] == ["A8"]


def test_the_organisation_s_own_portfolios_are_offered(client, elected, settings):
    settings.PORTFOLIOS = ["the youth"]
    assert "the youth" in text_of(client.get(address(elected.bureau, "share-out")))


def test_a_bureau_is_ended(client, elected):
    done(perform(client, elected.bureau, "end-bureau", ending="recalled", on=TODAY))
    page = page_of(client, elected.bureau)
    assert "This bureau leads no more." in page
    assert "Fill a seat" not in page
    assert "Nobody, as far as the register knows." in page_of(client, elected.unit)


def test_the_settled_composition_follows_who_moves(client, office):
    question = making_election(client, office)
    change_cell(member=office.factory[0], to=office.town.street_cell, on=TODAY)
    done(perform(client, question, "settle-composition"))
    assert question.compositions.get().choices.count() == 3


def making_election(client, office):
    given = {
        "unit": office.unit.code,
        "fills": "bureau",
        "asked": "Election of the bureau",
        "seats": "5",
        "method": "block",
        "candidates": lines(*office.street, *office.factory),
        "quorum": "0",
    }
    done(perform(client, Question, "raise-election", **given))
    return Question.objects.get()


def test_the_forms_take_nobody_who_may_not_stand(client, office):
    making.bureau(office.unit, [*office.factory[:3], office.street[0]], on=making.ON, size=5)
    sitter, other = office.factory[0], office.factory[3]
    given = {
        "unit": office.unit.code,
        "fills": "free-seats",
        "asked": "By-election to the bureau",
        "seats": "1",
        "method": "block",
        "quorum": "0",
        "on": TODAY,
        "reason": "",
    }
    sent = {**given, "candidates": f"{lines(sitter, other)}\nSomebody Else"}
    answer = client.post(address(Question, "raise-election"), sent)
    told = [
        "Somebody Else stands without a member's number: only members lead a unit.",
        f"{sitter} sits on the bureau already.",
    ]
    assert answer.context_data["act"].errors == {"candidates": told}
    assert not Question.objects.exists()
    done(perform(client, Question, "raise-election", **given, candidates=lines(other)))
    question = Question.objects.get()
    sent = {"candidates": lines(other, sitter), "reason": ""}
    answer = client.post(address(question, "change-candidates"), sent)
    assert answer.context_data["act"].errors == {"candidates": told[1:]}
    assert question.choices.get().member == other


def test_the_forms_take_no_number_of_seats_that_is_unlawful(client, office):
    given = {"asked": "Election", "method": "block", "quorum": "0", "on": TODAY, "reason": ""}
    given["candidates"] = lines(*office.street, *office.factory)
    answer = client.post(address(office.unit, "elect-bureau"), {**given, "seats": "7"})
    told = ["A11: 7 seats are too many; there are at most 5."]
    assert answer.context_data["act"].errors == {"seats": told}
    done(perform(client, office.unit, "elect-bureau", **given, seats="5"))
    question = Question.objects.get()
    answer = client.post(address(question, "change-election"), {**given, "seats": "2"})
    told = ["A11: 2 seats are held; at least 3 must be."]
    assert answer.context_data["act"].errors == {"seats": told}
    making.bureau(office.unit, [*office.factory[:3], *office.street[:2]], on=making.ON)
    sent = {**given, "unit": office.unit.code, "fills": "free-seats", "seats": "1"}
    sent["candidates"] = lines(office.factory[3])
    answer = client.post(address(Question, "raise-election"), sent)
    assert answer.context_data["act"].errors == {"seats": ["A11: 0 seats are free, not 1."]}


@pytest.mark.parametrize("bureaus", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    client, office, bureaus, django_assert_num_queries
):
    for _one in range(bureaus):
        cell = factories.unit("street_cell", office.unit)
        making.bureau(cell, making.members_of(cell, 3))
    client.get(reverse("admin:elections_bureau_changelist"))
    with django_assert_num_queries(7):
        page = client.get(reverse("admin:elections_bureau_changelist"))
    assert len(page.context_data["cl"].result_list) == bureaus
