"""Periods of days: a first day that counts and a last that does not, so that none overlap."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import CheckConstraint, F, Func, Q
from django.utils.translation import gettext_lazy as _


def in_force(on: date, *, since: str = "since", until: str = "until", prefix: str = "") -> Q:
    """The condition that a row's period holds the day `on`.

    `since` is the first day, `until` the first day no more; open when null. `prefix` reaches the
    row from another one ('registrations__').
    """
    start, end = prefix + since, prefix + until
    return Q(**{f"{start}__lte": on}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": on}))


def ends_after_start(*, since: str = "since", until: str = "until", name: str) -> CheckConstraint:
    """The constraint that a period is open or ends on a later day than it began."""
    return CheckConstraint(
        condition=Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gt": F(since)}),
        name=name,
        violation_error_message=_("The end must be a later day than the start."),
    )


class NoOverlap(ExclusionConstraint):
    """No two periods of the same `fields` share a day; with `among`, of the rows with these values.

    A constraint for each of a few values takes half as long to write as one with the value in it.
    On PostgreSQL the database holds it, by an exclusion constraint; `validate()` holds it on both,
    and is free of races on SQLite, which lets one writer in at a time.
    """

    def __init__(
        self, *, fields: list[str], name: str, among: Mapping[str, str] | None = None
    ) -> None:
        self.fields, self.among = fields, dict(among or {})
        span = Func("since", "until", function="daterange", output_field=DateRangeField())
        super().__init__(
            name=name,
            expressions=[
                *((field, RangeOperators.EQUAL) for field in fields),
                (span, RangeOperators.OVERLAPS),
            ],
            condition=Q(**self.among) if self.among else None,
            violation_error_message=_("This period overlaps another one."),
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        among = {"among": self.among} if self.among else {}
        return path, [], {"fields": self.fields, "name": self.name, **among}

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().constraint_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().remove_sql(model, schema_editor)

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        row: Any = instance
        same = {field: instance.serializable_value(field) for field in self.fields}
        if any(row.serializable_value(field) != value for field, value in self.among.items()):
            return
        if None in same.values() or row.since is None or (exclude and set(exclude) & set(same)):
            return
        rivals = model._default_manager.using(using).filter(**same, **self.among)
        rivals = rivals.exclude(pk=row.pk)
        rivals = rivals.filter(Q(until__isnull=True) | Q(until__gt=row.since))
        if row.until is not None:
            rivals = rivals.filter(since__lt=row.until)
        if rivals.exists():
            raise ValidationError(self.get_violation_error_message(), code="overlap")
