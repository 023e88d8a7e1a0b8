"""Who held a role by permissions alone holds it with a date from now on."""

from django.db import migrations
from django.utils import timezone

ROLES = {"secretary": "change_register", "auditor": "export_register"}


def date_roles(apps, schema_editor):
    permissions = apps.get_model("guardian", "UserObjectPermission").objects.filter(
        permission__content_type__app_label="districts",
        permission__content_type__model="unit",
    )
    held_role = apps.get_model("districts", "HeldRole")
    units = set(apps.get_model("districts", "Unit").objects.values_list("pk", flat=True))
    for role, permission in ROLES.items():
        rows = permissions.filter(permission__codename=permission)
        held_role.objects.bulk_create(
            held_role(account_id=user, role=role, unit_id=int(key), since=timezone.localdate())
            for user, key in rows.values_list("user", "object_pk")
            if int(key) in units
        )


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0002_roles"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(date_roles, migrations.RunPython.noop)]
