"""A poll with sealed ballots in its box, and its three tellers."""

import pytest
from nacl.pwhash import argon2id

from elections.sealing import new_teller_key
from tests.voting import making
from tests.voting.box.opening import voted


@pytest.fixture
def three(town):
    return making.tellers(town.town)


@pytest.fixture
def poll(town, three):
    return voted(town.factory_cell, three)


@pytest.fixture
def quick_keys(monkeypatch):
    """Keys made by the pages in a test are made with the smallest limits."""

    def quick(passphrase):
        return new_teller_key(
            passphrase, operations=argon2id.OPSLIMIT_MIN, memory=argon2id.MEMLIMIT_MIN
        )

    monkeypatch.setattr("elections.tellers.new_teller_key", quick)
