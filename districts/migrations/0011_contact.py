"""How the members of a unit reach its bureau; an empty line where nobody has said."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('districts', '0010_emergency_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='unit',
            name='contact',
            field=models.CharField(blank=True, default='', db_default='', max_length=200, verbose_name='how to reach it'),
        ),
    ]
