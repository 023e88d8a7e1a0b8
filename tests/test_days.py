"""Days and decimals as each language writes them, and in one way where they are kept."""

from contextlib import suppress
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from audit.days import day_in_words, moment_in_words
from audit.models import Entry
from districts.acts import joined, sentence
from districts.roles import SECRETARY, grant_role
from elections.result_shown import short
from tests import factories
from tests.admin_acts.performing import perform

DAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("language", "day", "moment", "number"),
    [
        ("en", "2026-11-29", "2026-11-29 18:05", "12.5"),
        ("de", "29.11.2026", "29.11.2026 18:05", "12,5"),
    ],
)
def test_each_language_writes_its_own(settings, language, day, moment, number):
    settings.TIME_ZONE = "Europe/Berlin"
    with translation.override(language):
        assert day_in_words(DAY) == day
        assert moment_in_words(datetime(2026, 11, 29, 17, 5, tzinfo=UTC)) == moment
        assert (short("12.50000"), short("12.00000")) == (number, "12")


def test_a_sentence_is_kept_in_one_way_and_seen_in_the_reader_s():
    with translation.override("de"):
        said = joined([sentence("From %(day)s.", day=DAY), sentence("Until %(day)s.", day=DAY)])
    assert said == "From 29.11.2026. Until 29.11.2026."
    assert said.whole == "From 2026-11-29. Until 2026-11-29."


@pytest.mark.django_db
def test_an_act_tells_its_day_in_german_and_the_log_keeps_it_as_ever(client):
    town = factories.town()
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    person = factories.member(cell=town.factory_cell)
    answer = perform(client, person, "end-membership", why="resigned")
    (told,) = map(str, get_messages(answer.wsgi_request))
    kept = Entry.objects.filter(act="end-membership").exclude(sentence="").first().sentence
    assert "01.03.2024" in told
    assert told.replace("01.03.2024", "2024-03-01") == kept
    # What is refused names its days in the same way.
    assert "01.03.2024" in perform(client, person, "end-membership", why="resigned").text


@pytest.mark.parametrize("day", ["0001-01-01", "1799-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_counted_with_is_told_of(db, client, day):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    unit = factories.town().district
    acts = reverse("admin:districts_unit_act", args=[unit.pk, "rename"])
    for page in (reverse("findings"), acts):
        answer = client.get(page, {"day": day})
        assert answer.status_code == 200
    assert (
        "Please give a day from 1800-01-01 to 2999-12-31"
        in client.get(reverse("findings"), {"day": day}).content.decode()
    )
    refused = client.post(acts, {"on": day, "name": "Riverside"})
    assert "Please give a day from 1800-01-01 to 2999-12-31" in refused.content.decode()
    with pytest.raises(CommandError, match="is not a day from"):
        call_command("check_rules", "--as-of", day)


@pytest.mark.parametrize("day", ["1800-01-01", "2999-12-31"])
def test_the_first_and_the_last_day_are_asked_about(db, client, day):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    factories.town()
    assert client.get(reverse("findings"), {"day": day}).status_code == 200
    with suppress(SystemExit):  # which says that something is found
        call_command("check_rules", "--as-of", day, stdout=StringIO())
