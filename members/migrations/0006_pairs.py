"""Who is registered twice, kept ready by PostgreSQL: the counts of all units need every pair."""

from django.db import migrations

from audit.operations import PostgresSQL

# A home and a residence of one member, and the days on which both hold.
_PAIRS = """
SELECT r.member_id, h.unit_id, r.unit_id, GREATEST(h.since, r.since), LEAST(h.until, r.until)
FROM {members} JOIN members_registration r ON r.member_id = {member} AND r.kind = 'residence'
JOIN members_registration h ON h.member_id = {member} AND h.kind = 'home'
    AND h.since < COALESCE(r.until, 'infinity') AND r.since < COALESCE(h.until, 'infinity')
"""

# Once a statement, COPY included. Without the lock two people who write one member's home and
# residence at the same time would not see each other's row, and the pair would be missing. Members
# whom this very transaction wrote need none: nobody else gets at them, and an import has a million.
KEEP = f"""
CREATE TABLE members_pair (
    member_id bigint NOT NULL,
    home_id bigint NOT NULL,
    residence_id bigint NOT NULL,
    since date NOT NULL,
    until date
);
CREATE INDEX members_pair_member ON members_pair (member_id);
CREATE FUNCTION members_pair_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT member_id) INTO changed FROM written;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT member_id) INTO changed FROM struck;
    ELSE
        SELECT array_agg(member_id) INTO changed
        FROM (SELECT member_id FROM written UNION SELECT member_id FROM struck) AS changes;
    END IF;
    PERFORM 1 FROM members_member
    WHERE number = ANY (changed) AND xmin <> pg_current_xact_id()::xid
    ORDER BY number FOR NO KEY UPDATE;
    DELETE FROM members_pair WHERE member_id = ANY (changed);
    INSERT INTO members_pair
    {_PAIRS.format(members="unnest(changed) AS member", member="member")};
    RETURN NULL;
END
$$;
CREATE FUNCTION members_pair_empties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE members_pair;
    RETURN NULL;
END
$$;
CREATE TRIGGER members_pair_on_insert AFTER INSERT ON members_registration
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION members_pair_follows();
CREATE TRIGGER members_pair_on_update AFTER UPDATE ON members_registration
    REFERENCING NEW TABLE AS written OLD TABLE AS struck
    FOR EACH STATEMENT EXECUTE FUNCTION members_pair_follows();
CREATE TRIGGER members_pair_on_delete AFTER DELETE ON members_registration
    REFERENCING OLD TABLE AS struck
    FOR EACH STATEMENT EXECUTE FUNCTION members_pair_follows();
CREATE TRIGGER members_pair_on_truncate AFTER TRUNCATE ON members_registration
    FOR EACH STATEMENT EXECUTE FUNCTION members_pair_empties();
INSERT INTO members_pair {_PAIRS.format(members="members_member m", member="m.number")};
ANALYZE members_pair;
"""
LET_GO = """
DROP TRIGGER members_pair_on_truncate ON members_registration;
DROP TRIGGER members_pair_on_delete ON members_registration;
DROP TRIGGER members_pair_on_update ON members_registration;
DROP TRIGGER members_pair_on_insert ON members_registration;
DROP FUNCTION members_pair_empties();
DROP FUNCTION members_pair_follows();
DROP TABLE members_pair;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0005_standing_and_requests'),
    ]

    operations = [PostgresSQL(KEEP, LET_GO)]
