"""Putting a question to units by a form."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.models import Unit
from districts.roles import TELLER, grant_role
from elections.models import Poll, PollTeller
from tests import factories
from tests.admin_acts.performing import address, done, refused
from tests.voting import making
from tests.voting.office import errors, next_steps, sent

pytestmark = pytest.mark.django_db


class TestPutting:
    def test_to_all_cells_in_one_act(self, client, town, secretary):
        question = making.motion(town.district)
        tellers = making.tellers(town.district)
        form = client.get(address(question, "put-question")).context_data["act"]
        assert form["whom"].value() == "cells"
        assert form["tellers"].value() == [str(one.pk) for one in tellers]
        given = {"whom": "cells", "channels": "both", "tellers": form["tellers"].value()}
        done(sent(client, question, "put-question", **given))
        polls = Poll.objects.order_by("pk")
        assert [poll.unit for poll in polls] == [town.factory_cell, town.street_cell]
        assert {(poll.state, poll.assembly, poll.channels) for poll in polls} == {
            ("drafted", "cell", "both")
        }
        assert PollTeller.objects.count() == 6
        assert next_steps(client, question) == ["Open all drafted polls"]

    def test_a_new_cell_is_asked_afterwards_and_those_asked_are_left_out(
        self, client, town, secretary
    ):
        question = making.motion(town.district)
        making.put(question, town.street_cell, channels="paper")
        choices = client.get(address(question, "put-question")).context_data["act"]["whom"]
        assert "the one cell of" in str(choices)
        done(sent(client, question, "put-question", whom="cells", channels="paper"))
        units = [poll.unit for poll in Poll.objects.order_by("pk")]
        assert units == [town.street_cell, town.factory_cell]

    @pytest.mark.parametrize("whom", ["general", "delegates"])
    def test_to_a_meeting_of_the_unit(self, client, town, secretary, whom):
        question = making.election(town.district, ["A", "B", "C"])
        form = client.get(address(question, "put-question")).context_data["act"]
        assert form["whom"].value() == "general"
        done(sent(client, question, "put-question", whom=whom, channels="paper"))
        poll = Poll.objects.get()
        assert (poll.unit, poll.assembly, poll.tellers.count()) == (town.district, whom, 0)

    def test_to_one_cell(self, client, town, secretary):
        question = making.motion(town.district)
        nowhere = sent(client, question, "put-question", whom="one", one="", channels="paper")
        assert errors(nowhere, "one") == ["Which unit?"]
        code = town.factory_cell.code
        done(sent(client, question, "put-question", whom="one", one=code, channels="paper"))
        poll = Poll.objects.get()
        assert (poll.unit, poll.assembly) == (town.factory_cell, "cell")

    def test_a_unit_that_is_named_beside_all_cells_is_asked_back(self, client, town, secretary):
        question = making.motion(town.district)
        given = {"whom": "cells", "one": town.factory_cell.code, "channels": "paper"}
        (told,) = errors(sent(client, question, "put-question", **given), "one")
        assert "leave it empty" in told
        assert not question.polls.exists()

    def test_a_cell_asks_its_own_members(self, client, town, secretary):
        question = making.motion(town.street_cell)
        form = client.get(address(question, "put-question")).context_data["act"]
        assert "one" not in form.fields
        done(sent(client, question, "put-question", whom="cell", channels="paper"))
        assert Poll.objects.get().unit == town.street_cell

    def test_three_tellers_and_a_moment_to_come(self, client, town, secretary):
        question = making.motion(town.district)
        tellers = [str(one.pk) for one in making.tellers(town.district)]
        given = {"whom": "cells", "channels": "online", "tellers": tellers[:2]}
        past = timezone.localtime() - timedelta(hours=1)
        answer = sent(
            client, question, "put-question", **given, closes_at=past.strftime("%Y-%m-%dT%H:%M")
        )
        assert errors(answer, "tellers") == ["Please choose three tellers: 2 are chosen."]
        assert errors(answer, "closes_at") == ["This moment has passed."]
        assert not Poll.objects.exists()

    def test_a_teller_of_elsewhere_is_not_to_be_chosen(self, client, town, secretary):
        question = making.motion(town.district)
        strangers = [str(one.pk) for one in making.tellers(factories.town().town)]
        given = {"whom": "cells", "channels": "online", "tellers": strangers}
        assert errors(sent(client, question, "put-question", **given), "tellers")
        assert not Poll.objects.exists()

    def test_where_tellers_are_missing_it_says_how_to_get_them(self, client, town, secretary):
        question = making.motion(town.district)
        told = client.get(address(question, "put-question")).content.decode()
        assert "Only 0 hold the role here." in told
        assert (
            f"{reverse('admin:districts_heldrole_list_act', args=['give-role'])}?role=teller"
            in told
        )

    def test_a_teller_without_a_key_is_marked(self, client, town, secretary):
        question = making.motion(town.district)
        keyless = factories.account()
        grant_role(user=keyless, role=TELLER, unit=Unit.objects.get(pk=town.district.pk))
        form = client.get(address(question, "put-question")).context_data["act"]
        assert form.fields["tellers"].choices == [(str(keyless.pk), f"{keyless} - no key yet")]

    def test_the_last_tellers_are_proposed(self, client, town, secretary):
        known = making.tellers(town.district)
        making.put(making.motion(town.district), town.street_cell, tellers=known)
        making.teller(town.district)
        question = making.motion(town.district, title="The second")
        form = client.get(address(question, "put-question")).context_data["act"]
        assert sorted(form["tellers"].value()) == sorted(str(one.pk) for one in known)

    def test_tellers_and_times_of_all_drafted_polls_at_once(self, client, town, secretary):
        question = making.motion(town.district)
        first, second = making.tellers(town.district), making.tellers(town.district)
        for unit in (town.street_cell, town.factory_cell):
            making.put(question, unit, tellers=first)
        form = client.get(address(question, "arrange-all")).context_data["act"]
        assert sorted(form["tellers"].value()) == sorted(str(one.pk) for one in first)
        chosen = [first[0], *second[:2]]
        given = {"channels": "online", "tellers": [one.pk for one in chosen]}
        done(sent(client, question, "arrange-all", **given))
        for poll in Poll.objects.all():
            assert {teller.account for teller in poll.tellers.all()} == set(chosen)
            assert poll.channels == "online"

    def test_an_open_poll_is_not_arranged_anew(self, client, town, secretary):
        factories.member(cell=town.street_cell)
        poll = making.opened(making.motion(town.district), town.street_cell, channels="paper")
        told = refused(sent(client, poll, "arrange-poll", channels="paper"))
        assert told == [
            f"{town.street_cell}: the poll has been opened, and is held as it was begun."
        ]
