"""What is due: marks folded into versions, schools that came, moved or closed, definitions that changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from reports.rollup.keys import replace_keys
from reports.rollup.models import Cell, Ledger, SchoolState, SharedRecord
from reports.rollup.repeats import recount_repeats
from reports.rollup.sources import Source, sources
from tenants.reference.selectors import definitions_now

_log = structlog.get_logger(__name__)

# A new version is due; so is a day on which something starts or ends; and whatever was computed for a later day than
# today (a clock that was put right).
DUE = "(version > computed_version OR computed_on IS NULL OR next_boundary <= %(today)s OR computed_on > %(today)s)"

_FOLD = """
WITH taken AS (
    DELETE FROM events_mark
    WHERE id IN (SELECT id FROM events_mark LIMIT 10000 FOR UPDATE SKIP LOCKED)
    RETURNING school_schema, at
)
UPDATE rollup_schoolstate SET version = version + 1, due_since = coalesce(due_since, changed.at)
FROM (SELECT school_schema, min(at) AS at FROM taken GROUP BY 1) AS changed
WHERE schema_name = changed.school_schema
"""


def lock_ledger() -> Ledger:
    """Return the ledger, locked until the transaction ends: results are written one worker at a time.

    Whoever takes it takes it first, before any row of a school, so that no two workers wait for each other.
    """
    ledger = Ledger.objects.select_for_update().filter(pk=1).first()
    if ledger is None:
        Ledger.objects.bulk_create([Ledger(pk=1)], ignore_conflicts=True)
        ledger = Ledger.objects.select_for_update().get(pk=1)
    return ledger


_MAKE_DUE = "UPDATE rollup_schoolstate SET version = version + 1, due_since = coalesce(due_since, now())"
_FREE = "(lease_until IS NULL OR lease_until < now())"
_NUMBER_DUE = f"SELECT count(*) FROM rollup_schoolstate WHERE {_FREE} AND {DUE}"  # noqa: S608  constants


def fold_marks() -> int:
    """Turn marks into versions and return how many schools changed. In ``rollup()``.

    A mark is deleted in the statement that counts it: killed in between, it is folded again or not at all.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM events_mark)")
        if not cursor.fetchone()[0]:
            return 0
    with transaction.atomic():
        lock_ledger()
        with connection.cursor() as cursor:
            cursor.execute(_FOLD)
            return int(cursor.rowcount)


def number_due(today: date) -> int:
    """Return how many schools are due and in nobody's hands. In ``rollup()``."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_DUE, {"today": today})
        return int(cursor.fetchone()[0])


def reconcile() -> None:
    """Bring the list of schools and definitions up to date with the registry and the reference data. In ``rollup()``.

    New schools and a changed set of definitions make work due; a closed school's rows go, and whoever shared people
    with it is due; a school that moved to another district changes what the districts count twice.
    """
    present = {school.id: school for school in sources()}
    known = dict(SchoolState.objects.values_list("school_id", "district_id"))
    definition_ids = [str(definition.id) for definition in definitions_now()]
    ledger = Ledger.objects.filter(pk=1).first()
    moved = [school for school in present.values() if known.get(school.id, school.district_id) != school.district_id]
    added = [school for pk, school in present.items() if pk not in known]
    gone = [pk for pk in known if pk not in present]
    redefined = ledger is None or ledger.definition_ids != definition_ids
    if not (moved or added or gone or redefined):
        return
    with transaction.atomic():
        ledger = lock_ledger()
        _add(added)
        _move(moved)
        if gone:
            _forget(gone)
        if redefined:
            ledger.definition_ids = definition_ids
            ledger.save(update_fields=["definition_ids"])
            make_due(None)
        if moved or gone:
            recount_repeats()
    _log.info("rollup_reconciled", added=len(added), moved=len(moved), gone=len(gone), redefined=redefined)


def make_due(school_ids: Iterable[UUID] | None) -> None:
    """Make these schools (None: all) due; under the ledger's lock."""
    with connection.cursor() as cursor:
        if school_ids is None:
            cursor.execute(_MAKE_DUE)
        else:
            cursor.execute(
                f"{_MAKE_DUE} WHERE school_id = ANY (%s)",
                [list(school_ids)],
            )


def _add(schools: list[Source]) -> None:
    now = timezone.now()
    rows = [
        SchoolState(school_id=school.id, schema_name=school.schema, district_id=school.district_id, due_since=now)
        for school in schools
    ]
    SchoolState.objects.bulk_create(rows, ignore_conflicts=True)


def _move(schools: list[Source]) -> None:
    for school in schools:
        SchoolState.objects.filter(pk=school.id).update(district_id=school.district_id)


def _forget(school_ids: list[UUID]) -> None:
    make_due(replace_keys(school_ids, {}).schools)
    for model in (Cell, SharedRecord, SchoolState):
        model.objects.filter(school_id__in=school_ids).delete()
