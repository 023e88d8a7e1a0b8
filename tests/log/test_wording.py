"""What an entry of the log says of days and moments, in the reader's language."""

import pytest
from django.utils.translation import override

from audit import wording
from audit.models import Entry


@pytest.mark.parametrize(
    ("table", "field", "kept", "told"),
    [
        ("members", "born", "1990-02-03", "03.02.1990"),
        ("members", "born", "some day", "some day"),
        ("accounts", "last_login", "2026-01-02 23:30:00.123456", "03.01.2026 00:30"),
        ("accounts", "last_login", "2026-01-02T23:30:00+00:00", "03.01.2026 00:30"),
        ("accounts", "last_login", "at night", "at night"),
        ("members", "family_name", "1990-02-03", "1990-02-03"),
    ],
)
def test_days_and_moments_are_told_as_the_reader_writes_them(table, field, kept, told):
    entry = Entry(what="changed", table=table, key="1", changes={field: [None, kept]})
    with override("de"):
        (change,) = wording.changes(entry)
    assert (change.before, change.after) == ("", told)
