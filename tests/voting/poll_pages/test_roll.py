"""The roll of a poll: for whom it is, and on paper."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from districts.models import Unit
from districts.roles import AUDITOR, TELLER, grant_role, revoke_role
from elections.tellers import tellers_for
from elections.voting import cast_vote, check_off
from tests import factories
from tests.voting import making
from tests.voting.office import log_in

pytestmark = pytest.mark.django_db


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
