"""Sealing ballots, so that a vote can be read by two of a poll's tellers together and nobody else.

Three kinds of keys (Curve25519, by libsodium): each teller has a pair whose private key is kept
only under the teller's passphrase; each poll has a pair whose private key is kept only in boxes
that two tellers must open one after the other; and each sealed ballot has one of its own, thrown
away at once.
No article speaks of how a vote is kept secret; `docs/secrecy.md` says what is promised.
"""

import hashlib
import random
import re
import struct
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TypeVar

import segno
from django.utils.translation import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

PASSPHRASE_LENGTH = 16
PASSPHRASE_VARIETY = 6

# What stands before the box in a wrapped key: version, Argon2id's operations and KiB of memory.
_VERSION = 1
_KIBI = 1024
_HEADER = struct.Struct(">BII")
_WRAPPED_LENGTH = _HEADER.size + argon2id.SALTBYTES + SecretBox.NONCE_SIZE + 16 + PrivateKey.SIZE

_GROUP = 4
_RECEIPT = re.compile(r"[0-9a-f]{64}")
_BETWEEN = re.compile(r"[\s:.,_\u2010-\u2015-]+")
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})

Item = TypeVar("Item")


class SealingError(Exception):
    """What cannot be opened, or cannot be sealed; the message says why."""


class WrongPassphrase(SealingError):
    """The passphrase does not open this key: it is another one, or the wrapped key was changed."""


class DamagedKey(SealingError):
    """Bytes that are no key of the kind asked for: cut, changed, or made by another version."""


class CannotOpen(SealingError):
    """A box that this key does not open: it was sealed for another key, or changed since."""


class BallotDoesNotFit(SealingError, ValueError):
    """Choices that name no candidate, name one twice, or bytes that are no ballot of this poll."""


class UnreadableReceipt(SealingError, ValueError):
    """A text in which no receipt can be read."""


# Tellers


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A teller's pair of keys: the public one, and the private one under the passphrase."""

    public: bytes
    wrapped: bytes


def passphrase_blockers(text: str) -> list[str]:
    """All that speaks against `text` as a teller's passphrase, a sentence each.

    Whoever has a copy of the database can try passphrases for as long as they like, so that it must
    be longer than a password that a server guards.
    """
    normal = unicodedata.normalize("NFC", text)
    blockers = []
    if len(normal) < PASSPHRASE_LENGTH:
        blockers.append(
            _("A passphrase has at least %(number)d characters: four words that nobody guesses.")
            % {"number": PASSPHRASE_LENGTH}
        )
    if len(set(normal.casefold())) < PASSPHRASE_VARIETY:
        blockers.append(
            _("A passphrase has at least %(number)d different characters.")
            % {"number": PASSPHRASE_VARIETY}
        )
    if normal != normal.strip():
        blockers.append(_("A passphrase neither begins nor ends with a space: nobody sees it."))
    return blockers


def new_teller_key(
    passphrase: str,
    *,
    operations: int = argon2id.OPSLIMIT_MODERATE,
    memory: int = argon2id.MEMLIMIT_MODERATE,
) -> WrappedKey:
    """A new pair of keys for a teller, the private one wrapped under `passphrase`.

    The limits are Argon2id's (operations, bytes of memory). They, the salt and a version stand in
    what is wrapped, so that it can be opened after the program has raised them.
    """
    private = PrivateKey.generate()
    header = _HEADER.pack(_VERSION, operations, memory // _KIBI) + random_bytes(argon2id.SALTBYTES)
    box = _box_under(passphrase, header).encrypt(bytes(private))
    return WrappedKey(public=bytes(private.public_key), wrapped=header + box)


def unlock(wrapped: bytes, passphrase: str) -> PrivateKey:
    """The private key that `new_teller_key` wrapped.

    Raises `WrongPassphrase`, and `DamagedKey` for bytes that no passphrase could open.
    """
    wrapped = bytes(wrapped)
    if len(wrapped) != _WRAPPED_LENGTH or wrapped[0] != _VERSION:
        raise DamagedKey(_("These bytes are no wrapped key, or one of another version."))
    split = _HEADER.size + argon2id.SALTBYTES
    header, sealed = wrapped[:split], wrapped[split:]
    try:
        return PrivateKey(_box_under(passphrase, header).decrypt(sealed))
    except CryptoError as error:
        raise WrongPassphrase(_("The passphrase does not open this key.")) from error


def _box_under(passphrase: str, header: bytes) -> SecretBox:
    """The box whose key follows from the passphrase, with the limits and the salt of `header`."""
    operations, kibibytes = _HEADER.unpack_from(header)[1:]
    memory = kibibytes * _KIBI
    # Changed limits must not make the server work for hours or take all of its memory.
    if not (
        argon2id.OPSLIMIT_MIN <= operations <= argon2id.OPSLIMIT_SENSITIVE
        and argon2id.MEMLIMIT_MIN <= memory <= argon2id.MEMLIMIT_SENSITIVE
    ):
        raise DamagedKey(_("The wrapped key asks for limits that this program never uses."))
    text = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    salt = header[_HEADER.size :]
    return SecretBox(argon2id.kdf(SecretBox.KEY_SIZE, text, salt, operations, memory))


# The key of a poll


@dataclass(frozen=True, slots=True)
class PollKey:
    """A poll's public key, and its private key in a box within a box for each two tellers.

    `shares` are named by the ordered pair of tellers who open them: the outer box first.
    """

    public: bytes
    shares: Mapping[tuple[int, int], bytes]


def new_poll_key(tellers: Mapping[int, bytes]) -> PollKey:
    """A new pair of keys for a poll whose private key any two of `tellers` open together.

    `tellers` are their public keys by number, two or more, all different. One teller alone opens
    an outer box and finds a sealed one. The private key is not kept outside of the boxes.
    """
    if len(tellers) < 2 or len(set(tellers.values())) < len(tellers):
        raise ValueError("A poll's key takes two tellers or more, each with a key of their own.")
    private = PrivateKey.generate()
    shares = {
        (first, second): _sealed(_sealed(bytes(private), tellers[second]), tellers[first])
        for first, second in permutations(sorted(tellers), 2)
    }
    return PollKey(public=bytes(private.public_key), shares=shares)


def half_open(share: bytes, first_private: PrivateKey) -> bytes:
    """What is in the outer box of a share: a box that the second teller alone can open."""
    return _opened(share, first_private)


def open_key(half: bytes, second_private: PrivateKey, *, public: bytes | None = None) -> PrivateKey:
    """The poll's private key, from a share that the first teller has opened by half.

    With the poll's `public` key it is refused (`DamagedKey`) where it is the key of another poll:
    anybody can seal something for a teller, and only this tells that it is the right thing.
    """
    found = _opened(half, second_private)
    if len(found) != PrivateKey.SIZE:
        raise DamagedKey(_("The box holds something, but no key."))
    private = PrivateKey(found)
    if public is not None and bytes(private.public_key) != bytes(public):
        raise DamagedKey(_("The box holds a key, but not the key of this poll."))
    return private


def _public(key: bytes) -> PublicKey:
    if len(key) != PublicKey.SIZE:
        raise DamagedKey(
            _("A public key has %(size)d bytes, and this one %(found)d.")
            % {"size": PublicKey.SIZE, "found": len(key)}
        )
    return PublicKey(bytes(key))


def _sealed(content: bytes, key: bytes) -> bytes:
    try:
        return SealedBox(_public(key)).encrypt(content)
    except CryptoError as error:  # a point of small order, which no pair of keys has
        raise DamagedKey(_("Nothing can be sealed for this public key.")) from error


def _opened(sealed: bytes, private: PrivateKey) -> bytes:
    try:
        return SealedBox(private).decrypt(bytes(sealed))
    except (CryptoError, ValueError) as error:  # ValueError: too short to be a box at all
        raise CannotOpen(_("This key does not open the box, or the box was changed.")) from error


# Ballots


def encode(choices: Sequence[int], candidates: int) -> bytes:
    """A ballot as bytes whose length says nothing: as many places as there are candidates.

    Each place is one byte, or two (the higher first) from 256 candidates on. The choices come
    first, zeros after them; a blank ballot is all zeros. A motion's options are its candidates.
    Raises `BallotDoesNotFit`.
    """
    width = _width(candidates)
    if not fits(choices, candidates):
        raise BallotDoesNotFit(
            _("A ballot names numbers from 1 to %(number)d, each of them once at most.")
            % {"number": candidates}
        )
    places = [*choices, *[0] * (candidates - len(choices))]
    return b"".join(number.to_bytes(width, "big") for number in places)


def decode(encoded: bytes, candidates: int) -> tuple[int, ...]:
    """The choices that `encode` wrote; a ballot has one writing only. Raises `BallotDoesNotFit`."""
    width = _width(candidates)
    if len(encoded) != width * candidates:
        raise BallotDoesNotFit(_("The ballot has not the length of this poll's ballots."))
    places = [
        int.from_bytes(encoded[start : start + width], "big")
        for start in range(0, len(encoded), width)
    ]
    choices = tuple(places[: places.index(0)] if 0 in places else places)
    if any(places[len(choices) :]):
        raise BallotDoesNotFit(_("The ballot has an empty place before a choice."))
    if not fits(choices, candidates):
        raise BallotDoesNotFit(_("The ballot names a number that is no candidate, or one twice."))
    return choices


def fits(choices: Sequence[int], candidates: int) -> bool:
    """Whether all choices are numbers from 1 to `candidates`, each there once at most."""
    return len(set(choices)) == len(choices) and all(1 <= one <= candidates for one in choices)


def _width(candidates: int) -> int:
    if not 1 <= candidates <= 0xFFFF:
        raise BallotDoesNotFit(
            _("A poll has one candidate or option at least, and 65,535 at most.")
        )
    return 1 if candidates <= 0xFF else 2


def seal(choices: Sequence[int], *, candidates: int, public: bytes) -> bytes:
    """A ballot sealed for the poll's `public` key; what it says is in memory only.

    Sealing the same choices twice gives other bytes each time, so that equal ballots do not show.
    """
    return _sealed(encode(choices, candidates), public)


def unseal(sealed: bytes, private: PrivateKey, candidates: int) -> tuple[int, ...]:
    """The choices in a sealed ballot. Raises `CannotOpen` or `BallotDoesNotFit`."""
    return decode(_opened(sealed, private), candidates)


def shuffled(ballots: Iterable[Item]) -> list[Item]:
    """`ballots` in a new random order that nobody can predict or repeat."""
    laid = list(ballots)
    random.SystemRandom().shuffle(laid)
    return laid


# Receipts


def receipt_of(sealed: bytes) -> str:
    """The receipt of a sealed ballot: its SHA-256, as 64 lowercase hexadecimal digits."""
    return hashlib.sha256(sealed).hexdigest()


def shown(receipt: str) -> str:
    """A receipt for a person to read: sixteen groups of four, the digits as in the published list.

    Hexadecimal digits, because none of them is mistaken for another by eye, any tool computes them,
    and 64 of them need no larger QR code than 52 of base32.
    """
    canonical = read_receipt(receipt)
    return " ".join(
        canonical[start : start + _GROUP].upper() for start in range(0, len(canonical), _GROUP)
    )


def read_receipt(text: str) -> str:
    """The receipt that a person has typed or scanned, as `receipt_of` writes it.

    Takes any grouping and case, and O for 0, I and L for 1. Raises `UnreadableReceipt`.
    """
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).lower().translate(_MISREAD)
    if not _RECEIPT.fullmatch(digits):
        raise UnreadableReceipt(
            _("A receipt has 64 digits, each 0 to 9 or A to F; %(number)d characters are here.")
            % {"number": len(digits)}
        )
    return digits


def qr_svg(text: str, *, title: str = "") -> str:
    """`text` as a QR code: SVG to stand in a page, dark on a light ground in every theme.

    It has attributes but no style and no script, as the content security policy wants, and scales
    with its class `qr`. Capitals and digits make a smaller code than lowercase letters do. The mask
    is fixed, because trying all eight takes most of the time. Raises segno's `DataOverflowError`.
    """
    code = segno.make_qr(text, error="l", mask=2, boost_error=False)
    drawn = code.svg_inline(
        dark="#000",
        light="#fff",
        omitsize=True,
        title=title or _("QR code"),
        svgclass="qr",
        lineclass=None,
    )
    # Without its namespace it is drawn in HTML alone, and not where a script reads it as SVG.
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" role="img" ', 1)
