"""What came with a merged school counts here from the day of the merge; before it, it counted there.

Columns, their order and types stay: the views are replaced in place, and whoever may read them goes on doing so.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("schools.coverage.migrations.0002_last_meeting")
MEMBER = """
CREATE OR REPLACE VIEW coverage_member AS
SELECT p.id AS person, p.name_key, p.snils_key, p.birth_date, e.kind, c.grade AS class_grade,
       greatest(e.admitted_on, e.counts_from) AS enrolled_from, e.left_on AS enrolled_to, e.experience_years
FROM people_person p
LEFT JOIN people_enrolment e ON e.person_id = p.id
LEFT JOIN people_schoolclass c ON c.id = e.school_class_id
"""

ENGAGEMENT = _before.ENGAGEMENT.replace("p.starts_on AS from_date", "greatest(p.starts_on, p.counts_from) AS from_date")

CONSENT = """
CREATE OR REPLACE VIEW coverage_consent AS
SELECT c.person_id AS person,
       greatest(c.given_on, c.counts_from, CASE WHEN c.signer = 'self' THEN adult.since END) AS valid_from,
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


class Migration(migrations.Migration):
    """The three fact views once more."""

    dependencies = [
        ("coverage", "0002_last_meeting"),
        ("people", "0005_merged_schools"),
        ("consents", "0002_merged_schools"),
        ("pairs", "0003_merged_schools"),
    ]

    operations = [migrations.RunSQL(view, migrations.RunSQL.noop) for view in (MEMBER, ENGAGEMENT, CONSENT)]
