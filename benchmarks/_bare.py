"""A bare Django view with the two inserts of a vote and nothing else, to measure against.

No session, no login, no CSRF, no template, no sealing: `granian --interface wsgi _bare:application`
is how it is served.
"""

import os
import secrets
import uuid

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.settings import database

settings.configure(
    SECRET_KEY="bare",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": database(os.environ["DATABASE_URL"])},
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    USE_TZ=True,
)

QUESTION, POLL = os.environ["BARE_QUESTION"], os.environ["BARE_POLL"]


def insert(request: HttpRequest, member: int) -> HttpResponse:
    """Write a check-off and a ballot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO elections_checkoff (id, question_id, member_id, poll_id, channel, "
            "\"on\", annulled) VALUES (%s, %s, %s, %s, 'online', current_date, false)",
            [str(uuid.uuid4()), QUESTION, member, POLL],
        )
        cursor.execute(
            "INSERT INTO elections_sealedballot (receipt, poll_id, sealed) VALUES (%s, %s, %s)",
            [secrets.token_hex(32), POLL, b"\xab" * 52],
        )
    return HttpResponse("ok")


urlpatterns = [path("<int:member>/", insert)]
application = get_wsgi_application()
