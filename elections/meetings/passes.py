"""The code with which a member shows at the door who he or she is: short-lived, and signed.

It is a number, since a scanner types digits alike on every keyboard, and since they make a small QR
code. It names meeting and member in the clear for whoever reads the code, and stands in no address.
A delegate's credential is the same with another first byte: it is printed, and good for its meeting
as long as he or she is a delegate (A12).
"""

import struct
import time
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from elections.models import Meeting

VALID_FOR = 15 * 60  # seconds
_SALT = "elections.meetings.passes"
_CONTENT = struct.Struct(">BQQI")  # a first byte that is never 0, meeting, member, second
_SEAL = 12  # bytes: guessing one costs 2^96 tries at a door
_FIRST, _CREDENTIAL = 1, 2  # with both the number has as many digits
LENGTH = 78  # digits of the number, whatever it holds


class BadPass(ValueError):
    """A code that opens no door; the message says why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Who shows the code, by the number."""

    member: int


def looks_like_pass(text: str) -> bool:
    """Whether the text is meant as a code: longer than any member's number."""
    return text.isascii() and text.isdecimal() and len(text) == LENGTH


def new_pass(*, meeting: int, member: int, now: float | None = None) -> str:
    """The code of this member for this meeting, good from now on for `VALID_FOR` seconds."""
    made = int(time.time() if now is None else now)
    content = _CONTENT.pack(_FIRST, meeting, member, made)
    return str(int.from_bytes(content + _seal(content)))


def new_credential(*, meeting: int, member: int) -> str:
    """The code on a delegate's credential: it does not grow old."""
    content = _CONTENT.pack(_CREDENTIAL, meeting, member, 0)
    return str(int.from_bytes(content + _seal(content)))


def read_pass(text: str, meeting: Meeting, now: float | None = None) -> Shown:
    """Who shows the code at the door of `meeting`, by phone or on a credential. Raises `BadPass`.

    Whether he or she is entitled, the door asks by itself.
    """
    size = _CONTENT.size + _SEAL
    try:
        whole = int(text).to_bytes(size)
    except (ValueError, OverflowError) as error:
        raise BadPass(_("This is no code of this program.")) from error
    content, seal = whole[: _CONTENT.size], whole[_CONTENT.size :]
    if not constant_time_compare(seal, _seal(content)):
        raise BadPass(_("This is no code of this program."))
    first, of, member, made = _CONTENT.unpack(content)
    if of != meeting.pk:
        raise BadPass(_("This code is for another meeting."))
    if first == _CREDENTIAL:
        return Shown(member)
    if not 0 <= (time.time() if now is None else now) - made + 1 <= VALID_FOR + 1:
        raise BadPass(_("This code is too old: the member opens the page again."))
    return Shown(member)


def _seal(content: bytes) -> bytes:
    return salted_hmac(_SALT, content, algorithm="sha256").digest()[:_SEAL]
