"""Django's PostgreSQL backend behind the door.

Two logins use it. ``app`` (web, workers, tests) owns nothing and takes the role of the context. ``migrator``
(migrations and provisioning, another process) owns everything and takes the path only, with plain cursors, because
migrations send several statements at once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base as postgresql
from django.db.backends.postgresql.psycopg_any import IsolationLevel, register_tzloader
from django.utils.asyncio import async_unsafe
from django.utils.module_loading import import_string
from psycopg.pq import Format

from core.tenancy.backend.connection import DoorConnection, DoorCursor, DoorServerSideCursor
from core.tenancy.context import EXTENSION_SCHEMA, REGION_SCHEMA, Context, current
from core.tenancy.errors import ForbiddenSwitchError, NoContextError
from core.tenancy.limits import application_name, session_options, statement_seconds

TIMESTAMPTZ_OID = psycopg.adapters.types["timestamptz"].oid

_NOWHERE = b"SET ROLE \"nowhere\"; SET search_path = ''"


def context_sql(context: Context | None) -> bytes:
    """Return the constant SQL that brings a session of ``app`` into a context (role, path, timeout)."""
    return _NOWHERE if context is None else _sql_of(context, statement_seconds(context.kind))


@lru_cache(maxsize=8192)
def _sql_of(context: Context, seconds: float) -> bytes:
    return (
        f'SET ROLE "{context.role}"; SET search_path = "{context.schema}", "{EXTENSION_SCHEMA}"; '
        f"SET statement_timeout = {round(seconds * 1000)}"
    ).encode()


@lru_cache(maxsize=8192)
def path_sql(schema: str) -> bytes:
    """Return the constant SQL that points a session of ``migrator`` at one schema."""
    return f'SET search_path = "{schema}", "{EXTENSION_SCHEMA}"'.encode()


class _SchemaName:
    """What django-tenants expects in ``connection.tenant``."""

    def __init__(self, schema_name: str) -> None:
        self.schema_name = schema_name


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """The door's connection; ``schema_name`` and ``tenant`` mirror the context for django-tenants' own code."""

    # Set by django-tenants' own commands under the migrator's login, never under the app's.
    _migrator_schema: str | None = None

    @property
    def _is_migrator(self) -> bool:
        return bool(settings.DOOR_LOGIN == "migrator")

    @property
    def schema_name(self) -> str:
        """Return the schema whose tables are in reach, or an empty string."""
        context = current()
        if context is not None:
            return context.schema
        if self._is_migrator:
            return self._migrator_schema or REGION_SCHEMA
        return ""

    @property
    def tenant(self) -> _SchemaName:
        """Return the schema in the shape django-tenants reads."""
        return _SchemaName(self.schema_name)

    def set_schema(self, schema_name: str, include_public: bool = True, tenant_type: str | None = None) -> None:
        """Point the migrator's session at a schema; ``include_public`` is ignored: a path holds one world.

        :raises ForbiddenSwitchError: under the app's login.
        """
        if not self._is_migrator:
            raise ForbiddenSwitchError("only school(…), region(), rollup() and shared() move this connection")
        self._migrator_schema = schema_name

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Point the migrator's session at a tenant's schema.

        :raises ForbiddenSwitchError: under the app's login.
        """
        self.set_schema(tenant.schema_name)

    def set_schema_to_public(self) -> None:
        """Point the migrator's session at the region.

        :raises ForbiddenSwitchError: under the app's login.
        """
        self.set_schema(REGION_SCHEMA)

    def _wanted(self) -> bytes:
        if self._is_migrator:
            return path_sql(self.schema_name)
        context = current()
        return context_sql(context)

    def get_connection_params(self) -> dict[str, Any]:
        """Return Django's parameters plus a fixed time zone, an empty path and the limits of this process.

        With the first two given at connect, Django never calls ``set_config``, so ``app`` needs no right to it.
        """
        params: dict[str, Any] = super().get_connection_params()
        given = params.pop("options", "")
        params["options"] = f"-c TimeZone={self.timezone_name} -c search_path= {session_options()} {given}".strip()
        params["application_name"] = application_name()
        if not self._is_migrator:
            params["cursor_factory"] = DoorCursor
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> DoorConnection:
        """Connect. Django's own pool is not supported: sync workers do not need one.

        A refused session is told to ``settings.DOOR_REFUSED_CONNECTION`` (dotted path of a function without arguments):
        the door itself stands on nothing but the libraries.
        """
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return DoorConnection.connect(**conn_params)
        except psycopg.OperationalError:
            import_string(settings.DOOR_REFUSED_CONNECTION)()
            raise

    def init_connection_state(self) -> None:
        """Arm the door once Django has set the session up."""
        super().init_connection_state()
        self.connection.door_wanted = self._wanted

    @async_unsafe
    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor behind the door; it follows the context even when kept across a switch.

        :raises NoContextError: for ``app`` outside every context.
        """
        if self._is_migrator:
            plain = super().create_cursor(name)
            self.connection.apply_door()
            return plain
        if current() is None and self.connection.door_wanted is not None:
            # The database would refuse too (role nowhere), with a sentence that helps nobody.
            self.connection.apply_door()
            raise NoContextError
        if name is None:
            return super().create_cursor()
        cursor: Any = cast("Any", DoorServerSideCursor)(
            self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
        )
        if self.timezone != self.connection.adapters.get_loader(TIMESTAMPTZ_OID, Format.TEXT).timezone:
            register_tzloader(self.timezone, cursor)
        return cursor

    # Savepoints are constant text and belong to no world: atomic() may stand outside the contexts.

    def _plain(self, statement: str) -> None:
        with self.wrap_database_errors, psycopg.ClientCursor(self.connection) as cursor:
            cursor.execute(statement.encode())

    def _savepoint(self, sid: str) -> None:
        self._plain(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._plain(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            self._plain(self.ops.savepoint_rollback_sql(sid))
        finally:
            # ROLLBACK TO SAVEPOINT reverts every SET made after the savepoint.
            self.connection.door_applied = None

    def check_constraints(self, table_names: Any = None) -> None:
        """Check deferred constraints now; constant text, of no world."""
        self.ensure_connection()
        self._plain("SET CONSTRAINTS ALL IMMEDIATE")
        self._plain("SET CONSTRAINTS ALL DEFERRED")

    def is_usable(self) -> bool:
        """Tell whether the server answers, without entering any context."""
        if self.connection is None:
            return False
        try:
            with psycopg.ClientCursor(self.connection) as cursor:
                cursor.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True
