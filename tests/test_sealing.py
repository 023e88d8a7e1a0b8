"""Sealing: who can open what, what its length tells, receipts, and the QR code."""

import hashlib
import re
from contextlib import suppress
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey
from nacl.pwhash import argon2id

from elections import sealing
from elections.sealing import (
    BallotDoesNotFit,
    CannotOpen,
    DamagedKey,
    SealingError,
    UnreadableReceipt,
    WrongPassphrase,
    decode,
    encode,
    half_open,
    new_poll_key,
    new_teller_key,
    open_key,
    passphrase_blockers,
    qr_svg,
    read_receipt,
    receipt_of,
    seal,
    shown,
    shuffled,
    unlock,
    unseal,
)

LOW = {"operations": argon2id.OPSLIMIT_MIN, "memory": argon2id.MEMLIMIT_MIN}
PASSPHRASE = "seven grey herons at the weir"


@pytest.fixture(scope="module")
def tellers():
    return {number: PrivateKey.generate() for number in (4, 7, 9)}


@pytest.fixture(scope="module")
def poll_key(tellers):
    return new_poll_key({number: bytes(key.public_key) for number, key in tellers.items()})


def ballots(most):
    """How many candidates, and choices among them."""
    return st.integers(1, most).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.integers(1, n), unique=True, max_size=n))
    )


# Tellers


def test_the_passphrase_opens_the_tellers_key():
    key = new_teller_key(PASSPHRASE, **LOW)
    assert bytes(unlock(key.wrapped, PASSPHRASE).public_key) == key.public


def test_another_passphrase_does_not():
    key = new_teller_key(PASSPHRASE, **LOW)
    with pytest.raises(WrongPassphrase):
        unlock(key.wrapped, PASSPHRASE + ".")


def test_a_passphrase_is_the_same_however_its_accents_are_typed():
    key = new_teller_key("fünf Störche über der Mühle", **LOW)
    decomposed = "fu\u0308nf Sto\u0308rche u\u0308ber der Mu\u0308hle"
    assert bytes(unlock(key.wrapped, decomposed).public_key) == key.public


def test_the_private_key_does_not_stand_in_what_is_kept():
    key = new_teller_key(PASSPHRASE, **LOW)
    assert bytes(unlock(key.wrapped, PASSPHRASE)) not in key.wrapped
    assert new_teller_key(PASSPHRASE, **LOW).wrapped != key.wrapped


def test_the_limits_are_argon2s_moderate_ones_and_stand_in_what_is_wrapped():
    wrapped = new_teller_key(PASSPHRASE).wrapped
    assert wrapped[0] == 1
    assert int.from_bytes(wrapped[1:5], "big") == argon2id.OPSLIMIT_MODERATE
    assert int.from_bytes(wrapped[5:9], "big") * 1024 == argon2id.MEMLIMIT_MODERATE
    unlock(wrapped, PASSPHRASE)


def test_a_byte_changed_anywhere_in_a_wrapped_key_shows():
    key = new_teller_key(PASSPHRASE, **LOW)
    for place in range(len(key.wrapped)):
        if 1 <= place < 9:  # the limits: other ones are tried below
            continue
        changed = bytearray(key.wrapped)
        changed[place] ^= 1
        with pytest.raises((WrongPassphrase, DamagedKey)):
            unlock(bytes(changed), PASSPHRASE)


@pytest.mark.parametrize(
    ("place", "value"),
    [(1, 255), (4, 0), (4, 2), (5, 255), (8, 0), (7, 33), (8, 1)],
)
def test_changed_limits_show_and_do_not_run_away(place, value, monkeypatch):
    changed = bytearray(new_teller_key(PASSPHRASE, **LOW).wrapped)
    assert changed[place] != value
    changed[place] = value
    asked = []
    derive = argon2id.kdf

    def heard(size, text, salt, operations, memory):
        asked.append((operations, memory))
        return derive(size, text, salt, operations, memory)

    monkeypatch.setattr(sealing.argon2id, "kdf", heard)
    with pytest.raises((WrongPassphrase, DamagedKey)):
        unlock(bytes(changed), PASSPHRASE)
    assert all(
        operations <= argon2id.OPSLIMIT_SENSITIVE and memory <= argon2id.MEMLIMIT_SENSITIVE
        for operations, memory in asked
    )


@given(st.binary(max_size=120))
def test_any_other_bytes_are_no_wrapped_key(found):
    with pytest.raises(SealingError):
        unlock(found, PASSPHRASE)


@pytest.mark.parametrize(
    ("text", "blockers"),
    [
        (PASSPHRASE, 0),
        ("abcdefghijklmnop", 0),
        ("abcdefghijklmno", 1),
        ("abcabcabcabcabcabc", 1),
        ("aAaAbBbBcCcCdDdDeE", 1),
        ("aaa", 2),
        (" " + PASSPHRASE, 1),
        ("", 2),
        ("e\u0301" * 8 + "abcdef", 1),  # fourteen characters, typed as twenty-two
    ],
)
def test_what_speaks_against_a_passphrase(text, blockers):
    assert len(passphrase_blockers(text)) == blockers


# The key of a poll


def test_any_two_of_three_tellers_open_the_polls_key(tellers, poll_key):
    assert len(poll_key.shares) == 6
    for (first, second), share in poll_key.shares.items():
        private = open_key(
            half_open(share, tellers[first]), tellers[second], public=poll_key.public
        )
        assert bytes(private.public_key) == poll_key.public


def test_one_teller_alone_opens_none(tellers, poll_key):
    for alone in tellers.values():
        for share in poll_key.shares.values():
            try:
                half = half_open(share, alone)
            except CannotOpen:
                continue
            with pytest.raises(CannotOpen):
                open_key(half, alone)


def test_the_tellers_of_a_pair_open_it_in_its_order_only(tellers, poll_key):
    with pytest.raises(CannotOpen):
        half_open(poll_key.shares[4, 7], tellers[7])


def test_the_private_key_stands_in_no_share_and_no_half(tellers, poll_key):
    half = half_open(poll_key.shares[4, 7], tellers[4])
    private = bytes(open_key(half, tellers[7]))
    assert private not in half
    assert not any(private in share for share in poll_key.shares.values())


@given(st.data())
def test_a_changed_share_is_refused(tellers, poll_key, data):
    share = bytearray(poll_key.shares[4, 9])
    share[data.draw(st.integers(0, len(share) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        half_open(bytes(share), tellers[4])


@given(st.binary(max_size=200))
def test_other_bytes_are_no_share(tellers, found):
    with pytest.raises(CannotOpen):
        half_open(found, tellers[4])


def test_what_is_sealed_for_a_teller_and_is_no_key_is_refused(tellers, poll_key):
    public = bytes(tellers[7].public_key)
    ballot = seal([1], candidates=3, public=public)
    with pytest.raises(DamagedKey):
        open_key(ballot, tellers[7])
    other = new_poll_key({n: bytes(key.public_key) for n, key in tellers.items()})
    half = half_open(other.shares[4, 7], tellers[4])
    with pytest.raises(DamagedKey, match="not the key of this poll"):
        open_key(half, tellers[7], public=poll_key.public)


def test_a_poll_takes_two_tellers_with_keys_of_their_own(tellers):
    key = bytes(tellers[4].public_key)
    for found in ({}, {4: key}, {4: key, 7: key}):
        with pytest.raises(ValueError, match="two tellers"):
            new_poll_key(found)
    for broken in (b"", key[:31], key + b"0", bytes(32)):
        with pytest.raises(DamagedKey):
            new_poll_key({4: key, 7: broken})


# Ballots


@given(ballots(40))
def test_a_ballot_comes_back_as_it_was(ballot):
    candidates, choices = ballot
    assert decode(encode(choices, candidates), candidates) == tuple(choices)


@given(st.lists(st.integers(1, 300), unique=True, max_size=300))
def test_so_does_one_of_three_hundred_candidates(choices):
    assert decode(encode(choices, 300), 300) == tuple(choices)


@given(ballots(12))
def test_the_length_says_nothing_of_the_choices(poll_key, ballot):
    candidates, choices = ballot
    blank = seal((), candidates=candidates, public=poll_key.public)
    assert len(seal(choices, candidates=candidates, public=poll_key.public)) == len(blank)


def test_equal_ballots_do_not_show(poll_key):
    sealed = {seal([2, 1], candidates=3, public=poll_key.public) for _ in range(20)}
    assert len(sealed) == 20
    assert len({receipt_of(one) for one in sealed}) == 20


def test_a_ballot_is_opened_by_two_tellers(tellers, poll_key):
    sealed = seal([3, 1], candidates=4, public=poll_key.public)
    private = open_key(half_open(poll_key.shares[9, 4], tellers[9]), tellers[4])
    assert unseal(sealed, private, 4) == (3, 1)
    with pytest.raises(CannotOpen):
        unseal(sealed, tellers[4], 4)
    with pytest.raises(CannotOpen):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), private, 4)
    with pytest.raises(BallotDoesNotFit):
        unseal(sealed, private, 5)


@pytest.mark.parametrize("choices", [[0], [4], [1, 1], [-1], [1, 2, 3, 1]])
def test_choices_that_name_no_candidate_or_one_twice_are_not_sealed(poll_key, choices):
    with pytest.raises(BallotDoesNotFit):
        seal(choices, candidates=3, public=poll_key.public)


@pytest.mark.parametrize("candidates", [0, -1, 65_536])
def test_a_poll_without_candidates_has_no_ballot(candidates):
    with pytest.raises(BallotDoesNotFit):
        encode((), candidates)
    with pytest.raises(BallotDoesNotFit):
        decode(b"", candidates)


@given(st.integers(1, 6), st.binary(max_size=8))
def test_bytes_are_one_ballot_or_none(candidates, found):
    try:
        choices = decode(found, candidates)
    except BallotDoesNotFit:
        return
    assert encode(choices, candidates) == found


@pytest.mark.parametrize(
    "found", [b"\0\1\0", b"\1\0\2", b"\1\1\0", b"\4\0\0", b"\1\0", b"\1\0\0\0"]
)
def test_what_is_no_ballot_is_refused(found):
    with pytest.raises(BallotDoesNotFit):
        decode(found, 3)


def test_shuffling_keeps_all_and_their_order_not():
    laid = list(range(200))
    orders = [shuffled(laid) for _ in range(5)]
    assert all(sorted(order) == laid for order in orders)
    assert len({tuple(order) for order in [laid, *orders]}) == 6
    assert laid == list(range(200))
    assert shuffled([]) == []


def test_every_place_is_as_likely_after_shuffling():
    """Each of three ballots comes first in about a third of 3,000 shufflings (eight sigma)."""
    first = [shuffled("abc")[0] for _ in range(3_000)]
    for letter in "abc":
        assert abs(first.count(letter) - 1_000) < 210


# Receipts


def test_a_receipt_is_the_sha_256_of_what_is_sealed():
    assert receipt_of(b"sealed") == hashlib.sha256(b"sealed").hexdigest()


RECEIPT = "0123456789abcdef" * 4


def test_a_receipt_is_shown_in_sixteen_groups_of_four():
    assert shown(RECEIPT) == " ".join(["0123 4567 89AB CDEF"] * 4)
    with pytest.raises(UnreadableReceipt):
        shown("no receipt")


@pytest.mark.parametrize(
    "typed",
    [
        RECEIPT,
        RECEIPT.upper(),
        shown(RECEIPT),
        "  " + "-".join(re.findall("..", RECEIPT)) + "\r\n",
        shown(RECEIPT).replace(" ", "\u2013"),
        "\n".join(re.findall(".{8}", RECEIPT)),
        RECEIPT.replace("0", "O").replace("1", "l"),
        RECEIPT.replace("0", "o").replace("1", "I"),
        "\uff10" + RECEIPT[1:],
    ],
)
def test_a_receipt_is_read_however_it_is_typed(typed):
    assert read_receipt(typed) == RECEIPT


@pytest.mark.parametrize("typed", ["", "0123", RECEIPT[1:], RECEIPT + "0", "g" + RECEIPT[1:]])
def test_a_text_that_is_no_receipt_is_refused(typed):
    with pytest.raises(UnreadableReceipt):
        read_receipt(typed)


@given(st.text())
def test_no_text_breaks_the_reading_of_receipts(typed):
    with suppress(UnreadableReceipt):
        assert re.fullmatch("[0-9a-f]{64}", read_receipt(typed))


# The QR code


def test_the_qr_code_has_a_title_a_role_a_light_ground_and_no_style():
    drawn = qr_svg(shown(RECEIPT).replace(" ", ""), title='<b>"Receipt"</b> & more')
    root = ElementTree.fromstring(drawn)
    assert root.get("role") == "img"
    assert root.get("class") == "qr"
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].tag == "{http://www.w3.org/2000/svg}title"
    assert root[0].text == '<b>"Receipt"</b> & more'
    assert root.get("viewBox") == "0 0 37 37"  # version 3, 29 modules, and four of margin around
    assert [path.get("fill") for path in root[1:]] == ["#fff", None]
    assert root[2].get("stroke") == "#000"
    assert not re.search(r"style|script|\son\w+=|href", drawn)


def test_the_qr_code_has_a_title_of_its_own():
    assert ElementTree.fromstring(qr_svg("A"))[0].text == "QR code"


def test_the_module_writes_nothing_down(poll_key, caplog, capsys):
    seal([1], candidates=2, public=poll_key.public)
    assert not caplog.records
    assert capsys.readouterr() == ("", "")
    assert not hasattr(sealing, "logger")
