"""Entries of the log whose words were struck out; PostgreSQL lets that alone be done to one."""

from django.db import migrations, models

from audit.operations import PostgresSQL

LET_STRIKE = """
CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words text[] := ARRAY['sentence', 'reason', 'changes', 'salt', 'struck'];
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        IF OLD.struck IS NULL AND NEW.struck IS NOT NULL
            AND NEW.sentence = '' AND NEW.reason = '' AND NEW.salt = ''
            AND NEW.changes = '{}'::jsonb
            AND (to_jsonb(NEW) - words) = (to_jsonb(OLD) - words)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log is never changed' USING ERRCODE = 'insufficient_privilege';
END
$$;
"""
KEEP = """
CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is never changed' USING ERRCODE = 'insufficient_privilege';
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_imports")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="struck",
            field=models.DateField(
                blank=True,
                help_text="The day on which the sentence, the reason and the values were erased.",
                null=True,
                verbose_name="struck out on",
            ),
        ),
        PostgresSQL(LET_STRIKE, KEEP),
    ]
