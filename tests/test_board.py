"""The board's chain: what it depends on, and that its docstring tells how to compute it again."""

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elections.board import chain, head

POLL = "0b8f3c52-4c1a-4b6e-9d0a-2f6f4a7c1e55"
KEY = "ab" * 32
RECEIPTS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(12)]


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_chain_is_the_one_that_the_docstring_describes():
    link = sha256(f"kartei-board-1|{POLL}|{KEY}")
    links = [link]
    for receipt in sorted(RECEIPTS):
        link = sha256(f"{link}|{receipt}")
        links.append(link)
    assert chain(POLL, KEY, RECEIPTS) == links
    assert head(POLL, KEY, RECEIPTS) == link


def test_a_known_chain():
    """Computed with sha256sum, so that no later version can write another one unnoticed."""
    assert chain(POLL, KEY, ["00" * 32]) == [
        "f53846b04d1f6c533bcf3bf351bb37b6127139e8ff6e08f47dc22a2cf81b17fb",
        "b263ca2f0f2a213f3e8778b4de20787b05a845e230590d8597717fdf49ebc460",
    ]


def test_an_empty_box_has_a_head_too():
    assert chain(POLL, KEY, []) == [head(POLL, KEY, [])]
    assert head(POLL, "", []) != head(POLL, KEY, [])


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_ballots_were_cast_does_not_matter(shuffler: random.Random):
    cast = list(RECEIPTS)
    shuffler.shuffle(cast)
    assert chain(POLL, KEY, cast) == chain(POLL, KEY, RECEIPTS)


@pytest.mark.parametrize("place", range(len(RECEIPTS)))
def test_no_receipt_can_be_taken_out_put_in_or_changed(place):
    whole = head(POLL, KEY, RECEIPTS)
    without = RECEIPTS[:place] + RECEIPTS[place + 1 :]
    assert head(POLL, KEY, without) != whole
    assert head(POLL, KEY, [*RECEIPTS, "f" * 64]) != whole
    assert head(POLL, KEY, [*RECEIPTS, RECEIPTS[place]]) != whole
    changed = RECEIPTS[place][:-1] + ("0" if RECEIPTS[place][-1] != "0" else "1")
    assert head(POLL, KEY, [*without, changed]) != whole


def test_another_poll_has_another_chain():
    assert head(POLL.replace("0b", "0c"), KEY, RECEIPTS) != head(POLL, KEY, RECEIPTS)
    assert head(POLL, "cd" * 32, RECEIPTS) != head(POLL, KEY, RECEIPTS)
