"""The start-up check of tombstones: a database restored from an older copy must not serve whom it has to forget."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from core.tenancy import region
from tenants.tombstones.journal import read_journal
from tenants.tombstones.services import missing_here


@register(Tags.database)
def destroyed_people_stay_destroyed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Compare the journal of tombstones with those that the database has."""
    if not databases:
        return []
    try:
        rows = read_journal()
        if not rows:
            return []
        with region():
            missing = missing_here(rows)
    except (DatabaseError, ValueError, OSError) as error:
        return [
            Error(
                f"the tombstones could not be compared with their journal: {type(error).__name__}",
                hint="is TOMBSTONES_FILE the journal of this region, and whole?",
                id="tombstones.E002",
            )
        ]
    if not missing:
        return []
    return [
        Error(
            f"this database holds {len(missing)} people again whose data were destroyed: it is an older copy",
            hint="run: mentoring replay_destructions",
            id="tombstones.E001",
        )
    ]
