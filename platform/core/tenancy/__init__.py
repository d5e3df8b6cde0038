"""The one door between tenants: contexts, database roles, stamps, tasks, keys.

Everything that may differ between schools goes through here; ``django_tenants`` is imported nowhere else but in
``tenants``.
"""

from core.tenancy.context import (
    Context,
    Kind,
    current,
    is_school_schema,
    nowhere,
    region,
    require,
    require_school,
    rollup,
    school,
    shared,
)
from core.tenancy.errors import ContextError, DoorError, ForbiddenSwitchError, NoContextError, StampError

__all__ = [
    "Context",
    "ContextError",
    "DoorError",
    "ForbiddenSwitchError",
    "Kind",
    "NoContextError",
    "StampError",
    "current",
    "is_school_schema",
    "nowhere",
    "region",
    "require",
    "require_school",
    "rollup",
    "school",
    "shared",
]
