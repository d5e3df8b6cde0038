"""The baseline without schemas: the same tables, constraints and rows once, with a column that says the school."""

from __future__ import annotations

from datetime import date

import psycopg

from schools.coverage.domain import Rule, cells_statement

TABLES = (
    "people_person",
    "people_schoolclass",
    "people_enrolment",
    "pairs_order",
    "pairs_group",
    "pairs_pair",
    "consents_consent",
)

VIEWS = (
    """
    CREATE VIEW flat.coverage_member AS
    SELECT p.school, p.id AS person, p.name_key, p.snils_key, p.birth_date, e.kind,
           greatest(e.admitted_on, e.counts_from) AS enrolled_from, e.left_on AS enrolled_to
    FROM flat.people_person p
    LEFT JOIN flat.people_enrolment e ON e.person_id = p.id
    """,
    """
    CREATE VIEW flat.coverage_engagement AS
    SELECT p.school, side.person, side.role, o.signed_on AS ordered_on,
           greatest(p.starts_on, p.counts_from) AS from_date, p.ends_on AS to_date
    FROM flat.pairs_pair p
    JOIN flat.pairs_order o ON o.id = p.order_id AND o.number <> '' AND o.signed_on IS NOT NULL
    CROSS JOIN LATERAL (VALUES (p.mentor_id, 'mentor'), (p.mentee_id, 'mentee')) side (person, role)
    """,
    """
    CREATE VIEW flat.coverage_consent AS
    SELECT c.school, c.person_id AS person,
           greatest(c.given_on, c.counts_from, CASE WHEN c.signer = 'self' THEN adult.since END) AS valid_from,
           least(c.valid_until + 1, c.withdrawn_on, CASE WHEN c.signer <> 'self' THEN adult.since END) AS valid_to
    FROM flat.consents_consent c
    JOIN flat.people_person p ON p.id = c.person_id
    CROSS JOIN LATERAL (
        SELECT (p.birth_date + interval '18 years')::date
            + CASE WHEN date_part('month', p.birth_date) = 2 AND date_part('day', p.birth_date) = 29
                   THEN 1 ELSE 0 END AS since
    ) adult
    WHERE c.kind = 'processing'
    """,
)


KNOWN_TWICE = (
    "SELECT s.number, k.person FROM region.rollup_personkey k JOIN flat.school s ON s.id = k.school_id "
    "WHERE k.is_shared"
)


def flat_statement(rules: tuple[Rule, ...], day: date) -> str:
    """Return the product's own aggregate over the flat tables: the school is a column, not a place in a list."""
    text = cells_statement(rules, day, ("flat",), known_elsewhere=KNOWN_TWICE)
    assert text.count("0 AS school") == 3
    return text.replace("0 AS school", "school")


def create_flat(connection: psycopg.Connection, pattern: str) -> None:
    """Make the schema ``flat`` after one school's tables, foreign keys and indexes included; in reach of roll-up."""
    connection.execute("CREATE SCHEMA flat; CREATE TABLE flat.school (number integer PRIMARY KEY, id uuid NOT NULL)")
    for table in TABLES:
        connection.execute(
            f"CREATE TABLE flat.{table} (school integer NOT NULL, LIKE {pattern}.{table} INCLUDING "
            "DEFAULTS INCLUDING CONSTRAINTS)"
        )
        connection.execute(f"CREATE INDEX ON flat.{table} (school)")
    for kinds in ("p", "u", "f"):
        for table, definition in _constraints(connection, pattern, kinds):
            # What is unique within a school is unique within (school, …) here.
            own = definition.replace("(", "(school, ", 1) if kinds == "u" else definition
            connection.execute(f"ALTER TABLE flat.{table} ADD {own.replace(pattern + '.', 'flat.')}")
    for (definition,) in _other_indexes(connection, pattern):
        words = definition.replace(f" ON {pattern}.", " ON flat.").split(" ")
        words.pop(words.index("INDEX") + 1)
        connection.execute(" ".join(words))
    for view in VIEWS:
        connection.execute(view)
    connection.execute("GRANT USAGE ON SCHEMA flat TO rollup; GRANT SELECT ON ALL TABLES IN SCHEMA flat TO rollup")


def _constraints(connection: psycopg.Connection, pattern: str, kind: str) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT r.relname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid "
        "JOIN pg_namespace n ON n.oid = r.relnamespace "
        "WHERE n.nspname = %s AND c.contype = %s AND r.relname = ANY (%s)",
        (pattern, kind, list(TABLES)),
    ).fetchall()


def _other_indexes(connection: psycopg.Connection, pattern: str) -> list[tuple[str]]:
    return connection.execute(
        "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid "
        "JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = %s AND r.relname = ANY (%s) "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))",
        (pattern, list(TABLES)),
    ).fetchall()
