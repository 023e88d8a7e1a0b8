"""From an invitation to an account: who is invited, and which link lets in, and how often."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import Entry
from audit.refusals import Refused
from districts.roles import SECRETARY
from members.account_model import new_handle
from members.accounts.inviting import (
    CannotAccept,
    CannotInvite,
    accept_invitation,
    invite_to_portal,
    revoke_invitations,
)
from members.accounts.letters import letter_of
from members.accounts.mails import send_address_link, send_invitation
from members.accounts.tokens import hash_of, in_groups, new_token
from members.membership import end_membership, readmit_member
from members.models import Account, AddressChange, Invitation
from tests import factories
from tests.accounts.making import log_in, officer, text_of

pytestmark = pytest.mark.django_db

ORIGIN = "https://register.example.org/"
PASSWORD = "a-long-one-of-4-words"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


@pytest.fixture
def person():
    return factories.member(cell=factories.town().street_cell, email="Eva@Example.org")


def invited(person, way="mail"):
    """The open invitation of the member, and the token that leads to it."""
    made = invite_to_portal(member=person, way=way, by=None)
    token = new_token()
    Invitation.objects.filter(pk=made.pk).update(token_hash=hash_of(token))
    return made, token


def accept(token, **given):
    given = {"password": PASSWORD, **given}
    return accept_invitation(token_hash=hash_of(token), handle=new_handle(), origin=ORIGIN, **given)


def test_the_secretary_sends_a_link_that_makes_one_account(
    client, person, django_capture_on_commit_callbacks
):
    secretary = officer(SECRETARY, person.registrations.get().unit.parent)
    client.force_login(secretary)
    address = reverse("admin:members_member_act", args=[person.pk, "invite-to-portal"])
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address, {"reason": "", "perform": "1"})
    assert answer.status_code == 302
    (task,) = DBTaskResult.objects.all()
    invitation = Invitation.objects.get()
    assert task.args_kwargs["args"] == [invitation.pk, "http://testserver/"]
    assert invitation.token_hash == ""
    for _time in range(2):  # a task that is done again sends nothing more
        send_invitation.func(*task.args_kwargs["args"])
    (message,) = mail.outbox
    assert message.to == ["Eva@Example.org"]
    link = next(line for line in message.body.splitlines() if line.startswith("http"))

    client.logout()
    assert client.get(link)["Location"] == reverse("invitation")
    page = client.get(reverse("invitation"))
    assert "eva@example.org" in page.content.decode()
    assert Invitation.objects.get().used_at is None
    answer = client.post(reverse("invitation"), {"password": PASSWORD})
    assert answer["Location"] == reverse("home")
    account = Account.objects.get(member=person)
    assert (account.email, account.username) == ("eva@example.org", f"member-{person.pk}")
    assert account.check_password(PASSWORD)
    assert client.get(reverse("home")).context["user"] == account
    told = "".join(str(entry.changes) + entry.sentence for entry in Entry.objects.all())
    assert "eva@example.org" not in told
    assert link.rsplit("/", 2)[1] not in told
    assert Invitation.objects.get().token_hash not in told


def test_a_link_that_lets_nobody_in_is_answered_alike_whatever_became_of_it(client):
    cell = factories.town().street_cell
    people = [factories.member(cell=cell, email=f"m{number}@example.org") for number in range(4)]
    tokens = [invited(person)[1] for person in people]
    accept(tokens[0])
    revoke_invitations(member=people[1])
    Invitation.objects.filter(member=people[2]).update(valid_until=timezone.now())
    end_membership(member=people[3], on=timezone.localdate(), reason="resigned")
    by_link, by_code = set(), set()
    for token in (*tokens, "never-made"):
        answer = client.get(reverse("invitation-link", args=[token]))
        by_link.add((answer.status_code, answer.content))
        answer = client.post(reverse("invitation"), {"code": token})
        by_code.add((answer.status_code, text_of(answer, token)))
        with pytest.raises(CannotAccept):
            accept(token)
    [(status, page)] = by_link
    assert status == 404
    assert reverse("invitation") in page.decode(), "who has a letter can type its code"
    [(status, page)] = by_code
    assert status == 422
    assert Account.objects.filter(member__in=people).count() == 1


@pytest.mark.parametrize("why", ["left", "has one", "no address", "taken address"])
def test_who_cannot_be_invited(person, why):
    if why == "left":
        end_membership(member=person, on=timezone.localdate(), reason="excluded")
    elif why == "has one":
        factories.account(member=person)
    elif why == "no address":
        person.email = ""
        person.save()
    else:
        factories.account(email="eva@example.org")
    with pytest.raises(CannotInvite):
        invite_to_portal(member=person, way="mail", by=None)
    assert not Invitation.objects.exists()


def test_a_new_invitation_revokes_the_one_before_and_one_alone_is_open(person):
    _first, old = invited(person)
    _second, token = invited(person, "letter")
    with pytest.raises(CannotAccept):
        accept(old)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(member=person, way="mail", valid_until=timezone.now())
    assert accept(token).member == person


def test_a_letter_has_a_code_that_is_typed_as_it_stands_there(client, person, monkeypatch):
    invite_to_portal(member=person, way="letter", by=None)
    secretary = officer(SECRETARY, person.registrations.get().unit.parent)
    client.force_login(secretary)
    printed = []
    monkeypatch.setattr(
        "members.accounts.letters.in_groups", lambda token: printed.append(token) or token
    )
    for _time in range(2):
        answer = client.post(reverse("admin:members_member_letter", args=[person.pk]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
    client.logout()
    typed = in_groups(printed[1]).lower().replace("-", " ")
    mistyped = client.post(reverse("invitation"), {"code": printed[0]})
    assert mistyped.status_code == 422
    assert "not valid. Compare it with the letter." in mistyped.text
    assert f'name="code" value="{printed[0]}"' in mistyped.text, "it can be typed again"
    assert client.post(reverse("invitation"), {"code": typed})["Location"] == reverse("invitation")
    client.force_login(secretary)
    revoke_invitations(member=person)
    assert client.post(reverse("admin:members_member_letter", args=[person.pk])).status_code == 404


def test_codes_of_letters_are_not_guessed(client):
    for _try in range(20):
        assert client.post(reverse("invitation"), {"code": "GUESS"}).status_code == 422
    assert client.post(reverse("invitation"), {"code": "GUESS"}).status_code == 429


def test_a_machine_that_makes_no_pdf_says_so(person, monkeypatch):
    made = invite_to_portal(member=person, way="letter", by=None)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(CannotInvite, match="cannot make a PDF"):
        letter_of(made, ORIGIN)


@pytest.mark.parametrize("taken", [False, True])
def test_an_address_that_the_register_does_not_know_holds_once_it_has_answered(
    client, taken, django_capture_on_commit_callbacks
):
    person = factories.member(cell=factories.town().street_cell)
    _made, token = invited(person, "letter")
    if taken:
        factories.account(email="new@example.org")
    client.get(reverse("invitation-link", args=[token]))
    given = {"password": PASSWORD, "email": "New@example.org"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("invitation"), given)
    # Whether another account has the address is not told.
    assert answer["Location"] == reverse("mfa_index")
    assert "does not hold yet" in client.get(answer["Location"]).content.decode()
    account = Account.objects.get(member=person)
    assert account.email == ""
    send_address_link.func(AddressChange.objects.get().pk, ORIGIN)
    assert len(mail.outbox) == (0 if taken else 1)
    if not taken:
        lines = mail.outbox[0].body.splitlines()
        link = next(line for line in lines if line.startswith("http")).removeprefix(ORIGIN)
        assert client.get(f"/{link}").status_code == 200
        account.refresh_from_db()
        assert account.email == "", "a look changes nothing"
        client.post(f"/{link}")
        account.refresh_from_db()
        assert account.email == "new@example.org"
        client.logout()
        assert log_in(client, account, PASSWORD)["Location"] == reverse("home")


def test_many_are_invited_at_once_and_each_is_done_or_refused_for_itself(client):
    town = factories.town()
    people = [factories.member(cell=town.street_cell, email=f"m{n}@example.org") for n in range(2)]
    people.append(factories.member(cell=town.street_cell))
    client.force_login(officer(SECRETARY, town.district))
    address = reverse("admin:members_member_changelist")
    chosen = {"action": "invite-to-portal", "_selected_action": [one.pk for one in people]}
    first = client.post(address, chosen | {"perform": "1"})
    seen = first.context_data["preview"].seen
    answer = client.post(address, chosen | {"perform": "1", "seen": seen})
    assert Invitation.objects.open().count() == 2
    assert "print a letter" in answer.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_a_link_used_twice_at_once_makes_one_account(person, monkeypatch, locked):
    """Without the locks the second one is stopped too, but by the constraint alone."""
    _made, token = invited(person)
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    barrier, before = Barrier(2), Account.objects.count()
    if not locked:
        save = Account.save
        monkeypatch.setattr(
            Account, "save", lambda self, **kw: (barrier.wait(timeout=20), save(self, **kw))[1]
        )

    def use(_number):
        try:
            if locked:
                barrier.wait(timeout=20)
            return accept(token)
        except (Refused, IntegrityError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(use, range(2)))
    assert Account.objects.count() == before + 1
    refused = CannotAccept if locked else IntegrityError
    assert sorted(isinstance(one, refused) for one in ended) == [False, True]


def test_who_returns_opens_the_closed_account_again_by_a_new_invitation(person):
    account = factories.account("keeps-its-name", member=person, email="eva@example.org")
    today = timezone.localdate()
    end_membership(member=person, on=today - timedelta(days=1), reason="resigned")
    cell = factories.town().street_cell
    readmit_member(member=person, on=today, cell=cell)
    account.refresh_from_db()
    assert not account.is_open
    person.refresh_from_db()
    _made, token = invited(person)
    assert accept(token) == account
    account.refresh_from_db()
    assert account.is_open
    assert account.username == "keeps-its-name"
    assert account.check_password(PASSWORD)
