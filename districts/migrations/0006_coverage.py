"""Whether a workplace's cell is its own or covers it beside: to be filled from what is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("districts", "0005_range_index_alone")]

    operations = [
        migrations.AddField(
            model_name="workplace",
            name="coverage",
            field=models.CharField(
                blank=True,
                choices=[("own", "its own cell"), ("attached", "attached to it")],
                default="",
                help_text="Whether the cell is the workplace's own (A1), or covers it beside (A2).",
                max_length=10,
                verbose_name="coverage",
            ),
        ),
    ]
