"""The start-up check of the door: the revokes that its promise rests on are really in force."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from core.tenancy.context import region

# What a role that a session of ``app`` may take, or inherits from, has of each right, in the order of the errors.
_ASKED: Final = """
    SELECT coalesce(bool_or(has_function_privilege(oid, 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE')), false),
           coalesce(bool_or(has_language_privilege(oid, 'plpgsql', 'USAGE')), false),
           coalesce(bool_or(has_database_privilege(oid, current_database(), 'TEMPORARY')), false)
      FROM pg_catalog.pg_roles
     WHERE rolname IN ('nowhere', 'region', 'rollup', 'school')
        OR pg_has_role((SELECT oid FROM pg_catalog.pg_roles WHERE rolname = %s), oid, 'SET')
"""


@register(Tags.database)
def door_is_closed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that no role within reach of ``app`` has set_config, plpgsql or TEMP, through PUBLIC or by itself.

    E001: the database could not be asked; E002 set_config, E003 plpgsql, E004 TEMP is open.
    """
    if not databases:
        return []
    try:
        with region(), connection.cursor() as cursor:
            cursor.execute(_ASKED, [settings.DOOR_APP_LOGIN])
            row = cursor.fetchone()
    except DatabaseError as error:
        return [Error(f"the door could not be checked: {type(error).__name__}", id="tenancy.E001")]
    names = ("EXECUTE on set_config", "USAGE on plpgsql", "TEMPORARY on the database")
    return [
        Error(
            f"the door is open: {name} is not revoked",
            hint="run core.tenancy.bootstrap as a superuser",
            id=f"tenancy.E00{number}",
        )
        for number, (name, is_open) in enumerate(zip(names, row, strict=True), start=2)
        if is_open
    ]
