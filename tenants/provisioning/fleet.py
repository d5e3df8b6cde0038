"""Bringing every school's schema to this code's migrations: canary, batches, isolation of what fails, resumable.

The ledger (``SchoolSchema``) says which schema stands where, so that nothing to do is one query and a killed run goes
on where it stopped: a batch and its rows of the ledger are one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import groupby
from typing import Final

import structlog
from django.db import connection, transaction
from django.utils import timezone

from core.tenancy import region
from tenants.provisioning.canary import kind_of, migrate_canary
from tenants.provisioning.errors import CanaryError, ScriptRefusedError
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.migration_set import migration_set
from tenants.provisioning.models import SchoolSchema
from tenants.provisioning.plan import Outcome, Plan, apply_to_batch
from tenants.provisioning.schema import migrate_school_schema

_log = structlog.get_logger(__name__)

BATCH: Final = 10
FIRST_BATCH: Final = 2
# The schools of a batch are kept waiting together until it is committed, and a page gives up after five seconds: where
# one took longer than this, as on a busy machine, the next is a single school.
HELD_SECONDS: Final = 1.0
# One school may be broken by itself; when so many fail in a row the migration is, and the rest are left in peace.
CANARIES: Final = 3
_LOCK_ATTEMPTS: Final = 8
# Django's own migration waits for a lock as long as the migrator's sessions do: four times longer than a batch.
_ALONE_ATTEMPTS: Final = 3


class Place(IntEnum):
    """What a schema is, in the order of the batches.

    Closed schools come last: their archives are still written, destructions repeated in them and keys changed.
    """

    WORKING = 0
    SPARE = 1
    CLOSED = 2


# Schools and spares that do not stand at %s; a school that the ledger does not know stands nowhere, and a closed one
# has been dropped.
_WAITING: Final = """
SELECT * FROM (
  SELECT s.schema_name, coalesce(l.migration_set, '') AS stands, CASE s.state WHEN 'closed' THEN 2 ELSE 0 END AS place
    FROM registry_school s LEFT JOIN provisioning_schoolschema l ON l.schema_name = s.schema_name
   WHERE (s.state IN ('ready', 'suspended') OR s.state = 'closed' AND l.schema_name IS NOT NULL)
     AND l.migration_set IS DISTINCT FROM %(wanted)s
  UNION ALL
  SELECT schema_name, migration_set, 1 FROM provisioning_schoolschema WHERE is_spare AND migration_set <> %(wanted)s
) behind ORDER BY stands, place = 1 DESC, place, schema_name
"""


@dataclass
class FleetReport:
    """What a run did: schemas brought up to date, and those that failed with the kind of their error.

    ``up_to_date`` is how many of the ledger stand at this code's migrations at the end; counted where any failed.
    """

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)
    is_stopped: bool = False
    up_to_date: int = 0

    @property
    def has_set_single_ones_aside(self) -> bool:
        """Tell whether some failed and the others are done: no reason to keep the platform from starting."""
        return bool(self.failed) and not self.is_stopped and self.up_to_date > len(self.failed)


def waiting() -> list[tuple[str, str, Place]]:
    """Return (schema, set it stands at, what it is) of every schema that is behind, those of one set together.

    Spares come first of their set: while Django migrates a canary its tables are locked, and a spare's keep nobody
    waiting. Closed schools come last of theirs. One query.
    """
    with region(), connection.cursor() as cursor:
        cursor.execute(_WAITING, {"wanted": migration_set()})
        return [(str(schema), str(stands), Place(place)) for schema, stands, place in cursor.fetchall()]


def migrate_fleet(*, verify: bool = True) -> FleetReport:
    """Bring every schema to this code's migrations. Migrator only, outside every context; safe to kill and repeat.

    Schools of one version are migrated together: one by Django's own migration, the rest with the SQL it executed. A
    school that fails keeps its version, is noted in the ledger and goes on serving; it is tried again by the next run.
    With ``verify`` the catalogue of each migrated school is compared with its canary's.
    """
    report = FleetReport()
    behind = waiting()
    if not behind:
        return report
    for stands, group in groupby(behind, key=lambda row: row[1]):
        names = {schema: place for schema, _, place in group}
        if stands:
            _migrate_group(names, stands, report, verify=verify)
        else:
            _one_by_one(names, names, report, verify=verify)
    if report.failed:
        with region():
            report.up_to_date = SchoolSchema.objects.filter(migration_set=migration_set()).count()
    _log.info("fleet_migrated", migrated=len(report.migrated), failed=len(report.failed))
    return report


def _migrate_group(names: Mapping[str, Place], stands: str, report: FleetReport, *, verify: bool) -> None:
    """Migrate schemas that stand at one set, each told what it is: a canary, then batches."""
    rest = list(names)
    plan = None
    for _ in range(min(CANARIES, len(names))):
        canary = rest.pop(0)
        try:
            plan = migrate_canary(canary, stands)
        except ScriptRefusedError as error:
            _log.warning("fleet_without_batches", why=str(error))
            _one_by_one([canary, *rest], names, report, verify=verify)
            return
        except CanaryError as error:
            _note_failure(canary, error.kind, report)
            continue
        report.migrated.append(canary)
        break
    if plan is None:
        _stop_before(rest, names, report)
        return
    # The other spares come last of what works: a run that is killed and begun again finds one for its canary.
    rest.sort(key=lambda name: names[name])
    _migrate_rest(plan, rest, report, names=names, is_proven=names[canary] is not Place.SPARE, verify=verify)


def _stop_before(rest: Iterable[str], names: Mapping[str, Place], report: FleetReport) -> None:
    """Leave the rest of a group as it is; closed schools alone are no reason to keep others from working."""
    report.is_stopped |= any(names[name] is not Place.CLOSED for name in rest)


def _migrate_rest(
    plan: Plan, rest: list[str], report: FleetReport, *, names: Mapping[str, Place], is_proven: bool, verify: bool
) -> None:
    """Migrate the others in batches, smaller where they hold up a school for long.

    A spare has no rows: until a school at work has been migrated, ``is_proven``, failures there stop the group as those
    of canaries do.
    """
    size, migrated, failed = min(FIRST_BATCH, BATCH), len(report.migrated), len(report.failed)
    while rest:
        batch, rest = rest[:size], rest[size:]
        begun = time.monotonic()
        done, others = _migrate_batch(plan, batch, report)
        seconds = time.monotonic() - begun
        _log.info("fleet_batch", schools=len(batch), took_ms=round(seconds * 1000))
        size = _next_size(size, seconds)
        if verify:
            _verify(plan, done, report)
        _one_by_one(others, names, report, verify=verify, mark=plan.fingerprint, is_proven=True)
        is_proven = is_proven or len(report.migrated) > migrated
        if rest and not is_proven and len(report.failed) - failed >= CANARIES:
            _stop_before(rest, names, report)
            return


def _next_size(size: int, seconds: float) -> int:
    """Return how many schools go together after so many took so many seconds."""
    if seconds > HELD_SECONDS:
        return 1
    return min(BATCH, size * 2) if 2 * seconds <= HELD_SECONDS else size


def _migrate_batch(plan: Plan, batch: list[str], report: FleetReport) -> tuple[list[str], list[str]]:
    """Migrate a batch in one transaction; when it fails, each school in its own.

    Return the migrated ones, and those whose records ask for Django's own migration.
    """
    try:
        outcome = apply_to_batch(plan, batch)
    except Exception as error:  # noqa: BLE001  whatever a data step raises: the others are tried without it
        _log.warning("fleet_batch_failed", error=kind_of(error), schools=len(batch))
        outcomes = [_apply_alone(plan, name, report) for name in batch]
    else:
        outcomes = [outcome]
    done = [name for one in outcomes for name in one.done]
    report.migrated += done
    return done, [name for one in outcomes for name in one.others]


def _apply_alone(plan: Plan, name: str, report: FleetReport) -> Outcome:
    """Migrate one school of a failed batch; somebody's transaction is waited for, again and again."""
    for attempt in range(1, _LOCK_ATTEMPTS + 1):
        try:
            return apply_to_batch(plan, [name])
        except Exception as error:  # noqa: BLE001  one broken school must not stop the rest
            kind = kind_of(error)
            if kind != "LockNotAvailable" or attempt == _LOCK_ATTEMPTS:
                _note_failure(name, kind, report)
                break
            time.sleep(min(1.0, 0.2 * attempt))
    return Outcome([], [])


def _one_by_one(
    behind: Iterable[str],
    names: Mapping[str, Place],
    report: FleetReport,
    *,
    verify: bool,
    mark: str = "",
    is_proven: bool = False,
) -> None:
    """Migrate schemas by Django's own migration, with the care that batches have.

    Their catalogues are compared with ``mark``, or with that of the first that is done; until a school at work is,
    ``is_proven``, failures stop the rest.
    """
    rest, failed = list(behind), len(report.failed)
    while rest:
        name = rest.pop(0)
        found = _migrate_alone(name, report)
        if not found:
            if rest and not is_proven and len(report.failed) - failed >= CANARIES:
                _stop_before(rest, names, report)
                return
            continue
        is_proven = is_proven or names[name] is not Place.SPARE
        mark = mark or found
        if verify and found != mark:
            _note_difference(name, report)


def _migrate_alone(name: str, report: FleetReport) -> str:
    """Migrate one schema by Django's own migration; return its catalogue's fingerprint, empty where it failed."""
    for attempt in range(1, _ALONE_ATTEMPTS + 1):
        try:
            found = migrate_school_schema(name)
        except Exception as error:  # noqa: BLE001  one broken school must not stop the rest
            kind = kind_of(error)
            if kind != "LockNotAvailable" or attempt == _ALONE_ATTEMPTS:
                _note_failure(name, kind, report)
                break
            time.sleep(0.5 * attempt)
        else:
            report.migrated.append(name)
            return found
    return ""


def _verify(plan: Plan, names: Iterable[str], report: FleetReport) -> None:
    """Compare catalogues with the canary's; a difference is somebody's hand in the database and is reported."""
    with region():
        different = [name for name in names if fingerprint(name) != plan.fingerprint]
    for name in different:
        _note_difference(name, report)


def _note_difference(name: str, report: FleetReport) -> None:
    report.differing.append(name)
    with region():
        SchoolSchema.objects.filter(pk=name).update(error="CatalogueDiffers")


def _note_failure(name: str, kind: str, report: FleetReport) -> None:
    report.failed[name] = kind
    _log.warning("school_not_migrated", schema=name, error=kind)
    with region(), transaction.atomic():
        SchoolSchema.objects.bulk_create(
            [SchoolSchema(schema_name=name, migration_set="", changed_at=timezone.now())], ignore_conflicts=True
        )
        SchoolSchema.objects.filter(pk=name).update(error=kind[:100])
