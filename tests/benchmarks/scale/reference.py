"""How a school on another cluster may read the region's reference data: three ways, timed in turn on the same rows.

A copy beside the school, a foreign table (``postgres_fdw``) in its cluster, or a second connection to the region's. And
what it costs to carry the copy: all rows, in one transaction of the school's cluster.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

# The tables that config/rights.py lets schools read.
KINDS = ("form", "rolevariant", "consentkind", "clearancekind", "definition", "target", "legalact", "profile")
KINDS += ("questionnaire",)
FOREIGN = "far"


def _read(connection: psycopg.Connection, schema: str) -> list[tuple]:
    rows = []
    for kind in KINDS:
        table = sql.Identifier(schema, f"reference_{kind}")
        rows += connection.execute(sql.SQL("SELECT * FROM {} ORDER BY id").format(table)).fetchall()
    return rows


def _link(there: psycopg.Connection, region_url: str) -> None:
    """Make foreign tables over the region's reference data in the second cluster."""
    home = urlsplit(region_url)
    name, user, word, port = (home.path.lstrip("/"), home.username or "", home.password or "", str(home.port))
    there.execute("CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA ext")
    there.execute(
        sql.SQL(
            "CREATE SERVER region_home FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port {}, dbname {})"
        ).format(sql.Literal(port), sql.Literal(name))
    )
    there.execute(
        sql.SQL("CREATE USER MAPPING FOR CURRENT_USER SERVER region_home OPTIONS (user {}, password {})").format(
            sql.Literal(user), sql.Literal(word)
        )
    )
    there.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(FOREIGN)))
    tables = sql.SQL(", ").join(sql.Identifier(f"reference_{kind}") for kind in KINDS)
    there.execute(
        sql.SQL("IMPORT FOREIGN SCHEMA region LIMIT TO ({}) FROM SERVER region_home INTO {}").format(
            tables, sql.Identifier(FOREIGN)
        )
    )


def _carry(home: psycopg.Connection, there: psycopg.Connection) -> None:
    """Write the region's reference data over the copy in the other cluster."""
    with there.transaction():
        # Definitions and targets point at each other's kin inside the copy: all go before any comes.
        every = sql.SQL(", ").join(sql.Identifier("region", f"reference_{kind}") for kind in KINDS)
        there.execute(sql.SQL("TRUNCATE {} CASCADE").format(every))
        for kind in KINDS:
            table = sql.Identifier("region", f"reference_{kind}")
            with (
                home.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as source,
                there.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as target,
            ):
                for block in source:
                    target.write(block)


def _milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def compare(region_url: str, second_url: str, rounds: int) -> None:
    """Print the medians of each way, and of a carrying; the rows of the three are compared first."""
    with (
        psycopg.connect(region_url, autocommit=True) as home,
        psycopg.connect(second_url, autocommit=True) as there,
    ):
        _link(there, region_url)
        carried = [_milliseconds(lambda: _carry(home, there)) for _ in range(5)]
        ways = {
            "a copy beside the school": lambda: _read(there, "region"),
            "foreign tables": lambda: _read(there, FOREIGN),
            "a connection to the region's cluster": lambda: _read(home, "region"),
        }
        first, *others = [act() for act in ways.values()]
        assert all(other == first for other in others)
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, act in ways.items():
                took[name].append(_milliseconds(act))
    told = "; ".join(f"{name} {statistics.median(values):.1f} ms" for name, values in took.items())
    print(
        f"reference data, {len(first)} rows of {len(KINDS)} kinds: {told}; carried {statistics.median(carried):.1f} ms"
    )
