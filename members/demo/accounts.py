"""What the apps above add to the accounts for trying the program, and to its town.

@adds_accounts
def tellers(around: Around) -> Iterable[Login]: ...
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.crypto import get_random_string

from districts.models import Unit
from members.models import Member

_EASILY_READ = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Login:
    """A line of the list: who logs in, how, and to do what."""

    address: str
    password: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Around:
    """The member with an account, the cell at home, its district, and the town above it."""

    member: Member
    cell: Unit
    district: Unit
    town: Unit


Addition = Callable[[Around], Iterable[Login]]
_additions: list[Addition] = []


def adds_accounts(addition: Addition) -> Addition:
    """Declare accounts to make in the demonstration town, with what they need to find there."""
    _additions.append(addition)
    return addition


def added(around: Around) -> Iterator[Login]:
    """Make what all apps above have declared, in the order of the apps."""
    for addition in _additions:
        yield from addition(around)


def address(name: str) -> str:
    """The e-mail address of a made-up person, of a domain that is nobody's."""
    return f"{name}@example.org"


def password(length: int = 14) -> str:
    """A password that is easily read and typed."""
    return get_random_string(length, _EASILY_READ)
