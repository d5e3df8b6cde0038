"""The start-up check of the door: the revokes that its promise rests on are really in force."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from core.tenancy.context import region


@register(Tags.database)
def door_is_closed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check set_config, plpgsql and TEMP for the role ``region`` (every role stands the same through PUBLIC)."""
    if not databases:
        return []
    try:
        with region(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_function_privilege('nowhere', 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE'),"
                " has_language_privilege('nowhere', 'plpgsql', 'USAGE'),"
                " has_database_privilege('nowhere', current_database(), 'TEMPORARY')"
            )
            row = cursor.fetchone()
    except DatabaseError as error:
        return [Error(f"the door could not be checked: {type(error).__name__}", id="tenancy.E001")]
    names = ("EXECUTE on set_config", "USAGE on plpgsql", "TEMPORARY on the database")
    return [
        Error(
            f"the door is open: every role has {name}",
            hint="run core.tenancy.bootstrap as a superuser",
            id=f"tenancy.E00{number}",
        )
        for number, (name, is_open) in enumerate(zip(names, row, strict=True), start=2)
        if is_open
    ]
