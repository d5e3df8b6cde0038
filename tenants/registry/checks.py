"""The start-up check of the register: the pepper and the database belong together."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from core.tenancy import region
from tenants.registry.installation import (
    ForeignPepperError,
    RotationUnfinishedError,
    is_foreign_pepper,
    refuse_while_rotating,
)


@register(Tags.database)
def pepper_is_this_regions(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Compare the running pepper with the fingerprint that the database remembers."""
    if not databases:
        return []
    try:
        with region():
            foreign = is_foreign_pepper()
            refuse_while_rotating()
    except RotationUnfinishedError as error:
        return [Error(str(error), id="registry.E003")]
    except DatabaseError as error:
        return [
            Error(
                f"the installation's row could not be read: {type(error).__name__}",
                hint="is the database up, and has migrate_region run?",
                id="registry.E002",
            )
        ]
    return [Error(str(ForeignPepperError()), id="registry.E001")] if foreign else []
