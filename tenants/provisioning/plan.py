"""What brings one version of a school to the next, learnt from the canary, and its application to a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState
from psycopg import sql

from core.tenancy import region, school
from tenants.provisioning.migration_set import migration_set, school_apps
from tenants.provisioning.script import PLACE

# Whoever asks for a page meanwhile waits behind a migration that waits: no longer than a school's share of the web lets
# a page wait for nothing. The school is tried again a little later.
LOCK_TIMEOUT_SECONDS: Final = 1

_INTO_SCHOOL: Final = f'SET LOCAL search_path = "{PLACE}", "ext"'
_INTO_REGION: Final = 'SET LOCAL search_path = "region", "ext"'
# Rows that a data step changed have checks waiting; a table with waiting checks cannot be altered.
_SETTLE: Final = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


@dataclass(frozen=True)
class DataStep:
    """A RunPython of the plan with the historical models it sees, rendered once for the whole fleet."""

    operation: RunPython
    app_label: str
    before: ProjectState
    after: ProjectState


@dataclass(frozen=True)
class Plan:
    """The steps from one set of migrations to this code's: SQL with ``PLACE`` for the school, and data steps.

    ``records`` is the digest of what a school's ``django_migrations`` must hold for the plan to be its own;
    ``fingerprint`` is the catalogue's afterwards.
    """

    stands: str
    records: str
    steps: tuple[str | DataStep, ...]
    fingerprint: str


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: ``done``, and ``others`` whose records ask for a plan of their own."""

    done: list[str]
    others: list[str]


def limit_waiting() -> None:
    """Let the statements of this transaction wait for a lock only so long."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")


def records_of(names: Sequence[str]) -> dict[str, str]:
    """Return the digest of the recorded migrations of some schools, third parties' included. Runs in ``region()``."""
    one = sql.SQL(
        "SELECT {name}, pg_catalog.md5(string_agg(app || '.' || name, ' ' ORDER BY app, name))"
        " FROM {schema}.django_migrations WHERE app = ANY({apps})"
    )
    apps = sql.Literal(sorted(school_apps()))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(" UNION ALL ").join(
                one.format(name=sql.Literal(name), schema=sql.Identifier(name), apps=apps) for name in names
            )
        )
        return {str(name): str(digest) for name, digest in cursor.fetchall()}


def apply_to_batch(plan: Plan, names: Sequence[str]) -> Outcome:
    """Bring some schools to this code's migrations, all in one transaction with their rows of the ledger.

    Schools that another run has brought there meanwhile are left out. Raises whatever a step raises; then nothing
    has changed.
    """
    with transaction.atomic(), region():
        limit_waiting()
        mine = _claim(plan, names)
        digests = records_of(mine) if mine else {}
        alike = [name for name in mine if digests[name] == plan.records]
        if alike:
            for step in plan.steps:
                _take_step(step, alike)
            with connection.cursor() as cursor:
                cursor.execute(_ledger_text(plan, alike))
        return Outcome(alike, [name for name in mine if name not in alike])


def _claim(plan: Plan, names: Sequence[str]) -> list[str]:
    """Lock the schools' rows of the ledger; return those that still stand where the plan begins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schema_name FROM provisioning_schoolschema WHERE schema_name = ANY(%s) AND migration_set = %s"
            " ORDER BY schema_name FOR UPDATE",
            [list(names), plan.stands],
        )
        return [str(name) for (name,) in cursor.fetchall()]


def _take_step(step: str | DataStep, names: Sequence[str]) -> None:
    """Take one step in every school of a batch: SQL in one round trip, a data step school by school."""
    if isinstance(step, DataStep):
        for name in names:
            with school(name), connection.schema_editor(atomic=False) as editor:
                step.operation.database_forwards(step.app_label, editor, step.before, step.after)
        text = _SETTLE
    else:
        # The path is moved past the door and back: ten switches would be ten round trips.
        inside = f"{_INTO_SCHOOL};\n{step}"
        text = ";\n".join([*(inside.replace(PLACE, name) for name in names), _INTO_REGION])
    with connection.cursor() as cursor:
        cursor.execute(text)


def _ledger_text(plan: Plan, names: Sequence[str]) -> str:
    statement = sql.SQL(
        "UPDATE provisioning_schoolschema SET migration_set = {set}, fingerprint = {fingerprint}, error = '',"
        " changed_at = pg_catalog.now() WHERE schema_name = ANY({names})"
    ).format(
        set=sql.Literal(migration_set()), fingerprint=sql.Literal(plan.fingerprint), names=sql.Literal(list(names))
    )
    return statement.as_string(connection.connection)
