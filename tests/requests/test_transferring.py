"""Transfers to another cell."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.ground import EVERYWHERE
from audit.rulebook import findings
from cells.requests import ask_for_transfer, grant_request
from districts.kinds import Kind
from districts.models import Unit
from members.employments import start_employment
from members.models import Request
from members.registrations import change_cell
from tests.requests.making import ASKED, GRANTED, LOST, another, fresh, home, refused

pytestmark = pytest.mark.django_db


class TestTransfer:
    def test_to_the_cell_that_the_articles_name(self, town, idle, works, decider):
        start_employment(member=idle, workplace=works, since=LOST)
        request = ask_for_transfer(member=idle, cell=town.factory_cell, on=ASKED, exception=True)
        assert request.basis == "articles"
        grant_request(request=request, on=GRANTED, by=decider, takes_effect=date(2024, 10, 1))
        assert home(idle) == town.factory_cell
        assert idle.registrations.get(until=None).since == date(2024, 10, 1)

    def test_against_them_only_as_an_exception_with_a_reason(self, town, idle, decider):
        cell = another(Kind.STREET_CELL, town)
        (told,) = refused(ask_for_transfer, member=idle, cell=cell, on=ASKED, reason="Likes it.")
        assert told.startswith("A3: ")
        assert str(town.street_cell) in told
        for reason in ("", "  "):
            (told,) = refused(
                ask_for_transfer, member=idle, cell=cell, on=ASKED, exception=True, reason=reason
            )
            assert told == "A3: An exception has a reason."
        request = ask_for_transfer(
            member=idle, cell=cell, on=ASKED, exception=True, reason="Cares for the mother."
        )
        assert request.basis == "exception"
        assert not Request.objects.exceptions(GRANTED).exists()
        grant_request(request=request, on=GRANTED, by=decider)
        assert home(idle) == cell
        assert list(Request.objects.exceptions(GRANTED)) == [request]
        assert [f for f in findings(EVERYWHERE, GRANTED) if f.subject == f"member {idle.pk}"] == []

    def test_an_exception_is_listed_as_long_as_it_is_lived(self, town, idle, decider):
        cell = another(Kind.STREET_CELL, town)
        request = ask_for_transfer(
            member=idle, cell=cell, on=ASKED, exception=True, reason="Cares for the mother."
        )
        grant_request(request=request, on=GRANTED, by=decider)
        change_cell(member=idle, to=town.street_cell, on=date(2024, 11, 1))
        assert list(Request.objects.exceptions(date(2024, 10, 31))) == [request]
        assert not Request.objects.exceptions(date(2024, 11, 1)).exists()

    def test_work_that_was_found_meanwhile_makes_it_an_exception(
        self, town, idle, works, street, decider
    ):
        nearer = another(Kind.STREET_CELL, town)
        street.street_cell = nearer
        street.save()
        request = ask_for_transfer(member=idle, cell=nearer, on=ASKED)
        start_employment(member=idle, workplace=works, since=date(2024, 9, 5))
        (told,) = refused(grant_request, request=request, on=GRANTED, by=decider)
        assert told.startswith("A1: ")

    def test_who_is_out_of_work_goes_by_a_detachment_alone(self, town, person):
        for exception in (False, True):
            (told,) = refused(
                ask_for_transfer,
                member=person,
                cell=town.street_cell,
                on=ASKED,
                exception=exception,
                reason="Now.",
            )
            assert told.startswith("A6: ")
            assert str(town.factory_cell) in told

    def test_what_else_stands_in_the_way(self, town, idle):
        def told(cell, member=idle, on=ASKED):
            return refused(ask_for_transfer, member=member, cell=cell, on=on)

        assert told(town.street_cell) == [f"{idle} is registered there already."]
        assert any("is no cell" in one for one in told(town.district))
        closed = another(Kind.STREET_CELL, town)
        Unit.objects.filter(pk=closed.pk).update(dissolved=date(2024, 1, 1))
        assert any("is not open" in one for one in told(fresh(closed)))
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert any("when they have been made" in one for one in told(town.street_cell, on=tomorrow))
        idle.registrations.all().delete()
        assert any("no such registration" in one for one in told(town.factory_cell))
