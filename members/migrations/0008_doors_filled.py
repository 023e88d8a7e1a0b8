from secrets import token_urlsafe

from django.core.management import call_command
from django.db import migrations
from django.db.models import Q
from django.utils import timezone

CACHE = "kartei_cache"


def fill(apps, schema_editor):
    """Handles by chance, addresses small and each once, and who holds a role."""
    account, role = apps.get_model("members", "Account"), apps.get_model("districts", "HeldRole")
    today = timezone.localdate()
    standing = role.objects.filter(Q(until__isnull=True) | Q(until__gt=today))
    in_office = set(standing.values_list("account", flat=True))
    known = set()
    for row in account.objects.order_by("pk").iterator():
        row.handle = token_urlsafe(32)
        address = row.email.strip().lower()
        row.email = "" if address in known else address
        known.add(address)
        row.holds_office = row.pk in in_office
        row.save(update_fields=["handle", "email", "holds_office"])


def make_cache(apps, schema_editor):
    call_command("createcachetable", CACHE, database=schema_editor.connection.alias, verbosity=0)


def drop_cache(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {CACHE}")


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0007_doors'),
        ('districts', '0009_tellers'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(make_cache, drop_cache),
    ]
