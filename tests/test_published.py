"""What a poll publishes: its bytes, reading them again, and the result in them."""

import csv
import hashlib
import json
import zipfile
from contextlib import suppress
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elections import board
from elections.counting.reading import read_contest
from elections.published import (
    PaperTotals,
    UnreadablePoll,
    differences,
    files_at,
    files_of,
    poll_of,
    read_files,
)
from tests.published_polls import CANDIDATES, POLLS, SEED, election, receipts

FILES = {name: files_of(one) for name, one in POLLS.items()}
every_poll = pytest.mark.parametrize("name", POLLS)


# Writing and reading


@every_poll
def test_what_is_published_agrees(name):
    assert differences(FILES[name]) == []


@every_poll
def test_the_same_poll_is_read_again_and_gives_the_same_bytes(name):
    assert poll_of(FILES[name]) == POLLS[name]
    assert files_of(poll_of(FILES[name])) == FILES[name]


@every_poll
def test_the_files_are_text_with_plain_ends_of_lines(name):
    for content in FILES[name].values():
        assert content.endswith(b"\n")
        assert b"\r" not in content
        content.decode()


@every_poll
def test_the_manifest_has_the_digest_of_every_other_file(name):
    files = FILES[name]
    manifest = json.loads(files["manifest.json"])
    assert manifest.keys() == files.keys() - {"manifest.json"}
    assert manifest == {one: hashlib.sha256(files[one]).hexdigest() for one in manifest}


def test_which_files_there_are():
    always = {"README.txt", "ballots.csv", "manifest.json", "poll.json", "receipts.csv"}
    always |= {"result.json"}
    assert FILES["motion"].keys() == always
    assert FILES["stv"].keys() == always | {"ballots.blt"}
    assert FILES["block with totals"].keys() == always | {"totals.csv"}


def test_the_ballots_as_csv():
    assert FILES["block"]["ballots.csv"].decode() == (
        "ballot,choices\n1,1 2\n2,1 3\n3,1 2\n4,\n5,2 4\n6,5\n7,1 3\n"
    )


def test_the_totals_as_csv():
    assert FILES["motion on paper"]["totals.csv"].decode() == (
        "what,number\n1,7\n2,4\nblank,1\ninvalid,1\npapers,13\n"
    )


def test_the_blt_file_reads_back_as_the_same_contest():
    contest = read_contest(FILES["stv"]["ballots.blt"].decode(), "ballots.blt")
    assert contest.candidates == CANDIDATES
    assert contest.title == "Bureau of the cell"
    assert (contest.seats, contest.withdrawn) == (2, {3})
    read = [ballot.choices for ballot in contest.ballots for _ in range(ballot.weight)]
    assert sorted(read) == sorted(POLLS["stv"].ballots)


def test_ten_lines_of_python_compute_the_chain_again(tmp_path, monkeypatch):
    """Those of the board's docstring and of README.txt, as they stand there."""
    for name, content in FILES["stv"].items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    readme = FILES["stv"]["README.txt"].decode()
    for text in (board.__doc__, readme):
        lines = text.split("\n")
        first = next(n for n, line in enumerate(lines) if line.strip().startswith("import csv"))
        indent = len(lines[first]) - len(lines[first].lstrip())
        code = [line[indent:] for line in lines[first : first + 8]]
        assert code[-1].startswith("assert")
        compiled = compile("\n".join(code), "the lines", "exec")
        exec(compiled, {})
        (tmp_path / "receipts.csv").write_bytes(FILES["block"]["receipts.csv"].replace(b"1", b"2"))
        with pytest.raises(AssertionError):
            exec(compiled, {})
        (tmp_path / "receipts.csv").write_bytes(FILES["stv"]["receipts.csv"])


def test_the_receipts_stand_with_their_links():
    rows = list(csv.DictReader(StringIO(FILES["block"]["receipts.csv"].decode())))
    assert [row["receipt"] for row in rows] == list(receipts(4))
    assert rows[-1]["link"] == POLLS["block"].chain_head


@pytest.mark.parametrize("folder", ["", "poll-17/"])
def test_the_files_are_read_from_a_directory_and_from_a_zip(tmp_path, folder):
    with zipfile.ZipFile(tmp_path / "poll.zip", "w") as archive:
        for name, content in FILES["block"].items():
            archive.writestr(folder + name, content)
    directory = tmp_path / "poll"
    directory.mkdir()
    for name, content in FILES["block"].items():
        (directory / name).write_bytes(content)
    for source in (tmp_path / "poll.zip", directory):
        assert files_at(source) == FILES["block"]
        assert read_files(source) == POLLS["block"]


def test_what_is_neither_directory_nor_zip_cannot_be_read(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadablePoll, match=r"poll\.json is missing"):
        read_files(tmp_path / "empty")
    (tmp_path / "poll.zip").write_bytes(b"PK\3\4 and no more")
    with pytest.raises(UnreadablePoll, match="cannot be read"):
        read_files(tmp_path / "poll.zip")
    with pytest.raises(UnreadablePoll):
        read_files(tmp_path / "nowhere")


@pytest.fixture(scope="module")
def zipped(tmp_path_factory):
    """A ZIP of a poll's files, and its bytes."""
    path = tmp_path_factory.mktemp("zip") / "poll.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES["block"].items():
            archive.writestr(name, content)
    return path, path.read_bytes()


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_zip_of_any_bytes_is_read_or_refused(zipped, data):
    path, whole = zipped
    content = bytearray(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))])
    for _ in range(data.draw(st.integers(0, 3)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    with suppress(UnreadablePoll):
        assert (
            differences(files_at(path))
            or bytes(content) == whole
            or files_at(path) == FILES["block"]
        )


def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "poll.zip", "w") as archive:
        archive.writestr("poll.json", b"{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("poll.json", b"[]")
    with pytest.raises(UnreadablePoll, match="two files of one name"):
        files_at(tmp_path / "poll.zip")


def test_a_file_in_a_folder_is_one_too_many(tmp_path):
    (tmp_path / "more").mkdir()
    for name, content in FILES["block"].items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "more" / "ballots.csv").write_bytes(b"ballot,choices\n")
    assert "'more/ballots.csv' is no file that a poll publishes." in differences(files_at(tmp_path))


# The result


def result(name):
    return json.loads(FILES[name]["result.json"])


def test_the_result_of_a_motion():
    report = result("motion")["report"]
    assert (report["outcome"], report["totals"]) == ("carried", {"yes": 3, "no": 1})
    assert (report["abstain"], report["cast"], report["roll"]) == (1, 5, 20)


def test_the_result_of_a_motion_counted_by_hand():
    report = result("motion on paper")["report"]
    assert (report["totals"], report["abstain"]) == ({"yes": 7, "no": 4}, 1)
    assert (report["invalid"], report["cast"]) == (1, 13)


def test_a_motion_without_its_quorum():
    found = result("options")
    assert (found["quorum"], found["quorum_needed"], found["quorum_reached"]) == ("1/2", 10, False)
    assert found["report"]["outcome"] == "no quorum"


def test_the_composition_is_kept_in_the_count():
    """Brandt has 4 votes and Keller 3; Lind and Novák of the factory have 1 each (A13)."""
    report = result("block")["report"]
    first, second = report["elected"]
    assert (first, report["without_composition"]) == (1, [1, 2])
    assert second in {4, 5}


def test_totals_and_ballots_are_added_up():
    report = result("block with totals")["report"]
    votes = [entry.partition(".")[0] for entry in report["stages"][0]["votes"]]
    assert votes == ["5", "3", "3", "1", "2"]
    assert (report["valid"], report["blank"]) == (6, 2)
    assert result("block with totals")["invalid"] == 1


def test_who_withdrew_is_not_elected():
    assert len(result("stv")["report"]["elected"]) == 2
    assert 3 not in result("stv")["report"]["elected"]


def test_what_cannot_be_counted_is_published_with_the_reason():
    assert "report" not in result("nobody can be elected")
    assert "factory members" in result("nobody can be elected")["cannot_count"]


def test_transferable_votes_are_not_counted_from_totals():
    totals = PaperTotals(votes=(3, 0, 0, 0, 0), papers=3)
    files = files_of(election("scottish-stv", totals=totals))
    assert "cannot be counted from totals" in json.loads(files["result.json"])["cannot_count"]
    assert any("cannot be counted from totals" in one for one in differences(files))


def test_the_lot_is_drawn_with_the_seed_and_the_chains_head():
    """Two stand equal for one seat: some seeds elect the one, and some the other."""
    elected = set()
    for number in range(12):
        seed = f"{SEED}{number}"
        files = files_of(
            election("approval", seats=1, groups=(), ballots=((1,), (2,), (1,), (2,)), seed=seed)
        )
        report = json.loads(files["result.json"])["report"]
        elected.add(report["elected"][0])
        assert report["ties"]
    assert elected == {1, 2}
