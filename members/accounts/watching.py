"""What the program does when allauth tells of a login, a new password or a second factor."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.usersessions import signals as theirs
from allauth.usersessions.models import UserSession
from django.core import checks
from django.http import HttpRequest

from members.accounts.second_factor import is_switched_off, note_added, note_removed

NOWHERE = "0.0.0.0"  # noqa: S104  # nosec B104  # in the place of where somebody was, which nobody keeps


def watch() -> None:
    """Listen, in the place of what would write down from where people log in."""
    logged_in = account_signals.user_logged_in
    logged_in.disconnect(theirs.on_user_logged_in)
    logged_in.connect(_keep_session, dispatch_uid="kartei")
    for changed in (account_signals.password_set, account_signals.password_changed):
        changed.disconnect(theirs.on_password_changed)
        changed.connect(_keep_session, dispatch_uid="kartei")
    mfa_signals.authenticator_added.connect(note_added, dispatch_uid="kartei")
    mfa_signals.authenticator_removed.connect(note_removed, dispatch_uid="kartei")


def _keep_session(request: HttpRequest, user: Any, **_: Any) -> None:
    """Write the session into the account's list: since when, and by which browser."""
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.purge_and_list(user)
    kept = UserSession._meta.get_field("user_agent").max_length
    browser = request.META.get("HTTP_USER_AGENT", "")[:kept]
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "ip": NOWHERE, "user_agent": browser},
    )


@checks.register(checks.Tags.security, deploy=True)
def second_factor_is_asked(app_configs: Any, **kwargs: Any) -> list[checks.Warning]:
    """Warn where an office opens with a password alone."""
    if not is_switched_off():
        return []
    text = "SECOND_FACTOR is off: secretaries, tellers and administrators log in with one factor."
    hint = "Remove it from the settings; it is for towns of made-up people."
    return [checks.Warning(text, hint=hint, id="members.W001")]
