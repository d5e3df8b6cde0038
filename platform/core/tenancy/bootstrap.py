"""Prepares an empty database for the door: logins, group roles, schemas, revokes.

Run once per database, as a superuser, before the first migration::

    DATABASE_SUPERUSER_URL=… DATABASE_URL=… DATABASE_ADMIN_URL=… python -m core.tenancy.bootstrap

Needs psycopg only. Idempotent. On a managed PostgreSQL without a superuser the revokes on ``set_config`` and
``plpgsql`` are not possible; the command then says which promise is weaker and exits with 3.
"""

from __future__ import annotations

import os
import sys
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

_CLUSTER_LOCK = 0x6D656E74  # one bootstrap at a time per database
# What the server may write down of the statements of our logins.
SERVER_LOG = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def _role(cursor: psycopg.Cursor, name: str, attributes: str) -> None:
    """Create a role or bring its attributes up to date; races with another process end the same."""
    identifier = sql.Identifier(name)
    if cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
        try:
            with cursor.connection.transaction():
                cursor.execute(sql.SQL("CREATE ROLE {}").format(identifier))
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass
    cursor.execute(sql.SQL("ALTER ROLE {} " + attributes).format(identifier))


def _password(cursor: psycopg.Cursor, name: str, password: str) -> None:
    cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))


def make_roles(connection: psycopg.Connection, *, app: tuple[str, str], migrator: tuple[str, str]) -> None:
    """Create the cluster-wide roles. ``app`` and ``migrator`` are (login, password)."""
    with connection.cursor() as cursor:
        _role(cursor, migrator[0], "LOGIN CREATEROLE CREATEDB INHERIT NOSUPERUSER")
        _password(cursor, *migrator)
        _role(cursor, app[0], "LOGIN NOINHERIT NOCREATEROLE NOCREATEDB NOSUPERUSER")
        _password(cursor, *app)
        for name in ("nowhere", "region", "rollup", "school"):
            _role(cursor, name, "NOLOGIN NOINHERIT NOCREATEROLE NOCREATEDB NOSUPERUSER")
        for name in ("nowhere", "region", "rollup"):
            cursor.execute(
                sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                    sql.Identifier(name), sql.Identifier(app[0])
                )
            )
        # The migrator hands the group on to the roles of schools.
        cursor.execute(sql.SQL("GRANT school TO {} WITH ADMIN OPTION").format(sql.Identifier(migrator[0])))
        cursor.execute(sql.SQL("GRANT school TO {} WITH INHERIT FALSE, SET FALSE").format(sql.Identifier(migrator[0])))


def quiet_the_server(connection: psycopg.Connection, *logins: str) -> list[str]:
    """Keep what our statements say out of the server's log; return the promise that stays open, in words.

    Django binds values into the text of a statement, so that ``log_parameter_max_length`` hides nothing: a slow or
    failing statement would be written down with the names in it. The platform notes its own slow statements instead,
    without values. Of these logins the server still logs that a session was ended or refused, and waits for locks.
    """
    try:
        with connection.transaction():
            for login in logins:
                for name, value in SERVER_LOG.items():
                    connection.execute(
                        sql.SQL("ALTER ROLE {} SET {} = {}").format(
                            sql.Identifier(login), sql.Identifier(name), sql.Literal(value)
                        )
                    )
    except psycopg.errors.InsufficientPrivilege:
        return ["the server's log may quote statements with names of people: set its log_min_error_statement to panic"]
    return []


def prepare_database(connection: psycopg.Connection, *, app: str, migrator: str) -> list[str]:
    """Prepare the connected database and return what could not be closed, in words (empty when all is closed)."""
    database = sql.Identifier(connection.info.dbname)
    weaker: list[str] = []
    with connection.cursor() as cursor:
        for statement in (
            "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {db} TO {app}, {migrator}",
            "GRANT CREATE, TEMPORARY ON DATABASE {db} TO {migrator}",
            "DROP SCHEMA IF EXISTS public CASCADE",
            "CREATE SCHEMA IF NOT EXISTS ext AUTHORIZATION {migrator}",
            "CREATE SCHEMA IF NOT EXISTS region AUTHORIZATION {migrator}",
            "GRANT USAGE ON SCHEMA ext TO region, rollup, school, nowhere",
        ):
            cursor.execute(
                sql.SQL(statement).format(db=database, app=sql.Identifier(app), migrator=sql.Identifier(migrator))
            )
        for statement, check, promise in (
            (
                "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
                "SELECT has_function_privilege('nowhere', 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE')",
                "set_config is open to every role: injected SQL could change the search path",
            ),
            (
                "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
                "SELECT has_language_privilege('nowhere', 'plpgsql', 'USAGE')",
                "plpgsql is open to every role: an injected DO block could change the role",
            ),
        ):
            cursor.execute(statement)
            row = cursor.execute(check).fetchone()
            if row is not None and row[0]:
                weaker.append(promise)
        cursor.execute(
            sql.SQL(
                "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO {m};"
                "GRANT USAGE ON LANGUAGE plpgsql TO {m}"
            ).format(m=sql.Identifier(migrator))
        )
    return weaker


def login_of(url: str) -> tuple[str, str]:
    """Return (login, password) of a database URL."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def create_database(superuser_url: str, name: str) -> None:
    """Create the database unless it exists (C.UTF-8 of the cluster, no template but template0)."""
    maintenance = urlunsplit(urlsplit(superuser_url)._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def bootstrap(superuser_url: str, app_url: str, admin_url: str) -> list[str]:
    """Create database, roles, schemas and revokes; return the promises that are weaker here."""
    name = urlsplit(app_url).path.lstrip("/")
    create_database(superuser_url, name)
    app, migrator = login_of(app_url), login_of(admin_url)
    target = urlunsplit(urlsplit(superuser_url)._replace(path="/" + name))
    with psycopg.connect(target) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_CLUSTER_LOCK,))
        make_roles(connection, app=app, migrator=migrator)
        weaker = prepare_database(connection, app=app[0], migrator=migrator[0])
        return weaker + quiet_the_server(connection, app[0], migrator[0])


def main() -> int:
    """Run from the environment; 0 done, 3 done with a weaker promise."""
    weaker = bootstrap(
        os.environ["DATABASE_SUPERUSER_URL"], os.environ["DATABASE_URL"], os.environ["DATABASE_ADMIN_URL"]
    )
    for line in weaker:
        sys.stderr.write(f"weaker promise: {line}\n")
    return 3 if weaker else 0


if __name__ == "__main__":
    raise SystemExit(main())
