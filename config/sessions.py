"""Who a request is from, found with two plain statements.

Every request asks for its session and its account, and at the close of a poll very many come at
once. Django's own stores put both queries together from models anew each time, which takes longer
than the answer; these are put together once. What is stored, and when it ends, is Django's.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

from audit.prepared import Prepared
from members.models import Account

_SESSION = Prepared(
    *("session_of_request", "text", "timestamptz"),
    sql="SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
)
_FIELDS = [field.attname for field in Account._meta.concrete_fields]
_ACCOUNT = Prepared(
    *("account_of_request", "bigint"),
    sql=str(Account.objects.filter(pk=0).query).replace(" = 0", " = %s"),
)


class SessionStore(DatabaseStore):
    """Django's sessions in the database. This name is the one that Django looks for."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, under no key, if there is none or it has ended."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            _SESSION.run(cursor, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(row[0])
        return held


class Accounts(AuthenticationBackend):
    """The login with an e-mail address and a password."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the account is open today. No query."""
        return bool(user.is_open)

    def get_user(self, user_id: int) -> Account | None:
        """The account with this number, if it may be used."""
        if connection.vendor != "postgresql":  # others know no times and no booleans
            found: Account | None = super().get_user(user_id)
            return found
        with connection.cursor() as cursor:
            _ACCOUNT.run(cursor, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        account = Account.from_db(connection.alias, _FIELDS, row)
        return account if self.user_can_authenticate(account) else None
