"""Doing an act by its page, and what came of it; the tests of other pages use it too."""

from datetime import date

from django.urls import reverse

from audit.models import Entry
from members.models import Member

DAY = "2024-03-01"
ON = date(2024, 3, 1)


def address(row, act):
    if isinstance(row, type):
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_list_act"
        return reverse(name, args=[act])
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_act", args=[row.pk, act])


def perform(client, row, act, **given):
    """The answer to an act that was filled in, looked at and confirmed."""
    sent = {"on": DAY, "reason": "Because.", **given}
    answer = client.post(address(row, act), sent)
    preview = (answer.context_data or {}).get("preview") if answer.status_code == 200 else None
    return client.post(address(row, act), {**sent, "seen": preview.seen}) if preview else answer


def done(answer):
    """The row that an act that was done leads to."""
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def refused(answer):
    """What stood in the way of an act that was refused."""
    assert answer.status_code == 200
    return [str(blocker) for blocker in answer.context_data["act"].refused]


def history(row):
    about = {"member": row.pk} if isinstance(row, Member) else {"unit": row.pk}
    told = Entry.objects.filter(**about).exclude(sentence="").order_by("pk")
    return list(dict.fromkeys(f"{entry.sentence} Reason: {entry.reason}" for entry in told))


def homes(person):
    found = person.registrations.filter(kind="home").order_by("since")
    return [(row.unit, row.since, row.until) for row in found]
