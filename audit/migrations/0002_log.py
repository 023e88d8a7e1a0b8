"""The log, and PostgreSQL's refusal to change it."""

from django.db import migrations, models

from audit.operations import PostgresSQL

KEEP = """
CREATE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is never changed' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entry_keeps_rows BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_final();
CREATE TRIGGER audit_entry_keeps_all BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_final();
"""
LET_GO = """
DROP TRIGGER audit_entry_keeps_all ON audit_entry;
DROP TRIGGER audit_entry_keeps_rows ON audit_entry;
DROP FUNCTION audit_entry_is_final();
"""

class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_extensions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('root', models.BigIntegerField(primary_key=True, serialize=False, verbose_name="the town's root")),
                ('length', models.BigIntegerField(default=0, verbose_name='entries')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest')),
            ],
            options={
                'verbose_name': 'chain of the log',
                'verbose_name_plural': 'chains of the log',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.BigIntegerField(verbose_name='chain')),
                ('place', models.BigIntegerField(verbose_name='place in the chain')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('what', models.CharField(choices=[('created', 'created'), ('changed', 'changed'), ('removed', 'removed'), ('looked', 'looked at'), ('exported', 'exported'), ('imported', 'imported')], max_length=10, verbose_name='what')),
                ('table', models.CharField(blank=True, max_length=50, verbose_name='table')),
                ('key', models.CharField(blank=True, max_length=100, verbose_name='key')),
                ('member', models.BigIntegerField(blank=True, null=True, verbose_name='member number')),
                ('unit', models.BigIntegerField(blank=True, null=True, verbose_name='unit')),
                ('actor', models.BigIntegerField(blank=True, null=True, verbose_name='account')),
                ('actor_name', models.CharField(max_length=150, verbose_name='who')),
                ('act', models.CharField(max_length=50, verbose_name='act')),
                ('act_id', models.UUIDField(verbose_name='number of the act')),
                ('sentence', models.TextField(blank=True, verbose_name='what was done')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('changes', models.JSONField(blank=True, default=dict, verbose_name='before and after')),
                ('salt', models.CharField(max_length=32)),
                ('content_digest', models.CharField(max_length=64)),
                ('facts', models.JSONField(blank=True, default=dict, verbose_name='facts')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
            ],
            options={
                'verbose_name': 'entry of the log',
                'verbose_name_plural': 'log',
                'indexes': [models.Index(fields=['unit', '-id'], name='audit_entry_of_unit'), models.Index(fields=['member', '-id'], name='audit_entry_of_member'), models.Index(fields=['act_id'], name='audit_entry_of_act')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'place'), name='audit_entry_one_at_a_place'), models.CheckConstraint(condition=models.Q(('place__gte', 1)), name='audit_entry_place_counts')],
            },
        ),
        PostgresSQL(KEEP, LET_GO),
    ]
