"""The e-mail with the link to an application, sent in the background by `manage.py db_worker`.

The task is given a primary key and the program's own address; the link is made where it is sent.
"""

from urllib.parse import urljoin

from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from members.accounts.mails import send
from members.accounts.tokens import hash_of, new_token
from members.models import ApplicationLink, Request


@task()
def send_application_link(request: int, origin: str) -> None:
    """Send whoever applied a link to the application; nothing where it was decided meanwhile."""
    asked = Request.objects.open().exclude(email="").filter(pk=request).first()
    if asked is None:
        return
    token = new_token()
    # It holds before it is sent: a link that has arrived is never unknown.
    ApplicationLink.objects.create(request=asked, token_hash=hash_of(token))
    link = urljoin(origin, reverse("application", args=[token]))
    words = {"link": link, "due": asked.due_on}
    send(asked.email, _("Your application"), "cells/application_mail.txt", **words)
