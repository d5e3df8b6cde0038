"""The canary: one school migrated by Django itself, in one transaction, while its statements are noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState
from psycopg import sql

from core.tenancy import region, school
from core.tenancy.grants import sync_school
from tenants.provisioning.errors import CanaryError, ScriptRefusedError
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.migration_set import school_apps
from tenants.provisioning.plan import DataStep, Plan, limit_waiting, records_of
from tenants.provisioning.schema import note_version
from tenants.provisioning.script import PLACE, Capture, capturing

# What is said when a migration cannot run inside a transaction, or not together with the one before it.
_NOT_TOGETHER: Final = {"ActiveSqlTransaction", "NotSupportedError", "ObjectInUse", "TransactionManagementError"}


@dataclass
class CanaryCapture(Capture):
    """Statements and data steps in the order in which they ran."""

    steps: list[str | DataStep] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Keep a statement as the next step."""
        super().note(words)
        self.steps.append(self.statements[-1])

    def begin_python(self, step: RunPython, app_label: str, before: ProjectState, after: ProjectState) -> None:
        """Keep a data step, to be run in each school: its values are each school's own."""
        # The state goes on changing with the migration; this is how it looks to the step.
        self.steps.append(DataStep(step, app_label, before.clone(), after.clone()))

    def note_from_python(self, words: str, rows: int) -> None:
        """Keep nothing: the step itself is kept."""


def kind_of(error: BaseException) -> str:
    """Return the kind of an error, the database's own when there is one; its words may quote data."""
    return type(error.__cause__ if isinstance(error, DatabaseError) and error.__cause__ else error).__name__


def migrate_canary(name: str, stands: str) -> Plan:
    """Migrate one school by Django's own migration and return the plan for those that stand where it stood.

    One transaction: a canary that is killed or fails is where it was.

    :raises CanaryError: when the migration fails in this school.
    :raises ScriptRefusedError: when these migrations cannot run inside one transaction.
    """
    capture = CanaryCapture()
    try:
        with transaction.atomic():
            with region():
                limit_waiting()
                before = records_of([name])[name]
                known = _recorded(name)
            with capturing(capture), school(name):
                _migrate()
            rights, mark = _rights(name)
            records = _records(name, known)
            with region():
                note_version(name, fingerprint=mark)
    except ScriptRefusedError:
        raise
    except Exception as error:
        if kind_of(error) in _NOT_TOGETHER:
            raise ScriptRefusedError(f"not in one transaction: {kind_of(error)}") from error
        raise CanaryError(kind_of(error)) from error
    finally:
        door: Any = connection
        door.set_schema_to_public()
    steps = (*_joined([*capture.steps, *rights, *records], name),)
    return Plan(stands=stands, records=before, steps=steps, fingerprint=mark)


def _migrate() -> None:
    """Migrate the current school by Django's executor.

    The command around it renders every model of both versions again for its signals, to which nobody here listens: half
    of what the canary took.
    """
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _rights(name: str) -> tuple[list[str], str]:
    """Bring the canary's rights up to date; return the statements (none: nothing changed) and the catalogue."""
    with region():
        before = fingerprint(name)
        rights = Capture()
        with capturing(rights):
            sync_school(name)
        after = fingerprint(name)
    return ([] if before == after else rights.statements), after


def _recorded(name: str) -> list[tuple[str, str]]:
    with school(name), connection.cursor() as cursor:
        cursor.execute(
            "SELECT app, name FROM django_migrations WHERE app = ANY(%s) ORDER BY id", [sorted(school_apps())]
        )
        return [(str(app), str(migration)) for app, migration in cursor.fetchall()]


def _records(name: str, known: list[tuple[str, str]]) -> list[str]:
    """Return the statement that records what the canary's migration recorded of the schools' apps."""
    new = [row for row in _recorded(name) if row not in set(known)]
    if not new:
        return []
    rows = sql.SQL(", ").join(sql.SQL("({}, {}, pg_catalog.now())").format(*map(sql.Literal, row)) for row in new)
    statement = sql.SQL("INSERT INTO django_migrations (app, name, applied) VALUES {}").format(rows)
    return [statement.as_string(connection.connection)]


def _joined(steps: list[str | DataStep], name: str) -> list[str | DataStep]:
    """Join neighbouring statements, the canary's name replaced: each text is one round trip."""
    joined: list[str | DataStep] = []
    for step in steps:
        if isinstance(step, DataStep):
            joined.append(step)
            continue
        text = step.replace(name, PLACE)
        if joined and isinstance(joined[-1], str):
            joined[-1] += ";\n" + text
        else:
            joined.append(text)
    return joined
