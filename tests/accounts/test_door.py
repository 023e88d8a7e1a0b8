"""Who gets in: the login, the second factor of an office, and what strangers are not told."""

import pytest
from django.core import checks, mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from districts.roles import AUDITOR, SECRETARY, TELLER, grant_role, revoke_role
from members.accounts.mails import send_password_link
from members.models import Account
from tests import factories
from tests.accounts.making import code_of, log_in, officer, text_of, with_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def door(settings):
    """The door as it is where people are real, with nobody's tries counted yet."""
    settings.SECOND_FACTOR = True
    cache.clear()


def test_an_address_is_one_account_s_however_it_is_written():
    account = factories.account(email="Eva.Novak@Example.org")
    assert account.email == "eva.novak@example.org"
    for other in ("eva.novak@example.org", "EVA.novak@example.org"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.bulk_create([Account(username=other, email=other)])
    Account.objects.bulk_create([Account(username=name) for name in ("one", "two")])


def test_a_member_logs_in_by_the_address_and_is_asked_for_nothing_else(client, town):
    account = factories.account(member=factories.member(cell=town.street_cell))
    assert log_in(client, account, login=account.email.upper())["Location"] == reverse("home")
    assert client.get(reverse("votes")).status_code == 200


@pytest.mark.django_db(transaction=True)  # the session is told as the factor is kept
@pytest.mark.parametrize("role", [SECRETARY, AUDITOR, TELLER, "administrator"])
def test_an_office_opens_with_a_second_factor_alone(client, town, role):
    if role == "administrator":
        account = factories.account(is_superuser=True, is_staff=True)
    else:
        account = officer(role, town.district)
    log_in(client, account)
    for name in ("home", "admin:index", "tell", "votes", "meetings", "mfa_index"):
        assert client.get(reverse(name))["Location"] == reverse("second-factor"), name
    for name in ("second-factor", "mfa_add_webauthn", "mfa_activate_totp"):
        assert client.get(reverse(name)).status_code == 200, name
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(answer["Location"]).context_data["unused_codes"]
    assert len(codes) == 10
    inside = "tell" if role == TELLER else "admin:index"
    assert client.get(reverse(inside)).status_code == 200

    client.post(reverse("logout"))
    answer = log_in(client, account)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse(inside)).status_code == 302
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "not accepted" in wrong.content.decode()
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.get(reverse(inside)).status_code == 200

    client.post(reverse("logout"))
    log_in(client, account)
    again = client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert again.status_code == 200, "a recovery code is used once"


def test_a_code_to_log_in_is_no_unit_s_code_in_german(client, town):
    account = factories.account()
    with_codes(account)
    log_in(client, account)
    page = client.get(reverse("mfa_authenticate"), headers={"Accept-Language": "de"}).text
    assert ">Code</label>" in page
    assert "Kürzel" not in page


def test_recovery_codes_end_with_new_ones_where_there_are_some(client):
    account = factories.account()
    secret = with_codes(account)
    log_in(client, account)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    address = reverse("mfa_generate_recovery_codes")
    told = "no longer valid then"
    first = client.get(address)
    assert first.status_code == 200
    assert told not in first.text
    assert client.post(address).status_code == 302
    assert told in client.get(address).text


def test_a_session_from_before_the_office_is_asked_too(client, town):
    account = factories.account(member=factories.member(cell=town.street_cell))
    log_in(client, account)
    grant_role(user=account, role=TELLER, unit=town.district)
    assert client.get(reverse("votes"))["Location"] == reverse("second-factor")
    revoke_role(user=account, role=TELLER, unit=town.district)
    assert client.get(reverse("votes")).status_code == 200


def test_with_the_last_factor_goes_the_way_in(client, town):
    account = officer(SECRETARY, town.district)
    secret = with_codes(account)
    log_in(client, account)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert client.get(reverse("admin:index"))["Location"] == reverse("second-factor")


def test_a_town_of_made_up_people_asks_for_none_and_the_check_warns(client, town, settings):
    settings.SECOND_FACTOR = False
    log_in(client, officer(SECRETARY, town.district))
    assert client.get(reverse("admin:index")).status_code == 200
    found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    assert "members.W001" in {one.id for one in found}
    client.post(reverse("logout"))
    assert "no second factor" in client.get(reverse("login")).content.decode()


def test_the_door_costs_a_member_s_request_no_query(client, town, settings):
    log_in(client, factories.account(member=factories.member(cell=town.street_cell)))
    counts = set()
    for asked in (True, False):
        settings.SECOND_FACTOR = asked
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("votes"))
        counts.add(len(queries))
    assert len(counts) == 1


# What strangers are not told ---------------------------------------------------------------------


def test_the_login_answers_alike_whoever_is_known(client):
    known, closed = factories.account(), factories.account(is_active=False)
    told = {
        text_of(log_in(client, known, "wrong"), known.email),
        text_of(log_in(client, closed, "wrong"), closed.email),
        text_of(log_in(client, closed), closed.email),
        text_of(log_in(client, Account(email="nobody@example.org")), "nobody@example.org"),
    }
    assert len(told) == 1
    assert "not right" in told.pop()


def test_a_new_password_is_asked_for_alike_and_sent_to_open_accounts_alone(
    client, django_assert_num_queries
):
    known, closed = factories.account(), factories.account(is_active=False)
    for address in (known.email, closed.email, "nobody@example.org"):
        with django_assert_num_queries(3):
            answer = client.post(reverse("account_reset_password"), {"email": address})
        assert answer["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []
    given = [task.args_kwargs["args"] for task in DBTaskResult.objects.order_by("enqueued_at")]
    assert given == [[known.pk, "http://testserver/"], *[[0, "http://testserver/"]] * 2]
    for account, origin in [*given, [closed.pk, given[0][1]]]:
        send_password_link.func(account, origin)
    (message,) = mail.outbox
    assert message.to == [known.email]
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    form = client.get(link)["Location"]
    chosen = {"password1": "a-long-one-of-4-words", "password2": "a-long-one-of-4-words"}
    assert client.post(form, chosen).status_code == 302
    assert log_in(client, known, "a-long-one-of-4-words")["Location"] == reverse("home")
    assert "not valid" in client.get(link).content.decode()


def test_many_tries_have_to_wait_in_whatever_worker_they_arrive(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "kartei_cache",
        }
    }
    account = factories.account()
    for _try in range(5):
        assert "not right" in log_in(client, account, "wrong").content.decode()
    answer = log_in(client, account)
    assert "too many tries" in answer.content.decode()
    other = factories.account()
    assert log_in(client, other)["Location"] == reverse("home")
