"""An import as something that stays: whose, its files, what it found, what became of it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(days=7)
SILENT_FOR = timedelta(minutes=2)


class ImportJob(models.Model):
    """One import, from the upload to its end.

    `attempt` counts the runs: a run that was given up keeps nothing, since it no longer has the
    number of the job. `part` are the primary keys of the units that the importer held when the rows
    were looked at, None for the whole organisation. `digest` is that of the changes shown.
    """

    class State(models.TextChoices):
        """Where an import stands."""

        UPLOADED = "uploaded", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        ACCEPTED = "accepted", _("waiting to be taken in")
        IMPORTING = "importing", _("being taken in")
        DONE = "done", _("taken in")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("given up")

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UPLOADED
    )
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    made = models.DateTimeField(_("uploaded"), default=timezone.now)
    touched = models.DateTimeField(_("last sign of life"), default=timezone.now)
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    size = models.BigIntegerField(_("bytes to read"), default=0)
    progress = models.JSONField(_("progress"), default=dict, blank=True)
    part = models.JSONField(_("part"), null=True, blank=True)
    problems = models.PositiveIntegerField(_("problems"), default=0)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    message = models.TextField(_("message"), blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["account", "-id"], name="audit_import_of_account")]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_running(self) -> bool:
        """Whether somebody works on it, or is to."""
        return self.state in RUNNING

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has taken it up yet."""
        return self.state in (self.State.UPLOADED, self.State.ACCEPTED)

    @property
    def is_silent(self) -> bool:
        """Whether it should have shown a sign of life by now."""
        return self.is_running and self.touched < timezone.now() - SILENT_FOR

    @property
    def is_final(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state in FINAL

    @property
    def may_be_accepted(self) -> bool:
        """Whether it was checked, nothing is wrong, and something would change."""
        return self.state == self.State.CHECKED and not self.problems and self.changes > 0

    @property
    def changes(self) -> int:
        """How many rows are new or changed."""
        return sum(one["new"] + one["changed"] for one in self.counts.values())


RUNNING = {
    ImportJob.State.UPLOADED,
    ImportJob.State.CHECKING,
    ImportJob.State.ACCEPTED,
    ImportJob.State.IMPORTING,
}
FINAL = {ImportJob.State.DONE, ImportJob.State.FAILED, ImportJob.State.DROPPED}


class ImportFile(models.Model):
    """A file as it was uploaded: a CSV file, or an archive of them."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ImportPiece(models.Model):
    """A piece of an uploaded file. Web and worker share no disk, so it is kept here for a while."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="pieces", db_index=False)
    place = models.PositiveIntegerField(_("place"))
    data = models.BinaryField(_("bytes"))

    class Meta:
        verbose_name = _("piece of a file")
        verbose_name_plural = _("pieces of files")
        constraints = [
            models.UniqueConstraint(fields=["file", "place"], name="audit_import_piece_at_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.place}"


class ImportRow(models.Model):
    """A row of an import to look at: what is wrong with it, or what it would change."""

    class Kind(models.TextChoices):
        """Why it is shown."""

        WRONG = "wrong", _("wrong")
        CHANGED = "changed", _("changed")
        NEW = "new", _("new")

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    table = models.CharField(_("table"), max_length=50)
    line = models.PositiveIntegerField(_("line"))
    key = models.CharField(_("key"), max_length=300)
    # Lists of column, before, after; of a wrong row: column, value, what is wrong.
    cells = models.JSONField(_("cells"))

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        indexes = [
            models.Index(fields=["job", "kind", "table", "id"], name="audit_import_rows_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.table}:{self.line}"
