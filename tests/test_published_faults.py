"""What was published and does not agree: each fault is named, and no bytes raise an exception."""

import dataclasses
import hashlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elections.published import differences, files_of
from elections.published.writing import json_text
from tests.published_polls import POLLS, poll, receipts

FILES = {name: files_of(one) for name, one in POLLS.items()}


def sealed(files):
    """The files with a manifest that fits them: what somebody would do who changes one."""
    kept = {name: content for name, content in files.items() if name != "manifest.json"}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in kept.items()}
    return kept | {"manifest.json": json_text(digests).encode()}


def replaced(files, name, old, new):
    """The files with one text put in the place of another, and the manifest made to fit."""
    content = files[name].decode()
    assert old in content
    return sealed(files | {name: content.replace(old, new, 1).encode()})


def changed(one, **values):
    """What `differences` finds in the files of a poll of which some values were changed."""
    return differences(files_of(dataclasses.replace(one, **values)))


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_one_byte_changed_anywhere_shows(data):
    files = FILES[data.draw(st.sampled_from(sorted(FILES)))]
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    broken = files | {name: bytes(content)}
    assert differences(broken)
    # A manifest that fits hides what stands nowhere else, such as the unit's name in poll.json.
    if name not in {"poll.json", "manifest.json"}:
        assert differences(sealed(broken))


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_bytes_taken_out_or_put_in_show(data):
    files = FILES[data.draw(st.sampled_from(sorted(FILES)))]
    name = data.draw(st.sampled_from(sorted(files)))
    content = files[name]
    first = data.draw(st.integers(0, len(content)))
    after = data.draw(st.integers(first, len(content)))
    other = content[:first] + data.draw(st.binary(max_size=12)) + content[after:]
    assert bool(differences(files | {name: other})) is (other != content)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_value_in_a_json_file_is_read_without_an_exception(data):
    files = FILES[data.draw(st.sampled_from(sorted(FILES)))]
    name = data.draw(st.sampled_from(["poll.json", "result.json", "manifest.json"]))
    values = json.loads(files[name])
    key = data.draw(st.sampled_from(sorted(values)))
    before = json_text(values)
    values[key] = data.draw(_json)
    broken = files | {name: json.dumps(values).encode()}
    assert differences(broken) or json_text(values) == before
    found = differences(sealed(broken))
    assert found or name != "result.json" or json_text(values) == before


@given(st.dictionaries(st.sampled_from([*FILES["block with totals"], "x"]), st.binary()))
def test_any_bytes_are_read_without_an_exception(files):
    assert differences(files)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"seats": ' + b"9" * 5_000 + b"}",
        b'{"title": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"entitled": NaN}',
        b'{"entitled": 1e999}',
        b"",
    ],
)
@pytest.mark.parametrize("name", ["poll.json", "result.json", "manifest.json"])
def test_json_that_is_no_poll(name, content):
    found = differences(FILES["block"] | {name: content})
    assert any(name in one for one in found)
    "\n".join(found).encode()


@pytest.mark.parametrize("name", sorted(FILES["stv"]))
def test_a_file_that_is_missing_is_named(name):
    files = {one: content for one, content in FILES["stv"].items() if one != name}
    assert f"{name} is missing." in differences(files)


def test_a_file_too_many_is_named():
    files = FILES["stv"] | {"votes.txt": b"1"}
    assert differences(files) == [
        "manifest.json: 'votes.txt' is there and not listed.",
        "'votes.txt' is no file that a poll publishes.",
    ]
    assert differences(sealed(files)) == ["'votes.txt' is no file that a poll publishes."]
    found = differences(sealed(FILES["block with totals"] | {"ballots.blt": b"1 1\n"}))
    assert found == ["ballots.blt is there, and this poll publishes none."]


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "told"),
    [
        ("block", "ballots.csv", "5,2 4", "5,2 3", "ballots.blt: line 6 does not agree"),
        ("block", "ballots.csv", "5,2 4", "5,2 3", "result.json: report.stages[1].votes[3] is"),
        ("block", "ballots.csv", "5,2 4", "5,2 6", "ballots.csv: line 6: A ballot names 6"),
        ("block", "ballots.csv", "5,2 4", "5,2 2", "ballots.csv: line 6: A ballot names a number"),
        ("block", "ballots.csv", "5,2 4", "5,4 2", "ballots.csv: line 6: A ballot's numbers do"),
        ("block", "ballots.csv", "5,2 4", "5,2 3 4", "line 6: A ballot names 3, and may name 2"),
        ("block", "ballots.csv", "5,2 4", "5, 2", "ballots.csv: line 6 is not of the form"),
        ("block", "ballots.csv", "5,2 4", "6,2 4", "ballots.csv: line 6 has the number 6"),
        ("block", "ballots.csv", "7,1 3\n", "", "ballots.csv: 6 ballots and papers in all"),
        ("block", "ballots.csv", "ballot,", "Ballot,", "ballots.csv: line 1 is not"),
        ("block", "ballots.blt", "1 2 4 0", "1 2 3 0", "ballots.blt: line 6 does not agree"),
        ("block", "receipts.csv", "receipt,link", "receipt,links", "receipts.csv: line 1 is not"),
        (
            "block",
            "result.json",
            '"elected": [\n   1',
            '"elected": [\n   3',
            "report.elected[1] is 3",
        ),
        ("block", "result.json", '"valid": 6', '"valid": 7', "report.valid is 7"),
        ("block", "result.json", '"valid": 6', '"valid": true', "report.valid is True"),
        ("block", "result.json", '"valid": 6', '"valid":  6', "result.json: this is not the form"),
        ("block", "result.json", '"valid": 6', '"Valid": 6', "report.valid is missing"),
        ("block", "README.txt", "WHAT", "What", "README.txt: line 1 is not as written"),
        ("block", "poll.json", '"seats": 2', '"seats": 3', "result.json: report.seats is 2"),
        ("block", "poll.json", '"seats": 2', '"seats": 0', "poll.json: An election has one seat"),
        ("block", "poll.json", '"seats": 2', '"seats": 2.0', "poll.json: this is no JSON as"),
        ("block", "poll.json", '"seats": 2', '"seats": true', "poll.json: 'seats' is True and not"),
        ("block", "poll.json", '"seats": 2,', "", "poll.json: 'seats' is missing"),
        ("block", "poll.json", '"seats": 2', '"seat": 2', "poll.json: 'seat' is not a key"),
        ("block", "poll.json", '"seats": 2', '"seats":  2', "poll.json: line"),
        ("block", "poll.json", "2026-11-02", "2026-11-12", "before it was opened on 2026-11-12"),
        ("block", "poll.json", "2026-11-02", "2026-13-02", "'opened_on' is '2026-13-02' and not"),
        ("block", "poll.json", '"block"', '"motion"', "The method 'motion' is none for the kind"),
        ("block with totals", "totals.csv", "2,2", "2,1", "result.json: report.stages[1].votes[2]"),
        ("block with totals", "totals.csv", "2,2", "2,4", "totals.csv: An option has more votes"),
        ("block with totals", "totals.csv", "papers,5", "papers,6", "10 ballots and papers in all"),
        ("block with totals", "totals.csv", "5,1\n", "", "totals.csv: There are totals for 4 of 5"),
        ("block with totals", "totals.csv", "5,1\n", "6,1\n", "totals.csv: the lines are not"),
    ],
)
def test_what_was_changed_is_named(name, file, old, new, told):
    found = differences(replaced(FILES[name], file, old, new))
    assert any(told in one for one in found), found


def test_a_manifest_that_was_not_made_to_fit_names_the_file():
    files = FILES["block"] | {"ballots.csv": FILES["block"]["ballots.csv"] + b"\n"}
    assert any(one.startswith("ballots.csv: its SHA-256 is") for one in differences(files))


def test_links_and_head_are_checked():
    link = POLLS["block"].chain_head
    broken = replaced(FILES["block"], "receipts.csv", link, "0" * 64)
    assert f"receipts.csv: line 5: the link is {'0' * 64}, and should be {link}." in differences(
        broken
    )
    assert any("'chain_head' is 00" in one for one in changed(POLLS["block"], chain_head="0" * 64))


def test_receipts_ascend_and_are_there_once():
    files = FILES["block"]
    lines = files["receipts.csv"].decode().split("\n")
    lines[1], lines[2] = lines[2], lines[1]
    found = differences(sealed(files | {"receipts.csv": "\n".join(lines).encode()}))
    assert "receipts.csv: line 3: the receipts are not in ascending order." in found
    one = receipts(1)[0]
    assert f"receipts.csv: line 3: the receipt {one} is there twice." in changed(
        POLLS["block"], receipts=(one, one, *receipts(4)[2:])
    )


def test_there_are_as_many_receipts_as_were_checked_off_online():
    found = differences(files_of(poll(online=3, receipts=receipts(2), checked_off_on_paper=2)))
    assert found == ["receipts.csv: 2 receipts, and 3 were checked off online (poll.json)."]


def test_there_are_receipts_only_where_there_is_a_key():
    found = differences(files_of(poll(online=3, public_key="")))
    assert found == [
        "receipts.csv: there are receipts, and the poll has no public key (poll.json)."
    ]


def test_not_more_are_checked_off_than_were_entitled():
    found = changed(POLLS["motion"], entitled=4)
    assert "poll.json: 5 were checked off, and 4 were entitled." in found


def test_papers_in_totals_are_not_more_than_were_checked_off_on_paper():
    one = POLLS["motion on paper"]
    found = changed(one, checked_off_on_paper=12)
    assert "totals.csv: 13 papers, and 12 were checked off on paper (poll.json)." in found


def test_the_seed_is_the_one_that_was_promised():
    found = changed(POLLS["motion"], seed="another")
    assert len(found) == 1
    assert "and not 'seed_commitment'" in found[0]
    assert changed(POLLS["motion"], seed="", seed_commitment="") == []
    for one in (POLLS["motion"], POLLS["block"]):
        assert changed(one, seed_commitment="") == [
            "poll.json: there is no 'seed_commitment' from the opening."
        ]


def test_a_list_cut_in_half_is_not_told_line_by_line():
    many = poll(entitled=900, ballots=tuple((1,) for _ in range(300)), online=200)
    lines = files_of(many)["receipts.csv"].decode().split("\n")
    short = "\n".join([lines[0], *lines[2:]]).encode()
    found = differences(sealed(files_of(many) | {"receipts.csv": short}))
    assert "And 179 more like these." in found
    assert len(found) < 30
