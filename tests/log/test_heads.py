"""The heads of the chains as a file, and the command that checks the log."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit import log
from audit.chain import Head, heads, log_faults
from audit.heads import UnreadableHeads, heads_from_csv, heads_to_csv
from audit.log import recording
from audit.models import Chain, Entry
from districts.kinds import Kind
from districts.models import Unit
from members.regrouping import merge_cells
from tests import factories
from tests.log.making import ON, TABLES, tamper

pytestmark = pytest.mark.django_db


def test_heads_come_out_of_their_file_as_they_went_in(chain):
    assert heads_from_csv("".join(heads_to_csv(heads()))) == heads()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1 must name"),
        ("a,b,c\n", "line 1 must name"),
        ("chain,length,digest\n1,2\n", "line 2 is no head"),
        ("chain,length,digest\n1,2,xyz\n", "line 2 is no head"),
        (f"chain,length,digest\n1,-2,{'a' * 64}\n", "line 2 is no head"),
        (f"chain,length,digest\n{'9' * 40},2,{'a' * 64}\n", "line 2 is no head"),
        ('chain,length,digest\n"', "no CSV"),
        ("x" * (2 << 20), "too large"),
    ],
)
def test_a_file_that_holds_no_heads_is_told_by_its_line(text, said):
    with pytest.raises(UnreadableHeads, match=said):
        heads_from_csv(text)


def run(*arguments):
    out = StringIO()
    call_command("check_log", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_keeps_heads_and_checks_against_them(chain, tmp_path):
    file = str(tmp_path / "heads.csv")
    assert "no fault." in run("--keep", file)
    assert "no fault." in run("--heads", file)
    tamper("DELETE FROM audit_entry WHERE chain = %s AND place > 9", chain)
    last = Entry.objects.filter(chain=chain).order_by("-place").first()
    Chain.objects.filter(pk=chain).update(length=last.place, digest=last.digest)
    assert "no fault." in run()
    with pytest.raises(SystemExit) as stopped:
        run("--heads", file)
    assert stopped.value.code == 1


def test_the_command_says_what_it_cannot_read_or_write(chain, tmp_path):
    with pytest.raises(CommandError, match="Cannot read heads"):
        run("--heads", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="Cannot write"):
        run("--keep", str(tmp_path / "no" / "folder.csv"))


def test_a_head_of_a_chain_that_never_was_is_a_fault(chain):
    (fault,) = log_faults([*heads(), Head(987654, 3, "a" * 64)])
    assert (fault.chain, fault.place) == (987654, 3)


def test_many_queries_for_many_changes_are_not_needed(town, django_assert_max_num_queries):
    members = [factories.member(cell=town.factory_cell) for _number in range(12)]
    into = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
    with recording("measured") as running:
        merge_cells(cell=town.factory_cell, into=into, on=ON + timedelta(days=1))
        with django_assert_max_num_queries(12):
            log._name_targets(running.drafts)
            log._write(running)
            running.drafts.clear()
    assert len(members) == 12


def test_models_that_are_logged_have_every_table_of_the_register():
    assert {model.__name__ for model in log._logged} >= {model.__name__ for model in TABLES}
