import django.utils.timezone
from django.db import migrations, models

import members.account_model


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0006_pairs'),
    ]

    operations = [
        migrations.AlterModelManagers(name='account', managers=[('objects', members.account_model.AccountManager())]),
        migrations.AddField(
            model_name='account',
            name='handle',
            field=models.CharField(editable=False, max_length=64, null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='holds_office',
            field=models.BooleanField(default=False, editable=False, verbose_name='holds a role'),
        ),
        migrations.AddField(
            model_name='account',
            name='closes_on',
            field=models.DateField(blank=True, help_text='The first day that it lets nobody in.', null=True, verbose_name='closed from'),
        ),
        migrations.AddField(
            model_name='account',
            name='sessions_ended',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
