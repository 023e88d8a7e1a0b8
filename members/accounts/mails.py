"""The e-mails about accounts, written and sent in the background by `manage.py db_worker`.

A task is given a primary key and the program's own address, and nothing of anybody: a link is made
where it is sent, and no secret waits in the queue.
"""

import logging
from smtplib import SMTPException
from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from members.accounts.tokens import hash_of, new_token
from members.door_models import AddressChange, Invitation
from members.models import Account

_logger = logging.getLogger(__name__)


@task()
def send_password_link(account: int, origin: str) -> None:
    """Send the account a link to a new password; nothing if there is none, or it is closed."""
    known = Account.objects.filter(pk=account).exclude(email="").first()
    if known is None or not known.is_open:
        return
    key = default_token_generator.make_token(known)
    keys = {"uidb36": user_pk_to_url_str(known), "key": key}
    link = urljoin(origin, reverse("account_reset_password_from_key", kwargs=keys))
    send(known.email, _("A new password"), "members/accounts/password_mail.txt", link=link)


@task()
def send_invitation(invitation: int, origin: str) -> None:
    """Send the invitation's link, once; nothing for one that was used or revoked meanwhile."""
    known = Invitation.objects.valid(timezone.now()).filter(pk=invitation, way="mail", sent_at=None)
    one = known.select_related("member").first()
    if one is None:
        return
    token = new_token()
    # It holds before it is sent: a link that has arrived is never unknown.
    if not known.update(token_hash=hash_of(token)):
        return
    link = urljoin(origin, reverse("invitation-link", args=[token]))
    template = "members/accounts/invitation_mail.txt"
    words = {"link": link, "until": timezone.localdate(one.valid_until), "member": one.member}
    taken = send(one.member.email, _("Your account"), template, **words)
    moment = "sent_at" if taken else "failed_at"
    Invitation.objects.filter(pk=one.pk).update(**{moment: timezone.now()})


@task()
def send_address_link(change: int, origin: str) -> None:
    """Ask the address whose word is awaited; nothing for one with which another account logs in.

    What the office asks for is told to the old address first, in the same task, so that no link to
    the new one is there before. Both are told again where the task is done again.
    """
    one = AddressChange.objects.filter(pk=change).select_related("account").first()
    if one is None:
        return
    is_old = one.stage == AddressChange.Stage.OLD
    address = one.account.email if is_old else one.address
    if not is_old and Account.objects.filter(email=address).exclude(pk=one.account_id).exists():
        return
    if one.by_office and one.account.email:
        _tell_old_address(one.account)
    token = new_token()
    AddressChange.objects.filter(pk=one.pk).update(token_hash=hash_of(token))
    link = urljoin(origin, reverse("address-link", args=[token]))
    words = {"link": link, "is_old": is_old, "address": one.address}
    send(address, _("A new e-mail address"), "members/accounts/address_mail.txt", **words)


def _tell_old_address(account: Account) -> None:
    """Say that the office asked for another address; not for which, since others may read this."""
    template = "members/accounts/address_by_office_mail.txt"
    send(account.email, _("A new e-mail address"), template, at=account.address_by_office)


def send(address: str, subject: str, template: str, /, **context: object) -> bool:
    """Send one e-mail and tell whether the server took it; why not may name an address."""
    with translation.override(settings.LANGUAGE_CODE):
        body = render_to_string(template, context)
        message = EmailMessage(subject, body, to=[address])
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        return bool(message.send())
    except (OSError, SMTPException, ValueError, ImproperlyConfigured) as error:
        _logger.warning("an e-mail about an account was not sent: %s", type(error).__name__)
        return False
