"""Which version of a school's schema this code wants: one hash over the migrations and rights of schools."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from core.tenancy.grants import Rights


def school_apps() -> frozenset[str]:
    """Return the labels of the apps whose tables live in schools."""
    return frozenset(config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS)


@lru_cache(maxsize=1)
def migration_set() -> str:
    """Return the hash of everything that decides how a school's schema looks: 64 hex digits.

    The content of each migration counts, not its name; Django's version counts because its editor writes the SQL.
    """
    digest = hashlib.sha256(django.get_version().encode())
    labels = school_apps()
    for key, migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()):
        if key[0] in labels:
            digest.update(f"\0{key[0]}.{key[1]}\0".encode())
            digest.update(Path(str(sys.modules[type(migration).__module__].__file__)).read_bytes())
    rights: Rights = settings.DOOR_RIGHTS
    digest.update(repr((sorted(rights.school_own.items()), rights.fact_views)).encode())
    return digest.hexdigest()
