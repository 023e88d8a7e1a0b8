"""What a second factor and its fields are called, where allauth, whose they are, names them not."""

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

FACTOR_LABELS = {
    "type": _("kind"),
    "user": _("account"),
    "created_at": _("since"),
    "last_used_at": _("last used"),
}
_KINDS = {
    Authenticator.Type.TOTP.value: _("codes from an app"),
    Authenticator.Type.WEBAUTHN.value: _("passkey"),
    Authenticator.Type.RECOVERY_CODES.value: _("recovery codes"),
}


def factor_in_words(kind: str) -> str:
    """A kind of second factor as the pages of an account call it."""
    return str(_KINDS.get(kind, kind))
