"""What is logged, and changing the log as nobody may."""

from datetime import date

from django.db import connection

from districts.models import HeldRole, Locality, Unit, Workplace
from members.models import Account, EarlierMembership, Employment, Member, Registration

ON = date(2024, 3, 1)
TABLES = (
    *(Unit, Locality, Workplace, Member, Registration, Employment, EarlierMembership, Account),
    HeldRole,
)


def tamper(statement, *parameters):
    """Change the log as somebody could who holds the database itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, parameters)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
