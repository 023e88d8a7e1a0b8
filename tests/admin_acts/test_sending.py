"""Roles given and taken, and whatever else is sent to an act."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from audit import log
from districts import acts as frame
from districts.models import HeldRole, Unit
from districts.roles import SECRETARY, grant_role, roles_of
from members.employments import start_employment
from members.models import Member, Registration
from members.registrations import register_member
from tests import factories
from tests.admin_acts.performing import ON, address, done, history, homes, perform, refused

pytestmark = pytest.mark.django_db


# Roles ------------------------------------------------------------------------------------------


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


# Whatever is sent -------------------------------------------------------------------------------

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
