"""Who does something about votes in the office, by which form, and what the page says then."""

from django.utils import timezone

from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from tests import factories
from tests.admin_acts.performing import address
from tests.test_admin import page

TODAY = timezone.localdate


def log_in(client, unit, role=SECRETARY):
    account = factories.account()
    grant_role(user=account, role=role, unit=Unit.objects.get(pk=unit.pk))
    client.force_login(account)
    return account


def sent(client, row, act, **given):
    """The answer to a form that was filled in, and confirmed where it asked back."""
    filled = {"reason": "", **given}
    answer = client.post(address(row, act), filled)
    preview = (answer.context_data or {}).get("preview") if answer.status_code == 200 else None
    return client.post(address(row, act), {**filled, "seen": preview.seen}) if preview else answer


def errors(answer, field):
    assert answer.status_code == 200
    return list(answer.context_data["act"].errors.get(field, []))


def section(answer, name):
    (found,) = [one for one in answer.context_data["sections"] if name in one["template"]]
    return found


def next_steps(client, question):
    return [str(step.button) for step in section(page(client, question), "standing")["steps"]]
