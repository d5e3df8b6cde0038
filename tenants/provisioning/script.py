"""The script that makes a school's tables and rights in one round trip, captured from Django's own migration.

It is made once for each set of migrations, in the region's database, inside one transaction that leaves nothing but
the script; see ``platform/docs/adr``. A script is never applied by code whose migrations differ from the script's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

import psycopg
import structlog
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.state import ProjectState
from psycopg import sql

from core.tenancy import region, school
from core.tenancy.grants import ensure_school_role, sync_school
from tenants.provisioning.errors import ScriptRefusedError
from tenants.provisioning.fingerprint import catalogue_facts, fingerprint
from tenants.provisioning.migration_set import migration_set
from tenants.provisioning.models import SchemaScript

_log = structlog.get_logger(__name__)

PLACE: Final = "@school@"
# Both exist inside the capturing transaction only; no school is ever called so.
_SCRATCH: Final = "s_000000000000"
_COPY: Final = "s_000000000001"
_LOCK: Final = 0x73637270

# A script never changes: its key is the hash of what it was made from.
_known: Final[dict[str, SchemaScript]] = {}

_READS: Final = re.compile(r"\s*(SELECT|SHOW|EXPLAIN)\b", re.IGNORECASE)
_WRITES_ROWS: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|COPY|WITH)\b", re.IGNORECASE)
_RECORD: Final = re.compile(r'\s*INSERT INTO "django_migrations"', re.IGNORECASE)


@dataclass
class Capture:
    """The statements that were executed, values bound. RunSQL is kept whole, other reads and records are not."""

    statements: list[str] = field(default_factory=list)
    is_in_python: bool = False
    is_in_sql: bool = False

    def __call__(self, execute: Callable[..., Any], text: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Execute, then note (Django's ``execute_wrapper``).

        :raises ScriptRefusedError: when the statement cannot be repeated as it stands.
        """
        result = execute(text, params, many, context)
        if self.is_in_python:
            self.note_from_python(self._bound(text, params), context["cursor"].rowcount)
            return result
        words = self._bound(text, params)
        if (not self.is_in_sql and _READS.match(words)) or _RECORD.match(words):
            return result
        if many:
            raise ScriptRefusedError("a statement was executed many times")
        self.note(words)
        return result

    def note(self, words: str) -> None:
        """Keep a statement.

        :raises ScriptRefusedError: when it holds the sign for the school's name.
        """
        if PLACE in words:
            raise ScriptRefusedError("a statement holds the sign for the school's name")
        self.statements.append(words.rstrip().rstrip(";"))

    def begin_python(self, step: RunPython, app_label: str, before: ProjectState, after: ProjectState) -> None:
        """Learn that a RunPython begins; its statements follow."""

    def note_from_python(self, words: str, rows: int) -> None:
        """Keep what a RunPython did to the schema.

        :raises ScriptRefusedError: when it wrote rows: a script would repeat its values in every school.
        """
        if _WRITES_ROWS.match(words):
            if rows != 0:
                raise ScriptRefusedError("a RunPython wrote rows")
        elif not _READS.match(words):
            self.note(words)

    @staticmethod
    def _bound(text: Any, params: Any) -> str:
        if isinstance(text, sql.Composable):
            text = text.as_string(connection.connection)
        return psycopg.ClientCursor(connection.connection).mogrify(text, params) if params else str(text)


@contextmanager
def capturing(capture: Capture) -> Iterator[None]:
    """Note every statement of this connection in ``capture`` for a while."""
    python, statement = RunPython.database_forwards, RunSQL.database_forwards

    def run_python(self: RunPython, app_label: str, editor: Any, before: ProjectState, after: ProjectState) -> None:
        capture.begin_python(self, app_label, before, after)
        capture.is_in_python = True
        try:
            python(self, app_label, editor, before, after)
        finally:
            capture.is_in_python = False

    def run_sql(self: RunSQL, *args: Any) -> None:
        capture.is_in_sql = True
        try:
            statement(self, *args)
        finally:
            capture.is_in_sql = False

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(capture))
        stack.enter_context(patch.object(RunPython, "database_forwards", run_python))
        stack.enter_context(patch.object(RunSQL, "database_forwards", run_sql))
        yield


def ensure_script() -> SchemaScript | None:
    """Return the script of this code's migrations, made now unless the region has it. Migrator only.

    Runs outside every context and every transaction. None when these migrations cannot be a script, which is logged;
    schools are then made by Django's own migration. About a second the first time; a process reads it once.
    """
    known = _known.get(migration_set())
    if known is not None:
        return known
    with region():
        found: SchemaScript | None = SchemaScript.objects.filter(pk=migration_set()).first()
    try:
        script = found or _make_script()
    except ScriptRefusedError as error:
        _log.warning("schema_script_refused", why=str(error))
        return None
    _known[script.migration_set] = script
    return script


def _make_script() -> SchemaScript:
    """Make and store the script under a lock, so that two provisioners make it once.

    :raises ScriptRefusedError: when the migrations cannot be a script.
    """
    with transaction.atomic():
        with region(), connection.cursor() as cursor:
            # Another provisioner holds it for seconds; nobody else waits behind it.
            cursor.execute("SET LOCAL lock_timeout = '60s'")
            cursor.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            found = SchemaScript.objects.filter(pk=migration_set()).first()
        if found is not None:
            return found
        text, mark = _captured()
        with region():
            made: SchemaScript = SchemaScript.objects.create(migration_set=migration_set(), text=text, fingerprint=mark)
        return made


def _captured() -> tuple[str, str]:
    """Migrate a scratch school by Django, replay it for a second one, compare; both are rolled back.

    :raises ScriptRefusedError: when a migration is not atomic, invents rows, or the replay differs.
    """
    capture = Capture()
    try:
        with transaction.atomic():
            _make_place(_SCRATCH)
            with capturing(capture):
                # Inside a transaction django-tenants does not close the connection, so all of this can be undone.
                call_command("migrate_schemas", schema_name=_SCRATCH, tenant=True, interactive=False, verbosity=0)
            with region(), capturing(capture):
                sync_school(_SCRATCH)
            text = ";\n".join([*capture.statements, _records()]).replace(_SCRATCH, PLACE)
            _make_place(_COPY)
            _run(text, _COPY)
            with region():
                mark = fingerprint(_SCRATCH)
                if mark != fingerprint(_COPY):
                    raise ScriptRefusedError(_first_difference())
            transaction.set_rollback(True)
    except transaction.TransactionManagementError as error:
        raise ScriptRefusedError("a migration is not atomic") from error
    finally:
        # A migration that failed leaves the session pointed at the scratch.
        door: Any = connection
        door.set_schema_to_public()
    return text, mark


def _first_difference() -> str:
    both = set(catalogue_facts(_SCRATCH)) ^ set(catalogue_facts(_COPY))
    return f"the replay differs: {min(both)[:200]}"


def _records() -> str:
    """Return the statement that records in a new school what Django's migration recorded, at the time of replay."""
    with school(_SCRATCH), connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        rows = sql.SQL(", ").join(
            sql.SQL("({}, {}, pg_catalog.now())").format(*map(sql.Literal, row)) for row in cursor.fetchall()
        )
        statement = sql.SQL("INSERT INTO django_migrations (app, name, applied) VALUES {}").format(rows)
        return statement.as_string(connection.connection)


def _make_place(schema: str) -> None:
    """Make role and empty schema of a school; completes what an interrupted run left."""
    with region():
        ensure_school_role(schema)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))


def _run(text: str, schema: str) -> None:
    # Migrator's cursors are plain: all statements go to the server in one round trip.
    with school(schema), connection.cursor() as cursor:
        cursor.execute(text.replace(PLACE, schema))


def apply_script(script: SchemaScript, schema: str) -> None:
    """Make role, schema, tables and rights of a school. Migrator only, inside a transaction: all of it or nothing.

    :raises ScriptRefusedError: when the script was not made from the migrations of this code.
    """
    if script.migration_set != migration_set():
        raise ScriptRefusedError("the script was made from other migrations")
    _make_place(schema)
    _run(script.text, schema)
