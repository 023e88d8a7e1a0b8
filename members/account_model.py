"""The accounts of those who log in."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

ADDRESS_TOLD = timedelta(days=30)  # for how long what the office asked for is told


def new_handle() -> str:
    """The name of an account in a passkey: 256 bits of chance."""
    return token_urlsafe(32)


class AccountManager(UserManager["Account"]):
    """Accounts by their addresses, which are written small."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()


class Account(AbstractUser):
    """Somebody who logs in: a member, or a person who works for the organisation.

    The e-mail address logs in; the user name is what lists and the log call the account.
    """

    first_name = None  # type: ignore[assignment]  # people have names as members, not as accounts
    last_name = None  # type: ignore[assignment]
    member = models.OneToOneField(
        "members.Member",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="account",
        verbose_name=_("member"),
    )
    handle = models.CharField(
        _("name in passkeys"), max_length=64, unique=True, editable=False, default=new_handle
    )
    # Django calls it "member since" in German, which is another day.
    date_joined = models.DateTimeField(_("account made"), default=timezone.now)
    # Held by the act that gives and takes roles, so that no request has to look for one.
    holds_office = models.BooleanField(_("holds a role"), default=False, editable=False)
    closes_on = models.DateField(
        _("closed from"),
        null=True,
        blank=True,
        help_text=_("The first day that it lets nobody in."),
    )
    # Told to the member for a while, whatever became of it.
    address_by_office = models.DateTimeField(
        _("another address asked for by the office"), null=True, editable=False
    )
    # Made with the account's first passkey, they were not shown yet.
    codes_to_keep = models.BooleanField(
        _("recovery codes still to be kept"), default=False, editable=False
    )
    # Counted up, it ends every session of the account at once.
    sessions_ended = models.PositiveIntegerField(
        _("times that all sessions were ended"), default=0, editable=False
    )

    objects: ClassVar[AccountManager] = AccountManager()

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="members_account_email_once",
                violation_error_message=_("Another account logs in with this address."),
            ),
            # It is looked up as it is written.
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="members_account_email_small"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it lets somebody in today."""
        closed = self.closes_on is not None and self.closes_on <= timezone.localdate()
        return self.is_active and not closed

    @property
    def told_address_by_office(self) -> datetime | None:
        """When the office asked for another address, as long as it is told. No query."""
        at = self.address_by_office
        return at if at is not None and timezone.now() < at + ADDRESS_TOLD else None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        kept = f"{self.password}{self.sessions_ended or ''}"
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, kept, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.member.full_name if self.member else self.username

    def get_short_name(self) -> str:
        return self.username
