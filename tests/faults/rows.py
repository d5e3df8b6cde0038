"""The rows of a database as the recount's records: read past the product, by a superuser's plain SELECT."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from tests.support import oracle


def read_region(connection: psycopg.Connection[Any]) -> oracle.Region:
    """Return everything that all schools hold now, as one moment saw it."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        districts = dict(connection.execute("SELECT id, title FROM region.registry_district").fetchall())
        found = oracle.Region(sorted(districts.values()))
        schools = connection.execute("SELECT code, schema_name, district_id FROM region.registry_school ORDER BY code")
        for code, schema, district in schools.fetchall():
            found.schools[code] = _read_school(connection, schema, districts.get(district))
    return found


def _read_school(connection: psycopg.Connection[Any], schema: str, district: str | None) -> oracle.School:
    def rows(columns: str, table: str) -> list[tuple[Any, ...]]:
        text = sql.SQL("SELECT {} FROM {}").format(sql.SQL(columns), sql.Identifier(schema, table))
        return connection.execute(text).fetchall()

    def person(key: object, surname: str, name: str, patronymic: str, born: Any, snils: str) -> oracle.Person:
        return oracle.Person(key, " ".join(filter(None, (surname, name, patronymic))), born, snils)

    people = rows("id, surname, name, patronymic, birth_date, snils", "people_person")
    consents = rows("person_id, kind, number, given_on, signer = 'self', valid_until, withdrawn_on", "consents_consent")
    pairs = rows("mentor_id, mentee_id, form_code, starts_on, ends_on, order_id", "pairs_pair")
    return oracle.School(
        district,
        [person(*row) for row in people],
        [oracle.Enrolment(*row) for row in rows("person_id, kind, admitted_on, left_on", "people_enrolment")],
        [oracle.Order(*row) for row in rows("id, number, signed_on", "pairs_order")],
        [oracle.Pair(*row) for row in pairs],
        [
            oracle.Consent(who, oracle.PERSONAL_DATA if kind == "processing" else kind, *rest)
            for who, kind, *rest in consents
        ],
    )
