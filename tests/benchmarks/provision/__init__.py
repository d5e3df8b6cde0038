"""A new school by our script and from the pool of spares, against django-tenants' own documented way.

`python -m tests.benchmarks provision [--schools 1000] [--runs 7]`. Measured in a region of one school and again in one
of ``--schools``. Prints a table and, last, ``ratio=``: the library's way against our script, the worse of the two.
Fails when a promise is not kept or two ways make different schools.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import uuid
from contextlib import suppress

import psycopg
from psycopg import sql

from tests.support.database import ROOT, clone, drop, ensure_template, superuser_url

# The roles of the bench's schools, told apart from everybody's by their beginning.
PREFIX = "s_bf"


def main(arguments: list[str]) -> int:
    """Clone, measure in a process of the migrator, tidy up; 0 when every promise is kept."""
    parser = argparse.ArgumentParser(prog="bench provision")
    parser.add_argument("--schools", type=int, default=1000, help="in the large region")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args(arguments)
    database = f"bench_provision_{uuid.uuid4().hex[:8]}"
    clone(ensure_template(), database)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DOOR_LOGIN": "migrator",
        "TEST_DATABASE_NAME": database,
        "TEST_SPARE_SCHOOLS": "5",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "-m", "tests.benchmarks.provision.measure", str(options.schools), str(options.runs)]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    finally:
        drop(database)
        drop_roles()


def drop_roles() -> None:
    """Drop the roles of the bench's schools: they belong to the cluster and outlive the database.

    Those that another benchmark is using at the moment stay; it drops them itself.
    """
    with psycopg.connect(superuser_url(), autocommit=True) as connection:
        names = connection.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (PREFIX,)).fetchall()
        for (name,) in names:
            with suppress(psycopg.errors.DependentObjectsStillExist):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
