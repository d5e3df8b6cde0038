"""The database of the check: a template built once per content of the migrations, cloned per worker.

Needs a cluster where the tests may be superuser once: ``TEST_DATABASE_SUPERUSER_URL``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
_SOURCES = (
    "platform/core/*/migrations/*.py",
    "platform/core/tenancy/bootstrap.py",
    "platform/core/tenancy/grants.py",
    "platform/config/rights.py",
    "platform/config/settings/base.py",
    "tenants/*/migrations/*.py",
    "tenants/reference/shipped.py",
    "regional_bank/*/migrations/*.py",
    "schools/*/migrations/*.py",
    "reports/*/migrations/*.py",
    "tests/support/template.py",
    "tests/support/database.py",
    "uv.lock",
)


def superuser_url(database: str = "postgres") -> str:
    """Return the superuser's URL of a database of the test cluster.

    :raises RuntimeError: when no cluster is named.
    """
    url = os.environ.get("TEST_DATABASE_SUPERUSER_URL")
    if not url:
        raise RuntimeError("no test cluster: run the check as `python3 run.py test`")
    return urlunsplit(urlsplit(url)._replace(path="/" + database))


def content_hash() -> str:
    """Return 12 hex digits that change with whatever the template database is built from."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _one_builder() -> Iterator[None]:
    path = Path(tempfile.gettempdir()) / f"mentoring-template-{os.getuid()}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_template() -> str:
    """Build the template database unless it stands; return its name."""
    name = f"template_{content_hash()}"
    with _one_builder(), psycopg.connect(superuser_url(), autocommit=True) as connection:
        row = connection.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if row is not None and row[0]:
            return name
        if row is not None:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DOOR_LOGIN": "migrator",
            "TEST_DATABASE_NAME": name,
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        }
        subprocess.run(
            [sys.executable, "-m", "tests.support.template"], cwd=ROOT, env=environment, check=True, timeout=300
        )
        connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
    return name


def clone(template: str, name: str) -> None:
    """Make a database from the template; an older one of the name goes."""
    with psycopg.connect(superuser_url(), autocommit=True) as connection:
        drop(name, connection)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        # The template's tables, schemas and functions are copied with their rights; the database's own are not.
        for statement in (
            "REVOKE ALL ON DATABASE {} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {} TO app, migrator",
            "GRANT CREATE, TEMPORARY ON DATABASE {} TO migrator",
        ):
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def drop(name: str, connection: psycopg.Connection | None = None) -> None:
    """Drop a database, whoever is connected."""
    if connection is None:
        with psycopg.connect(superuser_url(), autocommit=True) as own:
            drop(name, own)
        return
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
