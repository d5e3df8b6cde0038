"""The bench database: schools made by the product and filled with COPY.

Run by ``fill`` in a process of its own, as the migrator:
``DOOR_LOGIN=migrator python -m tests.benchmarks.rollup.fleet SCHOOLS PEOPLE``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

import psycopg
from psycopg import sql

from tests.benchmarks.rollup.people import TABLES, regions_rows
from tests.support.database import ROOT, drop, superuser_url

DATABASE = "bench_rollup"
DISTRICTS = 25


def schema_of(number: int) -> str:
    """Return the schema of a school of the bench; the prefix keeps its roles apart from everybody's."""
    return f"s_be{number:010x}"


def fill(schools: int, people: int) -> None:
    """Build the bench database anew."""
    drop(DATABASE)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DOOR_LOGIN": "migrator",
        "TEST_DATABASE_NAME": DATABASE,
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "-m", "tests.benchmarks.rollup.fleet", str(schools), str(people)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def stands() -> bool:
    """Tell whether a bench database was left by an earlier run."""
    with psycopg.connect(superuser_url(), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        return found.fetchone() is not None


def remove(schools: int) -> None:
    """Drop the bench database and the roles of its schools."""
    drop(DATABASE)
    with psycopg.connect(superuser_url(), autocommit=True) as connection:
        for number in range(schools):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(schema_of(number))))


def _build(schools: int, people: int) -> None:
    import config.settings.test  # noqa: F401  completes the environment
    from core.tenancy.bootstrap import bootstrap

    bootstrap(superuser_url(DATABASE), os.environ["DATABASE_URL"], os.environ["DATABASE_ADMIN_URL"])

    import django

    django.setup()
    from tenants.provisioning.schema import make_schema, migrate_region_schema

    migrate_region_schema()
    for number in range(schools):
        make_schema(schema_of(number))
    _register(schools)
    _fill_flat_and_schools(schools, people)


def _register(schools: int) -> None:
    from core.tenancy import region
    from tenants.registry.models import District, Region, School

    with region():
        Region.objects.create(title="Область замера")
        districts = [District.objects.create(title=f"Район {number}") for number in range(DISTRICTS)]
        for number in range(schools):
            School(
                code=f"b{number:04d}",
                title=f"Школа {number}",
                schema_name=schema_of(number),
                district=districts[number % DISTRICTS],
                state=School.State.READY,
            ).save()


def _fill_flat_and_schools(schools: int, people: int) -> None:
    """Write all rows into flat tables first, then each school's from there: both hold the same rows."""
    from tests.benchmarks.rollup.flat import create_flat

    with psycopg.connect(superuser_url(DATABASE), autocommit=True) as connection:
        create_flat(connection, schema_of(0))
        connection.execute("INSERT INTO flat.school SELECT substr(code, 2)::int, id FROM region.registry_school")
        made = list(regions_rows(Random(1), schools, people))
        for table, columns in TABLES.items():
            with connection.cursor().copy(
                f"COPY flat.{table} (school, {columns.replace(' ', ', ')}) FROM STDIN"
            ) as copy:
                for rows in made:
                    for row in rows.tables[table]:
                        copy.write_row((rows.school, *row))
        connection.execute("ANALYZE")
        for number in range(schools):
            with connection.transaction():
                for table, columns in TABLES.items():
                    listed = columns.replace(" ", ", ")
                    connection.execute(
                        f"INSERT INTO {schema_of(number)}.{table} ({listed}) "
                        f"SELECT {listed} FROM flat.{table} WHERE school = {number}"
                    )
        connection.execute("DELETE FROM region.events_mark")
        connection.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    _build(int(sys.argv[1]), int(sys.argv[2]))
