"""Merging and telling apart, as pages."""

from datetime import date

import pytest
from django.urls import reverse

from audit.models import Entry
from members.merging import tell_apart
from members.models import FormerNumber, Member, NotTheSame
from members.registrations import change_cell, register_member
from tests import factories
from tests.admin_acts.performing import done, history, homes, perform, refused
from tests.doubles.making import ON, PAGE, person, shown


def test_merge_shows_what_it_will_do_and_does_it(client, town, secretary):
    keep = person(town.factory_cell, phone="123")
    gone = person(town.street_cell, "Nowak", joined=date(2023, 1, 1), phone="456", email="e@x.org")
    number, home = gone.pk, keep.registrations.get()
    address = reverse("admin:members_member_act", args=[keep.pk, "merge"])
    form = client.get(f"{address}?other={number}").context_data["act"]
    assert form.fields["home"].initial == str(gone.registrations.get().pk)
    assert form["other"].value() == f"Eva Nowak ({number})"
    sent = {"other": number, "home": home.pk, "reason": "One and the same."}
    look = client.post(address, sent)
    preview = look.context_data["preview"]
    assert preview.foretold[0].startswith(f"Eva Novak ({keep.pk}) stays, and number {number} leads")
    assert f"Home cell: {town.factory_cell} since 2021-01-01." in preview.foretold
    lost = f"Not taken over, since number {keep.pk} has its own: family name Nowak; telephone 456."
    assert lost in preview.foretold
    assert Member.objects.filter(pk=number).exists()
    answer = client.post(address, {**sent, "seen": preview.seen})
    assert done(answer) == reverse("admin:members_member_change", args=[keep.pk])
    assert homes(keep) == [(town.factory_cell, factories.JOINED, None)]
    assert FormerNumber.objects.get().member == keep
    said = f"Eva Nowak ({number}) was merged into Eva Novak ({keep.pk}). Reason: One and the same."
    assert said in history(keep)


def test_which_of_two_cells_stays_is_asked(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.factory_cell)
    answer = perform(client, keep, "merge", other=gone.pk)
    assert answer.context_data["act"].errors["home"]
    answer = perform(client, keep, "merge", other=gone.pk, home="0")
    assert answer.context_data["act"].errors["home"]
    assert Member.objects.count() == 2


def test_from_the_page_of_the_newer_number_the_older_one_stays_too(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.street_cell)
    answer = perform(client, gone, "merge", other=keep.pk)
    assert done(answer) == reverse("admin:members_member_change", args=[keep.pk])
    assert FormerNumber.objects.get().member == keep


def test_whoever_came_from_the_list_goes_back_there(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.street_cell)
    address = reverse("admin:members_member_act", args=[keep.pk, "merge"])
    address += f"?other={gone.pk}&from=doubles&unit={town.district.pk}"
    preview = client.post(address, {"other": gone.pk}).context_data["preview"]
    answer = client.post(address, {"other": gone.pk, "seen": preview.seen})
    assert done(answer) == f"{PAGE}?unit={town.district.pk}"


def test_somebody_outside_cannot_be_named(client, town, secretary):
    mine, foreign = person(town.street_cell), person(factories.town().street_cell, "Secret")
    address = reverse("admin:members_member_act", args=[mine.pk, "merge"])
    for answer in (
        client.get(f"{address}?other={foreign.pk}"),
        client.post(address, {"other": foreign.pk}),
        client.post(address, {"other": "Secret"}),
        client.get(f"{address}?other=%00"),
    ):
        assert answer.status_code == 200
        assert "Eva Secret" not in answer.content.decode()
    assert Member.objects.count() == 2


@pytest.mark.parametrize("act", ["merge", "not-the-same"])
def test_who_is_registered_elsewhere_too_is_refused_with_the_reason(client, town, secretary, act):
    mine, other = person(town.factory_cell), person(town.factory_cell)
    elsewhere = factories.town().district
    register_member(member=other, unit=elsewhere, since=ON, kind="residence")
    (blocker,) = refused(perform(client, mine, act, other=other.pk))
    assert blocker == f"A4: {other} is registered elsewhere; the secretary there does this."
    assert str(elsewhere) not in blocker
    assert Member.objects.count() == 2


def test_merging_with_oneself_is_refused(client, town, secretary):
    mine = person(town.street_cell)
    (blocker,) = refused(perform(client, mine, "merge", other=mine.pk))
    assert "two numbers are needed" in blocker


def test_unlike_people_are_merged_for_a_reason_only(client, town, secretary):
    one = person(town.street_cell)
    other = person(town.street_cell, "Svoboda", "Jan", date(1970, 1, 1))
    tell_apart(one=one, other=other, on=ON)
    answer = perform(client, one, "merge", other=other.pk, reason="")
    page = answer.content.decode()
    assert "They were born on different days: 1990-05-01 and 1970-01-01." in page
    assert "They have different names." in page
    assert "On 2024-03-01 it was found that they are two people." in page
    assert Member.objects.count() == 2
    done(perform(client, one, "merge", other=other.pk, reason="Papers of the office."))
    assert Member.objects.count() == 1


def test_telling_apart_wants_a_reason_and_is_kept_in_the_log(client, town, secretary):
    one, other = person(town.street_cell), person(town.street_cell)
    answer = perform(client, one, "not-the-same", other=other.pk, reason="")
    assert answer.context_data["act"].errors["reason"]
    done(perform(client, one, "not-the-same", other=other.pk, reason="Twins."))
    assert NotTheSame.objects.get().other == other
    entry = Entry.objects.get(table="not_the_same")
    assert (entry.reason, entry.act, entry.unit) == ("Twins.", "not-the-same", town.street_cell.pk)
    assert shown(client)[1] == []


def test_a_former_number_is_found_and_its_history_stays_with_the_member(client, town, secretary):
    keep, gone = person(town.street_cell), person(town.street_cell)
    number = gone.pk
    moved = change_cell(member=gone, to=town.factory_cell, on=ON)
    done(perform(client, keep, "merge", other=number, home=moved.pk))
    answer = client.get(reverse("admin:members_member_changelist"), {"q": number})
    page = answer.content.decode()
    assert f"Number {number} is now Eva Novak ({keep.pk})" in page
    assert list(answer.context_data["cl"].queryset) == [keep]
    page = client.get(reverse("admin:members_member_history", args=[keep.pk])).content.decode()
    assert f"{number}/home/2021-01-01" in page
    assert "Member removed" in page
    assert client.get(reverse("admin:members_member_change", args=[number])).status_code == 404


def test_a_former_number_outside_the_ground_is_not_told(client, town, secretary):
    elsewhere = factories.town()
    keep = person(elsewhere.street_cell)
    FormerNumber.objects.create(number=keep.pk + 5, member=keep, merged=ON)
    answer = client.get(reverse("admin:members_member_changelist"), {"q": keep.pk + 5})
    assert "is now" not in answer.content.decode()
    assert list(answer.context_data["cl"].queryset) == []
