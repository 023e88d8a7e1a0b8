"""Those who open the box: their keys, and the poll's key, which is never kept but wrapped."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from elections.models.polls import Poll


class TellerKey(models.Model):
    """A teller's key pair; the private half only wrapped for the teller's passphrase (Argon2)."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="teller_key",
        verbose_name=_("account"),
    )
    public = models.BinaryField(_("public key"))
    wrapped = models.BinaryField(_("wrapped private key"))
    made_on = models.DateField(_("made on"))

    class Meta:
        verbose_name = _("teller's key")
        verbose_name_plural = _("tellers' keys")

    def __str__(self) -> str:
        return str(self.account)


class PollTeller(models.Model):
    """One of the three who can open the box of a poll, two of them together."""

    poll = models.ForeignKey(
        Poll,
        models.CASCADE,
        related_name="tellers",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("poll"),
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="polls_to_open",
        verbose_name=_("teller"),
    )
    wrapped = models.BinaryField(
        _("wrapped private key"),
        null=True,
        editable=False,
        help_text=_("The teller's key as it was when the poll opened."),
    )

    class Meta:
        verbose_name = _("teller")
        verbose_name_plural = _("tellers")
        ordering = ["poll", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "account"], name="elections_teller_once")
        ]

    def __str__(self) -> str:
        return str(self.account)


class Share(models.Model):
    """The poll's private key, sealed for a second teller and around that for a first.

    `half` is what is left when the first has opened the outer seal: sealed for the second still.
    """

    poll = models.ForeignKey(
        Poll,
        models.CASCADE,
        related_name="shares",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("poll"),
    )
    first = models.ForeignKey(PollTeller, models.CASCADE, related_name="+", verbose_name=_("first"))
    second = models.ForeignKey(
        PollTeller, models.CASCADE, related_name="+", verbose_name=_("second")
    )
    sealed = models.BinaryField(_("sealed"))
    half = models.BinaryField(_("half opened"), null=True)

    class Meta:
        verbose_name = _("share of a key")
        verbose_name_plural = _("shares of keys")
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "first", "second"], name="elections_share_once"
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="elections_share_for_two"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"
