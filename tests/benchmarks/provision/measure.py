"""Makes schools in three ways in turn in one region; run as the migrator, told what to do a line at a time.

``python -m tests.benchmarks.provision.measure DATABASE SCHOOLS``: clones the template, brings the region to so many
schools, then answers each line of stdin, ``forwards`` or ``backwards``, with the seconds that each way took, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.benchmarks.provision import PREFIX
from tests.support.database import ROOT

SPARES = 5


def new_name() -> str:
    """Return a schema name of the bench."""
    return f"{PREFIX}{secrets.token_hex(5)}"


def new_code() -> str:
    """Return a school's code that no other process has given: a region is filled more than once."""
    return f"b{secrets.token_hex(5)}"


class Web:
    """A process of the login ``app`` that creates schools."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.provision.creator"],
            cwd=ROOT,
            env={**os.environ, "DOOR_LOGIN": "app"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def create(self, code: str) -> tuple[float, str]:
        """Create a school; return seconds and schema."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(code + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["state"] == "ready", "the pool was empty"
        return answer["seconds"], answer["schema"]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


def by_library() -> tuple[float, str]:
    """Make a school as django-tenants documents it, rights not included; return seconds and schema."""
    from tenants.registry.models import Domain, School

    code = new_code()
    begun = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        tenant = School(schema_name=new_name(), code=code, title=f"Школа {code}", state=School.State.READY)
        tenant.auto_create_schema = True
        tenant.save()
        Domain(domain=code, tenant=tenant, is_primary=True).save()
    return time.perf_counter() - begun, tenant.schema_name


def by_script() -> tuple[float, str]:
    """Make a school as the region and the provisioner do when the pool is empty; return seconds and schema."""
    from core.tenancy import region
    from tenants.provisioning.services import create_school, provision

    code = new_code()
    begun = time.perf_counter()
    with region():
        school = create_school(actor="bench", code=code, title=f"Школа {code}", district=None)
    school = provision(school.pk)
    seconds = time.perf_counter() - begun
    assert school.state == "ready"
    return seconds, school.schema_name


def by_spare(web: Web) -> list[tuple[float, str]]:
    """Fill the pool, then create schools from it; return each one's seconds and schema."""
    from tenants.provisioning.pool import fill_pool

    assert fill_pool() == SPARES
    return [web.create(new_code()) for _ in range(SPARES)]


def fresh_session() -> None:
    """Give every way a new session, connected and idle: the library leaves its own closed, ours would find it warm."""
    from django.db import connection

    from core.tenancy import region

    connection.close()
    with region(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def mark_of(way: str, schema: str) -> str:
    """Return a school's fingerprint; the library's gets its role and rights first, which it knows nothing of."""
    from core.tenancy import region
    from core.tenancy.grants import ensure_school_role, sync_school
    from tenants.provisioning.fingerprint import fingerprint

    with region():
        if way == "library":
            ensure_school_role(schema)
            sync_school(schema)
        return fingerprint(schema)


def forget(schema: str) -> None:
    """Drop a school, so that every run finds the same number of them."""
    from core.tenancy import region
    from tenants.provisioning.schema import drop_schema
    from tenants.registry.models import School

    drop_schema(schema)
    with region():
        School.objects.filter(schema_name=schema).delete()


def leave_one() -> None:
    """Leave one school of the template's two; its role serves other databases and stays."""
    from django.db import connection

    from core.tenancy import region
    from tenants.registry.models import School
    from tests.support.world import SCHOOL_B

    with region(), connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA "{SCHOOL_B.schema}" CASCADE')
        School.objects.filter(pk=SCHOOL_B.id).delete()


def fill(schools: int) -> None:
    """Bring the region to so many schools, by the script."""
    from core.tenancy import region
    from tenants.registry.models import School

    with region():
        there = School.objects.count()
    for _ in range(there, schools):
        by_script()


def settle() -> None:
    """Let the server finish with what filling it left, which it would else do while others are measured."""
    import psycopg

    from tests.support.database import superuser_url

    with psycopg.connect(superuser_url(os.environ["TEST_DATABASE_NAME"]), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
        owner.execute("CHECKPOINT")


def measured(ways: dict[str, Callable[[], list[tuple[float, str]]]], order: list[str]) -> dict[str, list[float]]:
    """Take each way once, in this order; return the seconds of each school that it made."""
    times, marks = {}, set()
    for way in order:
        fresh_session()
        made = ways[way]()
        marks |= {mark_of(way, schema) for _, schema in made}
        for _, schema in made:
            forget(schema)
        times[way] = [seconds for seconds, _ in made]
    assert len(marks) == 1, f"two ways make two schools: {marks}"
    return times


def main(database: str, schools: int) -> int:
    """Build the region, then measure as often as asked."""
    from tests.support.database import clone, ensure_template

    clone(ensure_template(), database)
    import django

    django.setup()
    logging.disable(logging.INFO)
    from tenants.provisioning import pool, services

    # Roles of the bench are found and dropped by the beginning of their names.
    pool.new_schema_name = services.new_schema_name = new_name
    with Web() as web:
        ways: dict[str, Callable[[], list[tuple[float, str]]]] = {
            "library": lambda: [by_library()],
            "script": lambda: [by_script()],
            "spare": lambda: by_spare(web),
        }
        leave_one()
        fill(schools)
        settle()
        tell({"schools": schools})
        for line in sys.stdin:
            tell(measured(ways, list(ways) if line.strip() == "forwards" else list(reversed(ways))))
    return 0


def tell(answer: object) -> None:
    """Answer with one line."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2])))
