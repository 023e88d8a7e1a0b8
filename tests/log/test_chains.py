"""The chains of the log: what is taken out, put in or changed is found."""

import pytest

from audit.chain import heads, log_faults
from audit.log import Draft, note
from audit.models import Chain, Entry
from districts.units import rename_unit
from tests import factories
from tests.log.making import tamper

pytestmark = pytest.mark.django_db


def test_every_town_has_a_chain_of_its_own_without_a_gap(town, chain):
    other = factories.town()
    rename_unit(unit=other.district, name="Other")
    for root in (town.town.pk, other.town.pk):
        places = Entry.objects.filter(chain=root).order_by("place").values_list("place", flat=True)
        assert list(places) == list(range(1, len(places) + 1))
        assert Chain.objects.get(pk=root).length == len(places)
    assert list(log_faults()) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = 7", "changed: its"),
        ("UPDATE audit_entry SET changes = '{{}}' WHERE chain = %s AND place = 7", "changed: its"),
        ("UPDATE audit_entry SET actor = 99 WHERE chain = %s AND place = 7", "does not follow"),
        ("UPDATE audit_entry SET member = 99 WHERE chain = %s AND place = 7", "does not follow"),
        ("UPDATE audit_entry SET facts = '[1]' WHERE chain = %s AND place = 7", "does not follow"),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00+00' WHERE chain = %s AND place = 7", ""),
        ("DELETE FROM audit_entry WHERE chain = %s AND place = 7", "removed"),
        ("DELETE FROM audit_entry WHERE chain = %s AND place IN (7, 8)", "removed"),
    ],
)
def test_a_changed_or_removed_entry_is_found_and_named(chain, statement, said):
    tamper(statement.replace("{{}}", "{}"), chain)
    faults = list(log_faults())
    assert [fault for fault in faults if (fault.chain, fault.place) == (chain, 7)]
    assert said in str(faults[0])


def test_entries_that_changed_places_are_found(chain):
    for old, new in ((7, 1000), (8, 7), (1000, 8)):
        tamper("UPDATE audit_entry SET place = %s WHERE chain = %s AND place = %s", new, chain, old)
    assert {fault.place for fault in log_faults()} >= {7, 8}


def test_an_inserted_entry_is_found(chain):
    last = Entry.objects.filter(chain=chain).order_by("-place").first()
    for place in range(last.place, 6, -1):
        tamper(
            "UPDATE audit_entry SET place = %s WHERE chain = %s AND place = %s",
            *(place + 1, chain, place),
        )
    columns = [field.column for field in Entry._meta.concrete_fields if field.column != "id"]
    shown = ", ".join("7" if column == "place" else f'"{column}"' for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    tamper(
        f"INSERT INTO audit_entry ({names}) SELECT {shown} FROM audit_entry"
        " WHERE chain = %s AND place = 6",
        chain,
    )
    assert 7 in {fault.place for fault in log_faults()}


def test_a_cut_off_end_shows_by_the_head_and_by_the_head_that_was_kept(chain):
    kept = heads()
    tamper("DELETE FROM audit_entry WHERE chain = %s AND place > 9", chain)
    assert "the head counts" in str(next(log_faults()))
    # Who is careful takes the head along; only what was kept elsewhere tells it then.
    last = Entry.objects.filter(chain=chain).order_by("-place").first()
    Chain.objects.filter(pk=chain).update(length=last.place, digest=last.digest)
    assert list(log_faults()) == []
    (fault,) = log_faults(kept)
    assert "cut off" in str(fault)
    assert fault.chain == chain


def test_a_chain_that_was_written_anew_does_not_fit_the_head_that_was_kept(chain, town):
    kept = heads()
    tamper("DELETE FROM audit_entry WHERE chain = %s", chain)
    Chain.objects.filter(pk=chain).delete()
    for number in range(40):
        rename_unit(unit=town.street_cell, name=f"Forged {number}")
    assert list(log_faults()) == []
    assert "is not the entry that the kept head names" in str(next(log_faults(kept)))


def test_a_chain_that_is_gone_as_a_whole_is_missed(chain):
    kept = heads()
    tamper("DELETE FROM audit_entry WHERE chain = %s", chain)
    assert any(fault.chain == chain for fault in log_faults())
    Chain.objects.filter(pk=chain).delete()
    assert list(log_faults()) == []
    assert any("cut off" in str(fault) for fault in log_faults(kept))


def test_a_quick_look_begins_at_the_head_that_was_kept(chain, town):
    kept = heads()
    rename_unit(unit=town.street_cell, name="Later")
    assert list(log_faults(kept, quick=True)) == []
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = 2", chain)
    assert list(log_faults(kept, quick=True)) == []
    last = Chain.objects.get(pk=chain).length
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = %s", chain, last)
    assert [fault.place for fault in log_faults(kept, quick=True)] == [last]


def test_one_chain_can_be_asked_for_alone(chain):
    other = factories.town().town.pk
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = 2", chain)
    assert list(log_faults(chains=[other])) == []
    assert list(log_faults(chains=[chain])) != []


def test_what_concerns_no_unit_stands_in_the_organisation_s_own_chain():
    note(Draft(what="exported", facts={"rows": 3}), act="export")
    entry = Entry.objects.get(act="export")
    assert (entry.chain, entry.unit, entry.facts) == (0, None, {"rows": 3})
