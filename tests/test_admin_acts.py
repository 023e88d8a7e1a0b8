"""The acts as pages: what each does, what it refuses and why, and what the history keeps."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from audit import log
from audit.models import Entry
from districts import acts as frame
from districts.kinds import Kind
from districts.models import HeldRole, Unit
from districts.roles import AUDITOR, SECRETARY, grant_role, roles_of
from members.employments import start_employment
from members.membership import end_membership
from members.models import Member, Registration
from members.registrations import register_member
from tests import factories

pytestmark = pytest.mark.django_db

DAY = "2024-03-01"
ON = date(2024, 3, 1)


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def secretary(town, client):
    """The secretary of the district, logged in with `client`."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller", given_name="Jürgen")


def address(row, act):
    if isinstance(row, type):
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_list_act"
        return reverse(name, args=[act])
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_act", args=[row.pk, act])


def perform(client, row, act, **given):
    """The answer to an act that was filled in, looked at and confirmed."""
    sent = {"on": DAY, "reason": "Because.", **given}
    answer = client.post(address(row, act), sent)
    preview = (answer.context_data or {}).get("preview") if answer.status_code == 200 else None
    return client.post(address(row, act), {**sent, "seen": preview.seen}) if preview else answer


def done(answer):
    """The row that an act that was done leads to."""
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def refused(answer):
    """What stood in the way of an act that was refused."""
    assert answer.status_code == 200
    return [str(blocker) for blocker in answer.context_data["act"].refused]


def history(row):
    about = {"member": row.pk} if isinstance(row, Member) else {"unit": row.pk}
    told = Entry.objects.filter(**about).exclude(sentence="").order_by("pk")
    return list(dict.fromkeys(f"{entry.sentence} Reason: {entry.reason}" for entry in told))


def homes(person):
    found = person.registrations.filter(kind="home").order_by("since")
    return [(row.unit, row.since, row.until) for row in found]


# Units ----------------------------------------------------------------------------------------


def test_found_a_cell_below_the_district(client, town, secretary):
    given = {"kind": Kind.STREET_CELL, "code": "NEW", "title_of_unit": "New cell"}
    answer = perform(client, town.district, "found", **given)
    new = Unit.objects.get(code="NEW")
    assert (new.parent, new.founded, new.name) == (town.district, ON, "New cell")
    assert done(answer) == reverse("admin:districts_unit_change", args=[new.pk])
    said = "New cell (NEW) was founded on 2024-03-01. Reason: Because."
    assert history(new) == [said]


def test_founding_offers_the_kinds_that_may_stand_there(client, town, secretary):
    form = client.get(address(town.district, "found")).context_data["act"]
    kinds = {kind for kind, _label in form.fields["kind"].choices}
    assert kinds == {Kind.FACTORY_CELL, Kind.STREET_CELL, Kind.JOINT_CELL}


def test_a_code_in_use_is_refused_and_what_was_typed_is_kept(client, town, secretary):
    given = {"kind": Kind.STREET_CELL, "code": town.street_cell.code, "title_of_unit": "Twice"}
    answer = perform(client, town.district, "found", **given)
    assert len(refused(answer)) == 1
    content = answer.content.decode()
    assert "This was not done:" in content
    assert 'value="Twice"' in content
    assert "Because." in content


def test_founding_below_a_cell_is_refused_with_its_article(client, town, secretary):
    given = {"kind": Kind.STREET_CELL, "code": "NEW", "title_of_unit": "New"}
    (blocker,) = refused(perform(client, town.street_cell, "found", **given))
    assert blocker.startswith("A9: ")


def test_a_town_is_founded_by_the_administrator(client):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    given = {"kind": Kind.TOWN, "code": "T", "title_of_unit": "Town"}
    done(perform(client, Unit, "found-root", **given))
    assert Unit.objects.get(code="T").parent is None


def test_rename(client, town, secretary):
    done(perform(client, town.street_cell, "rename", title_of_unit="Other"))
    assert Unit.objects.get(pk=town.street_cell.pk).name == "Other"
    (said,) = history(town.street_cell)
    assert "is called “Other”, as decided on 2024-03-01." in said


def test_move_between_one_s_own_districts(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.area)
    client.force_login(account)
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    done(perform(client, town.street_cell, "move", to=sister.code))
    assert Unit.objects.get(pk=town.street_cell.pk).parent == sister
    assert len(history(town.street_cell)) == 1


def test_a_move_to_the_wrong_place_is_refused_with_its_article(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.town)
    client.force_login(account)
    (blocker,) = refused(perform(client, town.street_cell, "move", to=town.area.code))
    assert blocker.startswith("A9: ")


def test_dissolve(client, town, secretary):
    done(perform(client, town.street_cell, "dissolve"))
    assert Unit.objects.get(pk=town.street_cell.pk).dissolved == ON


def test_dissolving_a_cell_with_members_is_foreseen_and_refused_with_its_article(
    client, town, secretary, person
):
    page = client.get(address(town.factory_cell, "dissolve")).content.decode()
    assert "As things stand today, this will be refused:" in page
    (blocker,) = refused(perform(client, town.factory_cell, "dissolve"))
    assert blocker.startswith("A1: ")
    assert Unit.objects.get(pk=town.factory_cell.pk).dissolved is None
    assert history(town.factory_cell) == []


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("dissolve", {}),
        ("move", {"to": "district"}),
    ],
)
def test_what_the_unit_above_decides_is_not_done_from_below(client, town, act, given):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    given = {name: getattr(town, unit).code for name, unit in given.items()}
    for blocker in refused(perform(client, town.district, act, **given)):
        assert blocker.startswith("A9: This is for whoever keeps the register of the unit above")
    assert Unit.objects.get(pk=town.district.pk).dissolved is None


def test_merge_moves_everybody_and_keeps_it_in_their_history(client, town, secretary, person):
    into = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
    works = factories.workplace(cell=town.factory_cell)
    answer = perform(client, town.factory_cell, "merge", into=into.code)
    assert done(answer) == reverse("admin:districts_unit_change", args=[into.pk])
    works.refresh_from_db()
    assert works.cell == into
    assert homes(person)[-1] == (into, ON, None)
    assert history(person) == history(into) == history(town.factory_cell)
    assert "was merged into" in history(person)[0]


def test_merging_into_a_cell_of_another_district_is_not_offered(client, town, secretary):
    foreign = factories.town().factory_cell
    answer = perform(client, town.factory_cell, "merge", into=foreign.code)
    assert "Nothing that you may choose here" in answer.content.decode()


def test_split_moves_those_who_were_chosen(client, town, secretary, person):
    stays = factories.member(cell=town.factory_cell)
    given = {"code": "NEW", "title_of_unit": "Second", "members": [person.pk]}
    answer = perform(client, town.factory_cell, "split", **given)
    new = Unit.objects.get(code="NEW")
    assert done(answer) == reverse("admin:districts_unit_change", args=[new.pk])
    assert homes(person)[-1][0] == new
    assert homes(stays)[-1][0] == town.factory_cell
    assert len(history(person)) == 1
    assert history(stays) == []


def test_nobody_from_elsewhere_can_be_chosen_for_a_split(client, town, secretary, person):
    guest = factories.member(cell=town.street_cell)
    given = {"code": "NEW", "title_of_unit": "Second", "members": [guest.pk]}
    answer = perform(client, town.factory_cell, "split", **given)
    assert answer.context_data["act"].errors["members"]
    assert not Unit.objects.filter(code="NEW").exists()


# Members --------------------------------------------------------------------------------------


def test_admit(client, town, secretary):
    locality = factories.locality()  # nobody's: people live outside their cell's ground too
    given = {
        "family_name": "Šnajder",
        "given_name": "Eva",
        "born": "1990-05-01",
        "email": "eva@example.org",
        "locality": locality.code,
        "cell": town.street_cell.code,
    }
    answer = perform(client, Member, "admit", **given)
    member = Member.objects.get(family_name="Šnajder")
    assert done(answer) == reverse("admin:members_member_change", args=[member.pk])
    assert (member.joined, member.locality, member.born) == (ON, locality, date(1990, 5, 1))
    assert homes(member) == [(town.street_cell, ON, None)]
    assert len(history(member)) == 1


def test_admit_on_the_page_of_a_cell(client, town, secretary):
    done(perform(client, town.street_cell, "admit", family_name="Novak"))
    assert homes(Member.objects.get(family_name="Novak")) == [(town.street_cell, ON, None)]


def test_a_namesake_is_asked_back_about_and_admitted_for_a_reason(client, town, secretary):
    given = {"family_name": "Novak", "born": "1990-05-01", "cell": town.street_cell.code}
    done(perform(client, Member, "admit", **given))
    answer = perform(client, Member, "admit", **given, reason="")
    assert "born on the same day" in answer.content.decode()
    assert Member.objects.filter(family_name="Novak").count() == 1
    done(perform(client, Member, "admit", **given, reason="Twins."))
    assert Member.objects.filter(family_name="Novak").count() == 2


def test_admitting_to_a_district_is_no_choice(client, town, secretary):
    answer = perform(client, Member, "admit", family_name="X", cell=town.district.code)
    assert answer.context_data["act"].errors["cell"]


def test_change_the_cell(client, town, secretary, person):
    answer = perform(client, person, "change-cell", to=town.street_cell.code, kind="home")
    assert done(answer) == reverse("admin:members_member_change", args=[person.pk])
    assert homes(person) == [
        (town.factory_cell, factories.JOINED, ON),
        (town.street_cell, ON, None),
    ]
    assert history(person) == [
        f"Registered with {town.street_cell} from 2024-03-01. Reason: Because."
    ]
    page = client.get(reverse("admin:members_member_history", args=[person.pk]))
    assert "Because." in page.content.decode()


@pytest.mark.parametrize(
    ("to", "on", "article"),
    [
        ("district", DAY, "A1: "),
        ("factory_cell", DAY, ""),
        ("street_cell", "2019-01-01", "A1: "),
    ],
)
def test_a_cell_that_cannot_be_is_refused(client, town, secretary, person, to, on, article):
    to = getattr(town, to).code
    blockers = refused(perform(client, person, "change-cell", to=to, kind="home", on=on))
    assert any(blocker.startswith(article) for blocker in blockers)
    assert len(homes(person)) == 1
    assert history(person) == []


def test_the_home_registration_is_its_own_district_s(client, town, secretary):
    other = factories.town()
    guest = factories.member(cell=other.factory_cell)
    register_member(member=guest, unit=town.street_cell, since=factories.JOINED, kind="residence")
    for act, given in (
        ("change-cell", {"to": town.factory_cell.code, "kind": "home"}),
        ("end-membership", {"why": "resigned"}),
    ):
        (blocker,) = refused(perform(client, guest, act, **given))
        assert blocker.startswith("A4: ")
    assert homes(guest) == [(other.factory_cell, factories.JOINED, None)]
    done(perform(client, guest, "change-cell", to=town.district.code, kind="residence"))
    done(perform(client, guest, "end-registration", on="2024-05-01"))


def test_register_as_a_resident(client, town, secretary, person):
    given = {"unit": town.street_cell.code, "kind": "residence"}
    done(perform(client, person, "register", **given))
    assert person.registrations.get(kind="residence").unit == town.street_cell
    (blocker,) = refused(perform(client, person, "register", **given))
    assert blocker.startswith("A4: ")


def test_a_job_begins_and_ends(client, town, secretary, person):
    works = factories.workplace()
    done(perform(client, person, "start-employment", workplace=works.code))
    job = person.employments.get()
    assert (job.workplace, job.since) == (works, ON)
    page = client.get(address(person, "end-employment"))
    assert page.context_data["act"].fields["employment"].initial == job
    done(perform(client, person, "end-employment", employment=job.pk, on="2024-04-01"))
    job.refresh_from_db()
    assert job.until == date(2024, 4, 1)
    assert len(history(person)) == 2


def test_a_job_of_somebody_else_cannot_be_ended(client, town, secretary, person):
    other = factories.member(cell=factories.town().street_cell)
    works = factories.workplace()
    job = start_employment(member=other, workplace=works, since=factories.JOINED)
    answer = perform(client, person, "end-employment", employment=job.pk)
    assert answer.context_data["act"].errors["employment"]


def test_move_house(client, town, secretary, person):
    locality = factories.locality()
    done(perform(client, person, "move-house", address="Dorfstr. 1", locality=locality.code))
    person.refresh_from_db()
    assert (person.address, person.locality) == ("Dorfstr. 1", locality)


def test_leave_and_come_back(client, town, secretary, person):
    done(perform(client, person, "end-membership", why="resigned"))
    person.refresh_from_db()
    assert (person.left, person.left_reason) == (ON, "resigned")
    given = {"cell": town.street_cell.code, "on": "2024-09-01"}
    done(perform(client, person, "readmit", **given))
    person.refresh_from_db()
    assert (person.left, person.joined) == (None, date(2024, 9, 1))
    assert [len(said) > 0 for said in history(person)] == [True, True]


def test_the_page_offers_what_can_be_done_now(client, town, secretary, person):
    def offered():
        page = client.get(reverse("admin:members_member_change", args=[person.pk]))
        return {link.url.rstrip("/").rsplit("/", 1)[-1] for link in page.context_data["acts"]}

    now = {"change-cell", "register", "start-employment", "move-house", "end-membership"}
    now |= {"merge", "ask-transfer", "ask-exit", "invite-to-portal", "invite-by-letter"}
    assert offered() == now
    end_membership(member=person, on=ON, reason="died")
    assert offered() == {"readmit", "merge", "ask-readmission"}


# Several at once ------------------------------------------------------------------------------


def several(client, people, **given):
    """The answer to an act on several that was filled in, looked at and confirmed."""
    data = {"action": "change-cell", "_selected_action": [person.pk for person in people]}
    sent = data | given | ({"perform": "1"} if "to" in given else {})
    address = reverse("admin:members_member_changelist")
    answer = client.post(address, sent)
    preview = (answer.context_data or {}).get("preview") if answer.status_code == 200 else None
    return client.post(address, {**sent, "seen": preview.seen}) if preview else answer


def test_several_members_change_the_cell_and_each_has_a_result(client, town, secretary, person):
    there = factories.member(cell=town.street_cell)
    other = factories.member(cell=town.factory_cell)
    people = [person, there, other]
    first = several(client, people, index="0")
    assert set(first.context_data["chosen"]) == set(people)
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    answer = several(client, people, **given)
    results = {result.row: result for result in answer.context_data["results"]}
    assert [len(results[row].blockers) for row in people] == [0, 1, 0]
    assert answer.context_data["chosen"] == [there]
    assert homes(person)[-1] == homes(other)[-1] == (town.street_cell, ON, None)
    assert len(history(person)) == 1
    assert history(there) == []
    assert f"{there} " in answer.content.decode()


def test_when_all_is_done_the_list_says_so(client, town, secretary, person):
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    answer = several(client, [person], **given)
    assert answer.status_code == 302
    said = client.get(answer["Location"]).content.decode()
    assert f"{person}: Registered with {town.street_cell} from 2024-03-01." in said


def test_nobody_outside_the_ground_is_among_those_chosen(client, town, secretary, person):
    foreign = factories.member(cell=factories.town().street_cell)
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    several(client, [person, foreign], **given)
    assert len(homes(foreign)) == 1


def test_who_may_only_look_is_offered_nothing_to_do_with_several(client, town, person):
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.district)
    client.force_login(auditor)
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    several(client, [person], **given)
    assert len(homes(person)) == 1


# Roles ----------------------------------------------------------------------------------------


def test_the_administrator_gives_and_takes_roles(client, town):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    account = factories.account()
    done(perform(client, account, "grant-role", role="secretary", unit=town.district.code))
    assert roles_of(user=account) == [(SECRETARY, town.district)]
    assert f"secretary: {town.district} from 2024-03-01" in history(town.district)[0]
    held = HeldRole.objects.get(account=account)
    done(perform(client, held, "revoke-role", on="2024-04-01"))
    assert roles_of(user=account) == []
    account.refresh_from_db()
    assert not account.is_staff


# Whatever is sent -----------------------------------------------------------------------------

GARBAGE = ["", " ", "\0", "%", "'; --", "9" * 50, "🙂", "x" * 3000, "(", ")(", "(1)"]
WORST = ("\0", "9" * 50, "(1)")


@pytest.mark.parametrize("garbage", GARBAGE)
def test_no_act_breaks_on_what_nobody_would_type(client, town, secretary, person, garbage):
    works = factories.workplace()
    start_employment(member=person, workplace=works, since=factories.JOINED)
    register_member(member=person, unit=town.street_cell, since=ON, kind="residence")
    for row, declared in ((person, Member), (town.factory_cell, Unit)):
        for name, act in frame.acts_on(declared).items():
            given = dict.fromkeys(act.base_fields, garbage)
            if name == "erase-member":  # the administrator's alone
                assert client.post(address(row, name), given).status_code == 403
                continue
            # One that asks for nothing is done whatever is typed.
            answers = (200,) if act.looked_at else (200, 302)
            assert client.post(address(row, name), given).status_code in answers, name
            # What fills a form beforehand is read as what is sent: the worst of it is enough.
            if garbage in WORST:
                assert client.get(address(row, name), given).status_code == 200, name
    assert client.post(address(Member, "admit"), {"family_name": garbage}).status_code == 200
    assert Registration.objects.count() == 2


def test_a_clash_with_somebody_else_s_change_is_told_and_nothing_is_kept(
    client, town, secretary, person, monkeypatch
):
    def clash(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(log, "_write", clash)
    answer = perform(client, person, "change-cell", to=town.street_cell.code, kind="home")
    (blocker,) = refused(answer)
    assert "at the same moment" in blocker
    assert len(homes(person)) == 1


def test_an_act_needs_the_token_of_its_form(town, person):
    from django.test import Client

    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account)
    answer = perform(strict, person, "change-cell", to=town.street_cell.code, kind="home")
    assert answer.status_code == 403
    assert "The form was too old" in answer.content.decode()


def test_the_day_is_today_until_another_is_chosen(client, town, secretary, person):
    page = client.get(address(person, "change-cell")).content.decode()
    assert f'value="{timezone.localdate().isoformat()}"' in page


def test_two_acts_of_one_name_on_one_table_are_a_mistake_of_ours():
    class Twice(frame.Act):
        name = "rename"

    with pytest.raises(ValueError, match="Unit has two acts named 'rename'"):
        frame.act_on(Unit)(Twice)
