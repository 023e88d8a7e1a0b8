"""The log: what was done to the register, by whom and why, each entry sealed to those before it."""

from datetime import date
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class LogIsFinal(Exception):
    """Somebody tried to change or delete an entry of the log."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries to read; nothing here changes or deletes one."""

    def update(self, **_fields: Any) -> NoReturn:
        raise LogIsFinal("an entry of the log is never changed")

    def delete(self) -> NoReturn:
        raise LogIsFinal("an entry of the log is never deleted")

    def strike(self, on: date) -> int:
        """Strike out what may name people in the entries, as of the day `on`; how many they were.

        The one change that there is: see `audit.striking`, which alone does it.
        """
        return super().update(sentence="", reason="", changes={}, salt="", struck=on)

    def bulk_update(self, *_args: Any, **_options: Any) -> NoReturn:
        raise LogIsFinal("an entry of the log is never changed")


class EntryManager(models.Manager["Entry"]):
    """The log as django-auditlog writes to it."""

    def get_queryset(self) -> EntryQuerySet:
        return EntryQuerySet(self.model, using=self._db)

    def log_create(
        self, instance: models.Model, *, action: str, changes: Any, force_log: bool = False
    ) -> None:
        """Take a change that django-auditlog saw; it is written at the end of the act."""
        from audit.log import note_change  # it builds on this module

        note_change(instance, action, changes)


class Entry(models.Model):
    """One thing that was done: a change of one row, a look, an export, an import.

    Entries stand in chains, one for each town and one (0) for what concerns no unit. `place` counts
    from 1 in each chain without a gap, and `digest` seals the entry to the one before it: see
    `audit.chain`. Nothing here points to another table, so that nothing takes an entry with it.
    """

    class Action:
        """What django-auditlog calls the kinds of change."""

        CREATE, UPDATE, DELETE, ACCESS = "created", "changed", "removed", "looked"

    class What(models.TextChoices):
        """What was done."""

        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")
        LOOKED = "looked", _("looked at")
        EXPORTED = "exported", _("exported")
        IMPORTED = "imported", _("imported")

    chain = models.BigIntegerField(_("chain"))
    place = models.BigIntegerField(_("place in the chain"))
    at = models.DateTimeField(_("when"))
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    table = models.CharField(_("table"), max_length=50, blank=True)
    key = models.CharField(_("key"), max_length=100, blank=True)
    member = models.BigIntegerField(_("member number"), null=True, blank=True)
    unit = models.BigIntegerField(_("unit"), null=True, blank=True)
    actor = models.BigIntegerField(_("account"), null=True, blank=True)
    actor_name = models.CharField(_("who"), max_length=150)
    act = models.CharField(_("act"), max_length=50)
    act_id = models.UUIDField(_("number of the act"))
    # What may name people: sealed by `content_digest` alone, so that it can be struck out when the
    # law demands it, and the chain still holds: see `audit.striking`.
    sentence = models.TextField(_("what was done"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    changes = models.JSONField(_("before and after"), default=dict, blank=True)
    salt = models.CharField(max_length=32)
    content_digest = models.CharField(max_length=64)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    struck = models.DateField(
        _("struck out on"),
        null=True,
        blank=True,
        help_text=_("The day on which the sentence, the reason and the values were erased."),
    )

    objects = EntryManager()

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("log")
        constraints = [
            models.UniqueConstraint(fields=["chain", "place"], name="audit_entry_one_at_a_place"),
            models.CheckConstraint(
                condition=models.Q(place__gte=1), name="audit_entry_place_counts"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="audit_entry_of_unit"),
            models.Index(fields=["member", "-id"], name="audit_entry_of_member"),
            models.Index(fields=["act_id"], name="audit_entry_of_act"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.place}"

    def save(self, *_args: Any, **_options: Any) -> NoReturn:
        raise LogIsFinal("entries are written by audit.log alone")

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        raise LogIsFinal("an entry of the log is never deleted")


class Chain(models.Model):
    """The head of one chain: how many entries it has, and the digest of the last."""

    root = models.BigIntegerField(_("the town's root"), primary_key=True)
    length = models.BigIntegerField(_("entries"), default=0)
    digest = models.CharField(_("digest"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("chain of the log")
        verbose_name_plural = _("chains of the log")

    def __str__(self) -> str:
        return f"{self.root}: {self.length}"


# Django looks for the tables of the app here; those of imports build on what stands above.
import audit.imports.models  # noqa: E402, F401
