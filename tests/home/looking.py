"""Looking at the first page, whole or one panel of it."""

from django.urls import reverse

from audit.ground import Ground
from districts.models import Unit


def fresh(unit):
    return Unit.objects.get(pk=unit.pk)


def ground_on(*units):
    return Ground(tuple(fresh(unit).extent for unit in units))


def home(client, **asked):
    return client.get(reverse("admin:index"), asked).content.decode()


def panel(client, template):
    """What a panel of the first page was given."""
    shown = client.get(reverse("admin:index")).context_data["panels"]
    return next(one for one in shown if one["template"] == f"kartei/home_{template}.html")
