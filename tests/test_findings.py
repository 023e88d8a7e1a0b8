"""The findings: their report, the figure beside units, the survey, the file, the rules' pages."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.models import Entry
from audit.rulebook import ARTICLES, findings, numbers_of, rule_named, rules
from districts import surveys
from districts.acts import acts_on
from districts.findings import COLUMNS, NotCounted, csv_lines, finding_counts, report, told
from districts.kinds import Kind
from districts.models import KeptFinding, Locality, Survey, Unit, Workplace
from districts.roles import AUDITOR, SECRETARY, grant_role
from elections.models import Bureau
from members.employments import end_employment, start_employment
from members.membership import end_membership
from members.models import Member, Registration
from members.registrations import change_cell, end_registration
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
REPORT, FILE = "/admin/findings/", "/admin/findings/csv/"


@pytest.fixture
def town():
    return factories.town()


def log_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


@pytest.fixture
def secretary(town, client):
    """The secretary of the district, logged in with `client`."""
    return log_in(client, SECRETARY, town.district)


@pytest.fixture
def administrator(client):
    account = factories.account(is_staff=True, is_superuser=True)
    client.force_login(account)
    return account


@pytest.fixture
def large(monkeypatch):
    """Every ground is too large to be looked through while a page waits, and nobody begins to."""
    monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
    monkeypatch.setattr(surveys, "Thread", NoThread)
    NoThread.started = 0


class NoThread:
    """A thread that is only counted."""

    started = 0

    def __init__(self, **_options):
        pass

    def start(self):
        NoThread.started += 1

    def join(self, _seconds):
        pass


def homeless(cell, **fields):
    """A member of `cell` whose home registration ended: a finding of the cell."""
    person = factories.member(cell=cell, **fields)
    end_registration(registration=person.registrations.get(), on=DAY)
    return person


def misplaced(unit):
    """A member whose home registration is with a unit that is no cell: a finding of the unit."""
    person = factories.member(cell=Unit.objects.cells().order_by("pk").first())
    person.registrations.update(unit=unit)
    return person


def subjects(found):
    return [finding.subject for finding in found]


def listed(answer):
    return [one.finding.subject for one in answer.context_data["findings"]]


# The rulebook ---------------------------------------------------------------------------------


class TestRulebook:
    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
    def test_every_rule_is_explained_in_a_few_sentences(self, rule):
        sentences = [part for part in str(rule.explanation).split(". ") if part]
        assert 2 <= len(sentences) <= 4
        assert str(rule.explanation).endswith(".")
        assert str(rule.explanation) != str(rule.remedy)

    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
    def test_what_mends_a_breach_is_an_act(self, rule):
        subjects = (Unit, Member, Locality, Workplace, Bureau)
        known = {name for subject in subjects for name in acts_on(subject)}
        # The day of founding is set by an import alone.
        assert rule.mend in known or rule.name == "unit-above-older"

    def test_the_numbers_of_an_article_are_those_in_force(self, settings):
        assert [number for _title, number in numbers_of("A8")] == [3, 5, 1]
        settings.STATUTES = {"bureau_most": 7}
        assert [number for _title, number in numbers_of("A8")] == [3, 7, 1]
        assert numbers_of("A1") == []


# What the rules know of the answer --------------------------------------------------------------


class TestAnswers:
    def given(self, ground=EVERYWHERE):
        found = findings(ground, timezone.localdate())
        (finding,) = (one for one in found if one.subject.startswith("member"))
        return finding.given

    def test_the_cell_of_the_workplace(self, town):
        person = homeless(town.street_cell)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        assert self.given() == {"kind": "home", "unit": town.factory_cell.code}

    def test_the_cell_of_the_last_workplace_for_who_is_out_of_work(self, town):
        locality = factories.locality(street_cell=town.street_cell)
        person = homeless(town.street_cell, locality=locality)
        job = start_employment(
            member=person, workplace=factories.workplace(cell=town.factory_cell), since=DAY
        )
        end_employment(employment=job, on=date(2024, 5, 1))
        assert self.given()["unit"] == town.factory_cell.code

    def test_the_street_cell_for_who_never_worked(self, town):
        homeless(town.factory_cell, locality=factories.locality(street_cell=town.street_cell))
        assert self.given()["unit"] == town.street_cell.code

    def test_nothing_where_the_register_does_not_know(self, town):
        person = homeless(town.street_cell, locality=factories.locality())
        assert self.given() == {"kind": "home"}
        start_employment(member=person, workplace=factories.workplace(), since=DAY)
        assert self.given() == {"kind": "home"}

    def test_no_cell_that_is_dissolved(self, town):
        homeless(town.factory_cell, locality=factories.locality(street_cell=town.street_cell))
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=DAY)
        assert self.given() == {"kind": "home"}

    def test_a_home_with_a_district_is_changed_to_the_cell(self, town):
        person = misplaced(town.district)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        assert self.given() == {"kind": "home", "to": town.factory_cell.code}

    def test_who_left_is_registered_no_more_from_that_day(self, town):
        person = factories.member(cell=town.street_cell)
        end_membership(member=person, on=DAY, reason="resigned")
        person.registrations.update(until=None)
        assert self.given() == {"on": "2024-01-01"}

    def test_the_answers_go_out_into_no_list(self, town):
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        assert "given" not in COLUMNS
        (line,) = list(csv_lines(findings(EVERYWHERE, timezone.localdate())))[1:]
        assert town.street_cell.code in line  # as the unit that has to mend it, once
        assert line.count(town.street_cell.code) == 1


def test_what_is_found_in_a_part_is_what_is_found_there_in_the_whole(town):
    """The rules start from the ground's own rows: they lose none by it, and find none besides."""
    other = factories.town()
    gone = homeless(town.street_cell)
    Registration.objects.create(  # the last home is in the other town, and ended too
        member=gone, unit=other.street_cell, since=date(2024, 2, 1), until=date(2024, 3, 1)
    )
    homeless(town.factory_cell)
    misplaced(other.district)
    Member.objects.create(
        family_name="Never", joined=DAY, locality=factories.locality(unit=town.district)
    )
    left = factories.member(cell=other.factory_cell)
    end_membership(member=left, on=DAY, reason="resigned")
    left.registrations.update(until=None)
    late = factories.member(cell=town.factory_cell)
    late.registrations.update(since=date(2020, 6, 1))
    for unit, kind in ((town.district, "residence"), (other.factory_cell, "residence")):
        guest = factories.member(cell=town.factory_cell)
        Registration.objects.create(member=guest, unit=unit, kind=kind, since=DAY)
    for on in (date(2020, 7, 1), date(2024, 2, 15), timezone.localdate()):
        whole = list(findings(EVERYWHERE, on))
        assert len(whole) >= (1 if on.year == 2020 else 5)
        for unit in Unit.objects.all():
            codes = set(
                Unit.objects.on_ground(Ground((unit.extent,))).values_list("code", flat=True)
            )
            part = list(findings(Ground((unit.extent,)), on))
            assert part == [finding for finding in whole if finding.unit in codes], unit


# The report -------------------------------------------------------------------------------------


class TestReport:
    def test_it_is_sorted_by_unit_and_then_by_rule(self, town):
        second = homeless(town.street_cell)
        first = homeless(town.factory_cell)
        Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
        zeroth = misplaced(town.district)
        told_now = report(EVERYWHERE, timezone.localdate())
        assert subjects(told_now.rows) == [
            f"member {zeroth.pk}",
            f"member {first.pk}",
            f"unit {town.factory_cell.code}",
            f"member {second.pk}",
        ]
        assert told_now.as_of is None
        assert told_now.number == 4

    def test_the_counts_hold_all_that_is_below(self, town):
        other = factories.town()
        homeless(town.street_cell)
        homeless(town.street_cell)
        misplaced(town.district)
        homeless(other.factory_cell)
        units = list(Unit.objects.all())
        counts = finding_counts(units, timezone.localdate())
        expected = dict.fromkeys((unit.pk for unit in units), 0)
        expected |= {town.street_cell.pk: 2, town.district.pk: 3, town.area.pk: 3, town.town.pk: 3}
        expected |= {unit.pk: 1 for unit in (other.factory_cell, other.district, other.area)}
        assert counts == expected | {other.town.pk: 1}

    def test_the_counts_cost_the_same_for_one_unit_and_for_three(
        self, town, django_assert_num_queries
    ):
        homeless(town.street_cell)
        for units in ([town.district], [town.district, town.street_cell, town.factory_cell]):
            # The rules; the last home and where those without one belong; the places.
            with django_assert_num_queries(factories.rule_queries() + 3):
                finding_counts(units, timezone.localdate())

    def test_no_unit_no_query(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert finding_counts([], timezone.localdate()) == {}


class TestSurvey:
    def test_a_large_ground_is_told_as_it_was_found_last(self, town, large):
        first = homeless(town.factory_cell)
        survey = surveys.survey_register()
        homeless(town.street_cell)
        ground = Ground((town.district.extent,))
        kept = report(ground, timezone.localdate())
        assert subjects(told(row) for row in kept.rows) == [f"member {first.pk}"]
        assert kept.as_of == survey.begun
        assert kept.number == 1

    def test_it_tells_the_same_as_looking(self, town, large, monkeypatch):
        other = factories.town()
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        misplaced(town.district)
        misplaced(town.area)
        homeless(other.factory_cell)
        Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
        Member.objects.create(family_name="Nowhere", joined=DAY)
        surveys.survey_register()
        today, units = timezone.localdate(), list(Unit.objects.all())
        for ground in (EVERYWHERE, Ground((town.town.extent,)), Ground((other.district.extent,))):
            monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
            kept, counts = report(ground, today), finding_counts(units, today)
            monkeypatch.setattr(surveys, "LIVE_UNITS", 300)
            live = report(ground, today)
            assert [told(row) for row in kept.rows] == list(live.rows)
            assert [told(row).given for row in kept.rows] == [one.given for one in live.rows]
            assert kept.by_rule == live.by_rule
            assert counts == finding_counts(units, today)
            one = [rule_named("home-in-a-cell")]
            monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
            assert report(ground, today, among=one).number == sum(
                finding.rule == "home-in-a-cell" for finding in live.rows
            )

    def test_there_is_one_at_a_time(self, town):
        Survey.objects.create(begun=timezone.now(), running=True)
        assert surveys.survey_register() is None
        assert not KeptFinding.objects.exists()

    def test_one_that_never_ended_is_given_up(self, town):
        long_ago = timezone.now() - surveys.GIVEN_UP - timedelta(minutes=1)
        Survey.objects.create(begun=long_ago, running=True)
        assert surveys.survey_register() is not None

    def test_one_that_breaks_off_leaves_the_last_as_it_was(self, town, monkeypatch):
        homeless(town.street_cell)
        good = surveys.survey_register()

        def broken(*_ground):
            raise DatabaseError("gone")

        monkeypatch.setattr(surveys, "findings", broken)
        with pytest.raises(DatabaseError):
            surveys.survey_register()
        assert list(Survey.objects.all()) == [good]
        assert KeptFinding.objects.count() == 1

    def test_the_last_two_are_kept(self, town):
        kept = [surveys.survey_register() for _time in range(4)]
        assert set(Survey.objects.all()) == set(kept[2:])

    def test_a_fresh_one_is_taken_and_an_old_one_brings_another(self, town, large):
        survey = surveys.survey_register()
        assert surveys.newest_survey() == survey
        assert NoThread.started == 0
        Survey.objects.update(ended=timezone.now() - surveys.FRESH_FOR - timedelta(seconds=1))
        assert surveys.newest_survey() == survey
        assert NoThread.started == 1

    def test_before_the_first_one_nothing_is_said(self, town, large):
        assert report(EVERYWHERE, timezone.localdate()) is None
        assert NoThread.started == 1
        (number,) = finding_counts([town.town], timezone.localdate()).values()
        assert isinstance(number, NotCounted)
        assert f"{number}" == "…"

    def test_another_day_is_not_told_of_a_large_ground(self, town, large):
        surveys.survey_register()
        assert report(EVERYWHERE, DAY) is None

    def test_what_is_large(self, town, monkeypatch):
        monkeypatch.setattr(surveys, "LIVE_UNITS", 5)
        assert surveys.is_small(EVERYWHERE)
        assert surveys.is_small(Ground((town.town.extent,)))
        monkeypatch.setattr(surveys, "LIVE_UNITS", 4)
        assert not surveys.is_small(EVERYWHERE)
        assert not surveys.is_small(Ground((town.town.extent,)))
        assert surveys.is_small(Ground((town.district.extent, town.factory_cell.extent)))
        assert surveys.is_small(Ground())


@pytest.mark.django_db(transaction=True)
def test_the_first_survey_is_waited_for_while_it_is_short(client, monkeypatch):
    monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
    monkeypatch.setattr(surveys, "PATIENCE", 30)
    town = factories.town()
    person = homeless(town.street_cell)
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    assert listed(client.get(REPORT)) == [f"member {person.pk}"]


# The page ---------------------------------------------------------------------------------------


class TestPage:
    def test_the_findings_of_the_ground_and_no_others(self, client, town, secretary):
        mine = homeless(town.street_cell)
        homeless(factories.town().street_cell)
        assert listed(client.get(REPORT)) == [f"member {mine.pk}"]

    def test_nothing_found_is_said(self, client, town, secretary):
        answer = client.get(REPORT)
        assert listed(answer) == []
        assert "Nothing found" in answer.content.decode()

    def test_it_names_the_subject_the_unit_the_article_and_the_remedy(
        self, client, town, secretary
    ):
        person = homeless(town.street_cell, family_name="Müller", given_name="Jürgen")
        content = client.get(REPORT).content.decode()
        assert f"Müller, Jürgen ({person.pk})" in content
        assert reverse("admin:members_member_change", args=[person.pk]) in content
        assert reverse("admin:districts_unit_change", args=[town.street_cell.pk]) in content
        assert reverse("rule", args=["home-registration"]) in content
        assert "Every member has one open home registration." in content
        assert "Register the member with the cell that he or she belongs to." in content
        assert "2024-01-01" in content

    def test_the_act_that_mends_it_is_filled_in(self, client, town, secretary):
        locality = factories.locality(street_cell=town.street_cell)
        person = homeless(town.factory_cell, locality=locality)
        (one,) = client.get(REPORT).context_data["findings"]
        act = reverse("admin:members_member_act", args=[person.pk, "register"])
        assert one.mend.url == f"{act}?kind=home&unit={town.street_cell.code}"
        form = client.get(one.mend.url).content.decode()
        assert f'value="{town.street_cell.code}"' in form

    def test_an_auditor_is_offered_no_act(self, client, town):
        log_in(client, AUDITOR, town.district)
        homeless(town.street_cell)
        (one,) = client.get(REPORT).context_data["findings"]
        assert one.mend is None
        assert one.subject_address

    def test_a_unit_is_moved_by_its_own_act(self, client, town, administrator):
        Unit.objects.filter(pk=town.district.pk).update(dissolved=DAY)
        page = client.get(REPORT, {"rule": "unit-above-open"}).context_data["findings"]
        act = reverse("admin:districts_unit_act", args=[town.factory_cell.pk, "move"])
        assert page[0].mend.url == act
        assert page[0].subject == str(town.factory_cell)

    def test_of_a_past_day_nothing_is_to_be_mended(self, client, town, secretary):
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        (one,) = client.get(REPORT, {"day": "2024-02-01"}).context_data["findings"]
        assert one.mend is None
        assert listed(client.get(REPORT, {"day": "2023-12-31"})) == []

    def test_it_is_narrowed_to_a_unit_a_rule_and_an_article(self, client, town, secretary):
        person = homeless(town.street_cell)
        other = misplaced(town.district)
        Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
        both = [f"member {other.pk}", f"member {person.pk}"]
        assert listed(client.get(REPORT, {"unit": town.street_cell.pk})) == both[1:]
        assert listed(client.get(REPORT, {"rule": "home-in-a-cell"})) == both[:1]
        assert listed(client.get(REPORT, {"rule": "A1"})) == both
        assert listed(client.get(REPORT, {"rule": "A9"})) == [f"unit {town.factory_cell.code}"]
        assert listed(client.get(REPORT, {"rule": "A9", "unit": town.street_cell.pk})) == []

    @pytest.mark.parametrize("unit", ["0", "x", "-1", "9" * 30, "foreign"])
    @pytest.mark.parametrize("address", [REPORT, FILE])
    def test_a_unit_that_is_not_there(self, client, town, secretary, unit, address):
        unit = factories.town().district.pk if unit == "foreign" else unit
        assert client.get(address, {"unit": unit}).status_code == 404
        assert not Entry.objects.filter(what="exported").exists()

    @pytest.mark.parametrize(
        "asked", [{"day": "2024-02-31"}, {"day": "x"}, {"rule": "nope"}, {"rule": "A19"}]
    )
    @pytest.mark.parametrize("address", [REPORT, FILE])
    def test_what_is_not_understood_is_said(self, client, town, secretary, asked, address):
        homeless(town.street_cell)
        answer = client.get(address, asked)
        assert answer.status_code == 200
        assert "Please look at the fields marked above." in answer.content.decode()
        assert answer.context_data["report"] is None
        assert not Entry.objects.filter(what="exported").exists()

    def test_many_are_paged_and_the_pages_keep_what_is_asked(
        self, client, town, secretary, monkeypatch
    ):
        monkeypatch.setattr("districts.findings_admin.FINDINGS_PER_PAGE", 2)
        people = [homeless(town.street_cell) for _one in range(5)]
        first = client.get(REPORT, {"rule": "A1"})
        assert len(listed(first)) == 2
        assert "?rule=A1&amp;p=2" in first.content.decode()
        assert "5 findings" in first.content.decode()
        last = client.get(REPORT, {"rule": "A1", "p": "3"})
        assert listed(last) == [max(f"member {person.pk}" for person in people)]
        assert listed(client.get(REPORT, {"p": "nonsense"})) == listed(client.get(REPORT))

    def test_a_large_part_says_as_of_when(self, client, town, administrator, large):
        assert "Being counted" in client.get(REPORT).content.decode()
        homeless(town.street_cell)
        surveys.survey_register()
        answer = client.get(REPORT)
        assert len(listed(answer)) == 1
        assert "As of " in answer.content.decode()
        assert "Too much for a page" in client.get(REPORT, {"day": "2024-01-01"}).content.decode()

    def test_a_finding_of_a_rule_that_is_no_more_is_passed_over(
        self, client, town, administrator, large
    ):
        survey = surveys.survey_register()
        KeptFinding.objects.create(
            survey=survey, unit=town.district, rule="gone", article_number=1, subject="member 1"
        )
        answer = client.get(REPORT)
        assert answer.status_code == 200
        assert listed(answer) == []

    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize("kept", [False, True])
    def test_it_takes_as_many_queries_for_one_finding_as_for_three(
        self, client, town, secretary, number, kept, monkeypatch
    ):
        for cell in (town.street_cell, town.factory_cell, town.street_cell)[:number]:
            homeless(cell)
        surveys.survey_register()
        if kept:
            monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
        client.get(REPORT)
        with CaptureQueriesContext(connection) as asked:
            client.get(REPORT)
        # Session, account, ground, the choice of units; the findings; what they are about.
        expected = 4 + (3 if kept else factories.rule_queries() + 3) + 3
        assert len(asked) == expected

    def test_the_findings_stand_beside_the_units_with_a_link(self, client, town, secretary):
        homeless(town.street_cell)
        for address in (reverse("admin:index"), reverse("admin:districts_unit_changelist")):
            content = client.get(address).content.decode()
            assert f"{REPORT}?unit={town.district.pk}" in content

    def test_it_is_a_page_to_look_at_alone(self, client, town, secretary):
        for address in (REPORT, FILE, "/admin/rules/", "/admin/rules/unit-open/"):
            assert client.post(address).status_code == 405


# The file ---------------------------------------------------------------------------------------


def text_of(answer):
    return b"".join(answer.streaming_content).decode()


class TestFile:
    def test_it_is_what_the_command_writes(self, client, town, administrator):
        homeless(town.street_cell)
        misplaced(town.district)
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("check_rules", format="csv", stdout=out)
        answer = client.get(FILE)
        assert text_of(answer) == out.getvalue()
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer["Content-Disposition"]

    def test_it_holds_article_since_remedy_and_the_sentence_and_no_name(
        self, client, town, secretary
    ):
        person = homeless(town.street_cell, family_name="Müller")
        text = text_of(client.get(FILE))
        (row,) = csv.DictReader(StringIO(text))
        assert tuple(row) == COLUMNS
        assert row["article"] == "A1"
        assert row["since"] == "2024-01-01"
        assert row["unit"] == town.street_cell.code
        assert row["subject"] == f"member {person.pk}"
        assert row["sentence"] == "Every member has one open home registration."
        assert "Müller" not in text

    def test_it_keeps_to_the_ground_and_to_what_is_asked(self, client, town, secretary):
        person = homeless(town.street_cell)
        misplaced(town.district)
        homeless(factories.town().street_cell)
        assert text_of(client.get(FILE)).count("\n") == 3
        narrowed = text_of(client.get(FILE, {"unit": town.street_cell.pk, "rule": "A1"}))
        assert [row["subject"] for row in csv.DictReader(StringIO(narrowed))] == [
            f"member {person.pk}"
        ]
        assert text_of(client.get(FILE, {"day": "2020-06-01"})).count("\n") == 1

    def test_each_is_noted_with_its_unit(self, client, town):
        auditor = log_in(client, AUDITOR, town.district)
        client.get(FILE, {"day": "2024-02-01", "rule": "A1"})
        entry = Entry.objects.get(what="exported")
        assert (entry.table, entry.act) == ("findings", "export-findings")
        assert (entry.unit, entry.member, entry.actor) == (town.district.pk, None, auditor.pk)
        assert entry.facts == {"as_of": "2024-02-01", "rule": "A1"}
        client.get(FILE, {"unit": town.street_cell.pk})
        assert Entry.objects.filter(what="exported", unit=town.street_cell.pk).count() == 1

    def test_of_two_units_each_is_noted(self, client, town):
        other = factories.town()
        account = log_in(client, AUDITOR, town.district)
        grant_role(user=account, role=AUDITOR, unit=other.factory_cell)
        client.get(FILE)
        noted = Entry.objects.filter(what="exported").values_list("unit", flat=True)
        assert set(noted) == {town.district.pk, other.factory_cell.pk}

    def test_the_whole_is_noted_once(self, client, town, administrator):
        client.get(FILE)
        assert Entry.objects.get(what="exported").unit is None

    def test_a_large_part_goes_out_as_it_is_now(self, client, town, administrator, large):
        homeless(town.street_cell, locality=factories.locality(street_cell=town.street_cell))
        assert text_of(client.get(FILE)).count("\n") == 2
        assert text_of(client.get(FILE, {"day": "2023-12-31"})).count("\n") == 1


# The rules' pages -------------------------------------------------------------------------------


class TestRules:
    def test_all_articles_and_all_rules_are_listed(self, client, town, secretary):
        content = client.get("/admin/rules/").content.decode()
        for article in ARTICLES:
            assert f'id="{article}"' in content
        for rule in rules():
            assert reverse("rule", args=[rule.name]) in content

    @pytest.mark.parametrize("name", [rule.name for rule in rules()])
    def test_each_has_a_page(self, client, town, secretary, name):
        answer = client.get(reverse("rule", args=[name]))
        assert answer.status_code == 200
        assert "Nothing is against this rule." in answer.content.decode()

    def test_it_counts_the_findings_of_the_ground_and_leads_to_them(self, client, town, secretary):
        homeless(town.street_cell)
        homeless(factories.town().street_cell)
        answer = client.get("/admin/rules/home-registration/")
        assert answer.context_data["report"].number == 1
        content = answer.content.decode()
        assert f"{REPORT}?rule=home-registration" in content
        assert "“Register”" in content

    def test_there_is_none_by_another_name(self, client, town, secretary):
        assert client.get("/admin/rules/unheard-of/").status_code == 404

    def test_the_numbers_of_the_organisation_are_shown(self, client, town, secretary, settings):
        settings.STATUTES = {"meeting_interval_days": 14}
        content = client.get("/admin/rules/").content.decode()
        assert "<dd>14</dd>" in content
        assert "<dd>31</dd>" not in content

    def test_a_large_part_is_told_as_it_was_found(self, client, town, administrator, large):
        address = "/admin/rules/home-registration/"
        assert "being looked through" in client.get(address).content.decode()
        homeless(town.street_cell)
        surveys.survey_register()
        assert client.get(address).context_data["report"].number == 1


# What no other act mends ------------------------------------------------------------------------


class TestLeftover:
    @pytest.fixture
    def person(self, town):
        person = factories.member(cell=town.street_cell)
        end_membership(member=person, on=DAY, reason="resigned")
        person.registrations.update(until=None)
        return person

    def send(self, client, person, **given):
        address = reverse("admin:members_member_act", args=[person.pk, "end-leftover"])
        sent = {"on": "2024-01-01", "reason": "Left over.", **given}
        answer = client.post(address, sent)
        preview = (answer.context_data or {}).get("preview")
        return client.post(address, sent | {"seen": preview.seen}) if preview else answer

    def test_the_registration_ends_with_the_membership(self, client, town, secretary, person):
        (one,) = client.get(REPORT).context_data["findings"]
        assert one.mend.url.endswith("/act/end-leftover/?on=2024-01-01")
        assert self.send(client, person).status_code == 302
        assert person.registrations.get().until == DAY
        assert listed(client.get(REPORT)) == []

    def test_it_is_not_done_to_a_member(self, client, town, secretary):
        member = factories.member(cell=town.street_cell)
        answer = self.send(client, member)
        assert answer.status_code == 200
        assert answer.context_data["act"].refused
        assert member.registrations.get().until is None

    def test_nor_to_a_registration_elsewhere(self, client, town, secretary, person):
        cell = factories.town().district
        Registration.objects.create(member=person, unit=cell, kind="residence", since=DAY)
        answer = self.send(client, person)
        (blocker,) = answer.context_data["act"].refused
        assert blocker.article == "A4"
        assert cell.name not in str(blocker)
        assert person.registrations.filter(until=None).count() == 2

    def test_it_is_offered_where_it_applies(self, client, town, secretary, person):
        page = reverse("admin:members_member_change", args=[person.pk])
        assert "/act/end-leftover/" in client.get(page).content.decode()
        member = factories.member(cell=town.street_cell)
        page = reverse("admin:members_member_change", args=[member.pk])
        assert "/act/end-leftover/" not in client.get(page).content.decode()


def test_a_subject_outside_the_ground_is_named_by_number_and_leads_nowhere(client, town, secretary):
    """A unit's finding about a member whom somebody else answers for by now."""
    person = factories.member(cell=town.street_cell, family_name="Elsewhere")
    other = factories.town()
    change_cell(member=person, to=other.street_cell, on=DAY)
    Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=date(2023, 1, 1))
    answer = client.get(REPORT, {"day": "2023-06-01"})
    (one,) = answer.context_data["findings"]
    assert (one.subject, one.subject_address) == (f"member {person.pk}", "")
    assert "Elsewhere" not in answer.content.decode()


def test_every_kind_of_unit_can_be_asked(client, administrator):
    town = factories.town()
    group = factories.unit(Kind.LOCAL_GROUP)
    for unit in (town.town, town.area, town.district, town.factory_cell, group):
        assert client.get(REPORT, {"unit": unit.pk}).status_code == 200
