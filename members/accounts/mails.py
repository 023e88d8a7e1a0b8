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
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

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


def send(address: str, subject: str, template: str, **context: object) -> bool:
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
