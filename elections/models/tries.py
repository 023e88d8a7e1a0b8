"""Tries at a passphrase or password, so that nobody can try many."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PassphraseTry(models.Model):
    """That somebody tried a passphrase or password with this account; never what was tried."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        db_index=False,  # the index beside the moment begins with it
        verbose_name=_("account"),
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("try at a passphrase")
        verbose_name_plural = _("tries at passphrases")
        indexes = [models.Index(fields=["account", "at"], name="elections_passphrase_try")]

    def __str__(self) -> str:
        return f"{self.account_id}"
