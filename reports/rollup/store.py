"""Writing results: all under the ledger's lock and the lease they were read under, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from reports.rollup.facts import Facts
from reports.rollup.models import Cell


def store_cells(
    done: Sequence[tuple[UUID, int, Facts]], definition_ids: Sequence[UUID], today: date, now: datetime
) -> None:
    """Set the cells of these schools, unless a later version stands; drop those of former definitions."""
    rows = [
        (school, definition, version, figure)
        for school, version, facts in done
        for definition, figure in zip(definition_ids, facts.figures, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rollup_cell AS c "
            "(school_id, definition_id, version, num, den, lacks_consent, as_of, computed_at) "
            "SELECT made.*, %s, %s FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::int[], %s::int[], %s::int[]) "
            "AS made ON CONFLICT (school_id, definition_id) DO UPDATE SET version = EXCLUDED.version, "
            "num = EXCLUDED.num, den = EXCLUDED.den, lacks_consent = EXCLUDED.lacks_consent, "
            "as_of = EXCLUDED.as_of, computed_at = EXCLUDED.computed_at WHERE c.version <= EXCLUDED.version",
            [
                today,
                now,
                [school for school, _, _, _ in rows],
                [definition for _, definition, _, _ in rows],
                [version for _, _, version, _ in rows],
                [figure.num for *_, figure in rows],
                [figure.den for *_, figure in rows],
                [figure.lacks_consent for *_, figure in rows],
            ],
        )
        cursor.execute(
            "DELETE FROM rollup_cell WHERE school_id = ANY (%s) AND definition_id <> ALL (%s)",
            [[school for school, _, _ in done], list(definition_ids)],
        )


def store_shared(done: Sequence[tuple[UUID, Facts]], definition_ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Set the records of people known elsewhere; return those of which anything changed."""
    schools = [school for school, _ in done]
    wanted = {
        (school, one.person, definition_ids[one.rule], one.is_engaged, one.lacks_consent)
        for school, facts in done
        for one in facts.shared
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT school_id, person, definition_id, is_engaged, lacks_consent FROM rollup_sharedrecord "
            "WHERE school_id = ANY (%s)",
            [schools],
        )
        known = set(cursor.fetchall())
        gone, new = known - wanted, wanted - known
        if gone:
            cursor.execute(
                "DELETE FROM rollup_sharedrecord r USING unnest(%s::uuid[], %s::uuid[], %s::uuid[]) "
                "AS gone (school_id, person, definition_id) WHERE r.school_id = gone.school_id "
                "AND r.person = gone.person AND r.definition_id = gone.definition_id",
                [[row[column] for row in gone] for column in range(3)],
            )
        if new:
            cursor.execute(
                "INSERT INTO rollup_sharedrecord (school_id, person, definition_id, is_engaged, lacks_consent) "
                "SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bool[], %s::bool[])",
                [[row[column] for row in new] for column in range(5)],
            )
    return {(school, person) for school, person, *_ in gone | new}


def mark_done(token: UUID, done: Sequence[tuple[UUID, int, date | None]], today: date) -> None:
    """Note that these schools are computed for these versions and this day, and give the lease back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rollup_schoolstate s SET computed_version = done.version, computed_on = %s, "
            "next_boundary = done.next_boundary, lease = NULL, lease_until = NULL, "
            "due_since = CASE WHEN s.version > done.version THEN s.due_since END "
            "FROM unnest(%s::uuid[], %s::bigint[], %s::date[]) AS done (school_id, version, next_boundary) "
            "WHERE s.school_id = done.school_id AND s.lease = %s",
            [today, *([row[column] for row in done] for column in range(3)), token],
        )


def differences(clean: Sequence[tuple[UUID, Facts]], definition_ids: Sequence[UUID]) -> int:
    """Return how many stored cells of these schools are not what their facts say."""
    return len(_differing(clean, definition_ids))


def changed_schools(done: Sequence[tuple[UUID, Facts]], definition_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these schools whose figures are about to become other ones."""
    return set(_differing(done, definition_ids))


def _differing(read: Sequence[tuple[UUID, Facts]], definition_ids: Sequence[UUID]) -> list[UUID]:
    """Return the school of each stored cell that is not what the facts say."""
    stored = {
        (school, definition): (num, den, lacking)
        for school, definition, num, den, lacking in Cell.objects.filter(
            school_id__in=[school for school, _ in read]
        ).values_list("school_id", "definition_id", "num", "den", "lacks_consent")
    }
    return [
        school
        for school, facts in read
        for definition, figure in zip(definition_ids, facts.figures, strict=True)
        if stored.get((school, definition)) != (figure.num, figure.den, figure.lacks_consent)
    ]
