"""One step of the benchmark, as the migrator: ``fill SCHOOLS ROWS``, ``library``, ``ours``, ``verify``, ``digest``."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import time
from collections.abc import Callable

# What differs between the copies of one consent.
_FRESH = {"id": "gen_random_uuid()", "number": "'copy ' || n"}


def names() -> list[str]:
    """Return the schemas of all schools."""
    from core.tenancy import region
    from tenants.registry.models import School

    with region():
        return list(School.objects.order_by("schema_name").values_list("schema_name", flat=True))


def fill(schools: int, rows: int) -> dict[str, object]:
    """Make schools by the script, with consents of the template's mentee."""
    from django.db import connection

    from tenants.provisioning import services
    from tests.benchmarks.provision import measure
    from tests.support.world import SCHOOL_A

    services.new_schema_name = measure.new_name
    measure.fill(schools)
    source = SCHOOL_A.schema
    with connection.cursor() as cursor:
        for name in names():
            if name == source:
                continue
            cursor.execute(
                f"INSERT INTO {name}.people_person SELECT * FROM {source}.people_person ON CONFLICT DO NOTHING"
            )
            cursor.execute(f"SELECT count(*) FROM {name}.consents_consent")
            missing = rows - cursor.fetchone()[0]
            columns = _columns(source)
            listed = ", ".join(columns)
            values = ", ".join(_FRESH.get(column, column) for column in columns)
            cursor.execute(
                f"INSERT INTO {name}.consents_consent ({listed}) SELECT {values} FROM {source}.consents_consent"
                f" CROSS JOIN generate_series(1, {missing}) n LIMIT {max(0, missing)}"
            )
    return {}


def _columns(schema: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped ORDER BY attnum",
            [f"{schema}.consents_consent"],
        )
        return [name for (name,) in cursor.fetchall()]


def timed(act: Callable[[], object]) -> dict[str, object]:
    """Do it on a session that stands ready; return the seconds."""
    from django.db import connection

    from core.tenancy import region

    with region(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    begun = time.perf_counter()
    act()
    return {"seconds": time.perf_counter() - begun}


def library() -> None:
    """Migrate as django-tenants documents it."""
    from django.core.management import call_command

    call_command("migrate_schemas", tenant=True, interactive=False, verbosity=0)


def ours() -> None:
    """Migrate as the platform does."""
    from tenants.provisioning.fleet import migrate_fleet

    report = migrate_fleet(verify=False)
    assert not report.failed, report.failed


def verify() -> None:
    """Compare the catalogues of all schools, as ``migrate_schools`` does afterwards."""
    from core.tenancy import region
    from tenants.provisioning.fingerprint import fingerprint

    with region():
        assert len({fingerprint(name) for name in names()}) == 1


def digest() -> dict[str, object]:
    """Return a digest of every school's catalogue, records of migrations and consents."""
    from django.db import connection

    from core.tenancy import region
    from core.tenancy.grants import sync_school
    from tenants.provisioning.fingerprint import fingerprint
    from tenants.provisioning.migration_set import school_apps

    found = hashlib.sha256()
    with region(), connection.cursor() as cursor:
        for name in names():
            # The library knows nothing of rights.
            sync_school(name)
            found.update(f"{name} {fingerprint(name)}".encode())
            cursor.execute(
                f"SELECT app, name FROM {name}.django_migrations WHERE app = ANY(%s) ORDER BY 1, 2",
                [sorted(school_apps())],
            )
            found.update(repr(cursor.fetchall()).encode())
            cursor.execute(f"SELECT id, number, remark FROM {name}.consents_consent ORDER BY id")
            found.update(repr(cursor.fetchall()).encode())
    return {"digest": found.hexdigest()}


def main(words: list[str]) -> None:
    """Do the step that is named and tell what came out."""
    import django

    django.setup()
    logging.disable(logging.INFO)
    steps: dict[str, Callable[[], dict[str, object]]] = {
        "fill": lambda: fill(int(words[1]), int(words[2])),
        "library": lambda: timed(library),
        "ours": lambda: timed(ours),
        "verify": lambda: timed(verify),
        "digest": digest,
    }
    print(json.dumps(steps[words[0]]()))


if __name__ == "__main__":
    main(sys.argv[1:])
