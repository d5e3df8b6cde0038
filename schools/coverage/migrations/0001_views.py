"""The fact views of a school, without names, and the marks that any change of the facts leaves.

Names are unqualified: the views bind to the schema being migrated. A view holds the types of the columns it reads, so
a later migration that changes one of them drops the views first and makes them again.
"""

from django.db import migrations

# Every person known to the school, one row per enrolment; somebody who was never enrolled has one row without a kind,
# because the keys of everybody decide who is who over the region.
MEMBER = """
CREATE VIEW coverage_member AS
SELECT p.id AS person, p.name_key, p.snils_key, p.birth_date, e.kind, c.grade AS class_grade,
       e.admitted_on AS enrolled_from, e.left_on AS enrolled_to, e.experience_years
FROM people_person p
LEFT JOIN people_enrolment e ON e.person_id = p.id
LEFT JOIN people_schoolclass c ON c.id = e.school_class_id
"""

# One row per side of a pair whose order has both number and date; from_date and to_date are both days of the pair.
ENGAGEMENT = """
CREATE VIEW coverage_engagement AS
SELECT side.person, side.role, p.form_code, o.signed_on AS ordered_on,
       p.starts_on AS from_date, p.ends_on AS to_date, NULL::date AS last_meeting
FROM pairs_pair p
JOIN pairs_order o ON o.id = p.order_id AND o.number <> '' AND o.signed_on IS NOT NULL
CROSS JOIN LATERAL (VALUES (p.mentor_id, 'mentor'), (p.mentee_id, 'mentee')) side (person, role)
"""

# From valid_from up to, not including, valid_to: consents to processing, cut where the person turns 18, because a
# representative's signature ends there and one's own begins. PostgreSQL's 29 February + 18 years is 28 February; here
# it is 1 March.
CONSENT = """
CREATE VIEW coverage_consent AS
SELECT c.person_id AS person,
       CASE WHEN c.signer = 'self' THEN greatest(c.given_on, adult.since) ELSE c.given_on END AS valid_from,
       least(c.valid_until + 1, c.withdrawn_on, CASE WHEN c.signer <> 'self' THEN adult.since END) AS valid_to
FROM consents_consent c
JOIN people_person p ON p.id = c.person_id
CROSS JOIN LATERAL (
    SELECT (p.birth_date + interval '18 years')::date
        + CASE WHEN date_part('month', p.birth_date) = 2 AND date_part('day', p.birth_date) = 29
               THEN 1 ELSE 0 END AS since
) adult
WHERE c.kind = 'processing'
"""

# Not SECURITY DEFINER: the row policy of the marks has to see the school's own role.
MARK = """
CREATE FUNCTION coverage_mark() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
    INSERT INTO region.events_mark (id, school_schema, at) VALUES (gen_random_uuid(), TG_TABLE_SCHEMA, now());
    RETURN NULL;
END
$mark$
"""

FACT_TABLES = ("people_person", "people_enrolment", "pairs_pair", "pairs_order", "consents_consent")


def _watch(table: str) -> migrations.RunSQL:
    """Mark the school after any statement that may have changed the table, a COPY and a TRUNCATE included."""
    return migrations.RunSQL(
        f"CREATE TRIGGER coverage_mark AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION coverage_mark()",
        f"DROP TRIGGER coverage_mark ON {table}",
    )


class Migration(migrations.Migration):
    """Views, function, triggers."""

    initial = True

    dependencies = [
        ("people", "0001_initial"),
        ("consents", "0001_initial"),
        ("pairs", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(MEMBER, "DROP VIEW coverage_member"),
        migrations.RunSQL(ENGAGEMENT, "DROP VIEW coverage_engagement"),
        migrations.RunSQL(CONSENT, "DROP VIEW coverage_consent"),
        migrations.RunSQL(MARK, "DROP FUNCTION coverage_mark()"),
        *[_watch(table) for table in FACT_TABLES],
    ]
