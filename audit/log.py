"""Writing the log: what an act changes is gathered while it runs and sealed at its very end.

Every act is one `recording`: one transaction, whose entries are written last, so that the lock on a
chain is the last that is taken and is held for a moment only. What is changed outside of an act is
logged too, one change at a time.

An app says in its `logged.py` which of its models are logged, and whom a row concerns.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from getpass import getuser
from secrets import token_hex
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

from auditlog.registry import auditlog
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.chain import content_digest, digest
from audit.models import Chain, Entry

ORGANISATION = 0  # the chain of what concerns no unit
SHOWN = "…"  # in the place of a secret

Text = str | Promise
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Logged:
    """How the rows of a model stand in the log.

    `key` names a row for good, `name` the row where another points to it; `unit` and `member` find
    the primary key of the unit and the number of the member that it concerns, None where there is
    none.
    """

    table: str
    key: Callable[[Any], Any]
    name: Callable[[Any], Any]
    unit: Callable[[Any], int | None]
    member: Callable[[Any], int | None]
    title: Text = ""
    labels: Mapping[str, Text] = field(default_factory=dict)
    words: Mapping[str, Callable[[str], str]] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """An entry before it is sealed."""

    what: str
    table: str = ""
    key: str = ""
    unit: int | None = None
    member: int | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    row: models.Model | None = None
    apart: str = ""  # the name under which it stands without the act's own sentence and reason


@dataclass(slots=True)
class Recording:
    """One act while it runs: who does it, why, and what it has changed so far."""

    act: str
    reason: str = ""
    sentence: str = ""
    rehearsal: bool = False
    number: UUID = field(default_factory=uuid4)
    drafts: list[Draft] = field(default_factory=list)


_recording: ContextVar[Recording | None] = ContextVar("recording", default=None)
_actor: ContextVar[Any] = ContextVar("actor", default=None)
_logged: dict[type[models.Model], Logged] = {}
_names: set[str] = set()
_roots: list[Callable[[Iterable[int]], Mapping[int, int]]] = []


def log_changes(
    model: type[models.Model],
    *,
    table: str,
    key: Callable[[Any], Any],
    unit: Callable[[Any], int | None],
    member: Callable[[Any], int | None] = lambda row: None,
    name: Callable[[Any], Any] | None = None,
    leave_out: Sequence[str] = (),
    secret: Sequence[str] = (),
    title: Text = "",
    labels: Mapping[str, Text] | None = None,
    words: Mapping[str, Callable[[str], str]] | None = None,
) -> None:
    """Log every change of a row of `model` that is saved or deleted.

    `leave_out` are fields that follow from others, `secret` those of which only the change is kept.
    `title` and `labels` name the table and its fields for people where the model, which may be of
    another package, does not; `words` say a value of a field as people do.
    """
    _logged[model] = Logged(table, key, name or key, unit, member, title, labels or {}, words or {})
    fields = {field.name for field in model._meta.concrete_fields} - {*leave_out, "id"}
    auditlog.register(
        model,
        include_fields=sorted(fields),
        mask_fields=list(secret),
        mask_callable="audit.log.hidden",
    )


def hidden(_value: str) -> str:
    """What stands in the log in place of a secret."""
    return SHOWN


def model_of(table: str) -> type[models.Model] | None:
    """The model whose rows the log names by `table`, None for one that is no longer logged."""
    return next((model for model, logged in _logged.items() if logged.table == table), None)


def logged_as(model: type[models.Model] | None) -> Logged | None:
    """How the rows of the model stand in the log, None for one that is not logged."""
    return _logged.get(model) if model else None


def logged_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Every field that the log can tell a change of, with its model."""
    for model in _logged:
        for name in auditlog.get_model_fields(model)["include_fields"]:
            yield model, name


def key_of(row: models.Model) -> tuple[str, str]:
    """The table and the key by which the log names the row."""
    known = _logged[type(row)]
    return known.table, str(known.key(row))


def finds_roots(find: Callable[[Iterable[int]], Mapping[int, int]]) -> Any:
    """Declare how the roots of units are found, by primary keys: a chain for each tree."""
    _roots.append(find)
    return find


@contextmanager
def acting(user: Any) -> Iterator[None]:
    """Let what is done meanwhile be logged as done by `user`: an account, nobody who is logged in,
    or, as a text, where it came from if it came from no account.
    """
    token = _actor.set(user)
    try:
        yield
    finally:
        _actor.reset(token)


@contextmanager
def recording(act: str, *, reason: str = "", rehearsal: bool = False) -> Iterator[Recording]:
    """One act in one transaction; all that it changes is logged together at its end.

    Inside another act this is a part of that one. Nothing is logged of a rehearsal, which keeps
    nothing either: look at its drafts.
    """
    outer = _recording.get()
    if outer is not None:
        noted = len(outer.drafts)
        try:
            with transaction.atomic():
                yield outer
        except BaseException:
            del outer.drafts[noted:]  # the part was taken back, whatever becomes of the whole
            raise
        return
    running = Recording(act, reason=reason, rehearsal=rehearsal)
    with transaction.atomic():
        token = _recording.set(running)
        try:
            yield running
        finally:
            _recording.reset(token)
        _name_targets(running.drafts)
        if rehearsal:
            transaction.set_rollback(True)
        else:
            _write(running)


@contextmanager
def apart(act: str) -> Iterator[None]:
    """Let what an act changes meanwhile stand in the log under the name `act`, by itself.

    For a consequence in somebody else's part of the register: who keeps that sees it, and neither
    the sentence nor the reason of what was done elsewhere, which may tell what is not to be seen.
    """
    with recording(act) as running:
        noted = len(running.drafts)
        yield
        for draft in running.drafts[noted:]:
            draft.apart = act


def recorded(act: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an act: one transaction, logged under this name."""
    _names.add(act)

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def perform(*args: P.args, **kwargs: P.kwargs) -> R:
            with recording(act):
                return function(*args, **kwargs)

        return perform

    return wrap


def act_names() -> set[str]:
    """The names under which the acts of the domain are logged."""
    return set(_names)


def concerned(drafts: Iterable[Draft]) -> tuple[set[int], set[int]]:
    """The units and the members that the changes concern, by their primary keys."""
    units, members = set(), set()
    for draft in drafts:
        if draft.row is not None:
            units.add(_logged[type(draft.row)].unit(draft.row))
        members.add(draft.member)
    return {one for one in units if one is not None}, {one for one in members if one is not None}


def note(draft: Draft, *, act: str) -> None:
    """Log something of its own: a look, an export, an import."""
    with recording(act) as running:
        running.drafts.append(draft)


def note_change(instance: models.Model, action: str, changes: Any) -> None:
    """Log the change of one row; called by django-auditlog, and where a save does not tell it."""
    known = _logged[type(instance)]
    draft = Draft(
        what=action,
        table=known.table,
        key=str(known.key(instance)),
        member=known.member(instance),
        changes={name: list(values) for name, values in sorted((changes or {}).items())},
        row=instance,
    )
    running = _recording.get()
    if running is not None:
        running.drafts.append(draft)
    else:
        with recording("by-program") as alone:
            alone.drafts.append(draft)


def _write(running: Recording) -> None:
    """Seal the drafts, each in the chain of its unit's town."""
    if not running.drafts:
        return
    for draft in running.drafts:
        if draft.row is not None:  # as things stand at the end of the act
            draft.unit = _logged[type(draft.row)].unit(draft.row)
    units = {draft.unit for draft in running.drafts if draft.unit is not None}
    roots: dict[int, int] = {}
    for find in _roots:
        roots.update(find(units))
    chains = _locked({roots.get(draft.unit or 0, ORGANISATION) for draft in running.drafts})
    entries = [_sealed(draft, running, chains, roots) for draft in running.drafts]
    Entry.objects.bulk_create(entries)
    for chain in chains.values():
        chain.save(update_fields=["length", "digest"])


def _locked(roots: set[int]) -> dict[int, Chain]:
    for root in sorted(roots):
        Chain.objects.get_or_create(root=root)
    found = Chain.objects.filter(pk__in=roots).order_by("pk")
    return {chain.root: chain for chain in found.select_for_update()}


def _sealed(
    draft: Draft, running: Recording, chains: Mapping[int, Chain], roots: Mapping[int, int]
) -> Entry:
    chain = chains[roots.get(draft.unit or 0, ORGANISATION)]
    actor = _actor.get()
    entry = Entry(
        chain=chain.root,
        place=chain.length + 1,
        at=timezone.now(),
        what=draft.what,
        table=draft.table,
        key=draft.key,
        member=draft.member,
        unit=draft.unit,
        actor=getattr(actor, "pk", None),
        actor_name=_name_of(actor),
        act=draft.apart or running.act,
        act_id=running.number,
        sentence="" if draft.apart else running.sentence,
        reason="" if draft.apart else running.reason,
        changes=draft.changes,
        salt=token_hex(16),
        facts=draft.facts,
    )
    entry.content_digest = content_digest(entry)
    entry.digest = digest(entry, chain.digest)
    chain.length, chain.digest = entry.place, entry.digest
    return entry


def _name_of(actor: Any) -> str:
    """The account's name, or that of the user of the machine where a command did it.

    What comes over the network from nobody who is logged in is no doing of the machine's user.
    """
    if getattr(actor, "pk", None) is not None:
        return str(actor.get_username())[:150]
    if actor is not None:
        return f"({actor})" if isinstance(actor, str) else _("(not logged in)")
    try:
        return f"({getuser()})"
    except (KeyError, OSError):  # a user without a name, in a container
        return "(system)"


def _name_targets(drafts: Iterable[Draft]) -> None:
    """Put the keys by which people know rows in the place of the database's own."""
    pointers: dict[type[models.Model], list[tuple[list[Any], int]]] = {}
    for draft in drafts:
        if draft.row is None:
            continue
        for name, values in draft.changes.items():
            target = draft.row._meta.get_field(name).related_model
            if isinstance(target, type) and target in _logged:
                places = [(values, side) for side in (0, 1) if isinstance(values[side], int)]
                pointers.setdefault(target, []).extend(places)
    for target, places in pointers.items():
        rows = target._default_manager.in_bulk({values[side] for values, side in places})
        for values, side in places:
            row = rows.get(values[side])
            if row is not None:
                values[side] = str(_logged[target].name(row))
