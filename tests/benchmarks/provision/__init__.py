"""A new school by our script and from the pool of spares, against django-tenants' own documented way.

`python -m tests.benchmarks provision [--schools 1000] [--runs 7]`. Measured in a region of one school and in one of
``--schools``, in turn, each on a server of its own. Prints a table and, last, ``ratio=``: the library's way against our
script, the worse of the two. Fails when a promise is not kept or two ways make different schools.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.launch import machine
from deploy.launch.postgres import Postgres
from tests.benchmarks.provision.regions import Region, compare
from tests.support.database import superuser_url

# The roles of the bench's schools, told apart from everybody's by their beginning.
PREFIX = "s_bf"


def main(arguments: list[str]) -> int:
    """Measure in processes of the migrator; 0 when every promise is kept."""
    parser = argparse.ArgumentParser(prog="bench provision")
    parser.add_argument("--schools", type=int, default=1000, help="in the large region")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args(arguments)
    with (
        _server() as one,
        _server() as other,
        Region(one.url("postgres", one.password, "postgres"), "bench", 1) as small,
        Region(other.url("postgres", other.password, "postgres"), "bench", options.schools) as large,
    ):
        return compare(small, large, options.runs)


@contextmanager
def _server() -> Iterator[Postgres]:
    """Run a server like the check's own: roles belong to a server, a thousand of them to the large region's alone."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        account = machine.ordinary_user()
        if account:
            shutil.chown(home, account.pw_uid, account.pw_gid)
        server = Postgres(home, home, "bench", durable=True)
        server.start(0)
        try:
            yield server
        finally:
            server.stop()


def drop_roles() -> None:
    """Drop the roles of the bench's schools: they belong to the cluster and outlive the database.

    Those that another benchmark is using at the moment stay; it drops them itself.
    """
    with psycopg.connect(superuser_url(), autocommit=True) as connection:
        names = connection.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (PREFIX,)).fetchall()
        for (name,) in names:
            with suppress(psycopg.errors.DependentObjectsStillExist):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
