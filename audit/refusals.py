"""What a refused act says: every reason at once, each with the article that it rests on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way of an act.

    `reason` is a sentence for the person who tried; `article` the number ('A9') it rests on, empty
    where no article speaks, such as a code that is used already.
    """

    reason: str
    article: str = ""

    def __str__(self) -> str:
        return f"{self.article}: {self.reason}" if self.article else str(self.reason)


class Refused(Exception):
    """An act that did not happen, with all its `blockers`. Nothing of it was kept."""

    def __init__(self, *blockers: Blocker) -> None:
        self.blockers = blockers
        super().__init__(" ".join(str(blocker) for blocker in blockers))


def field_blockers(row: models.Model, *, told: Collection[str] = ()) -> list[Blocker]:
    """What the model's fields, its uniqueness and its constraints say of an unsaved row.

    Every field is checked, and each reason names its own, but of those in `told`, of which somebody
    tells already. `clean()` is not called: what it says comes from predicates that have blockers of
    their own.
    """
    blockers: list[Blocker] = []
    wrong = {field.name for field in row._meta.fields if not field.editable} | set(told)
    for check in (row.clean_fields, row.validate_unique, row.validate_constraints):
        try:
            check(exclude=wrong)
        except ValidationError as error:
            wrong |= error.message_dict.keys()
            for name, messages in error.message_dict.items():
                blockers += [Blocker(_with_label(row, name, message)) for message in messages]
    return blockers


def _with_label(row: models.Model, name: str, message: str) -> str:
    if name == NON_FIELD_ERRORS:
        return message
    return f"{getattr(row._meta.get_field(name), 'verbose_name', name)}: {message}"


def refuse_if(blockers: Iterable[Blocker], error: type[Refused] = Refused) -> None:
    """Raise `error` with all of `blockers`, if there are any."""
    if found := list(blockers):
        raise error(*found)
