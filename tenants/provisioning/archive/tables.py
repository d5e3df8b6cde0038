"""The tables of a school as an archive sees them, read from the catalogue: columns by name, key, uploaded files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db import connection
from psycopg import sql

from core.tenancy import require_school, shared
from tenants.provisioning.archive.contents import LEFT_OUT, blanks

_FILE: Final = "bytea"

# Columns by name: a school that was migrated has them in another order than one made by the script. Types are asked
# for from the shared path, so that they are spelt the same in every school.
_COLUMNS: Final = """
SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
       coalesce(array_position(i.indkey::int2[], a.attnum), -1)
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
 WHERE n.nspname = %s AND c.relkind = 'r'
 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is archived: ``columns`` are pairs (name, type) but for ``files``, the columns of bytes."""

    name: str
    columns: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    key: tuple[str, ...]

    def reading(self) -> sql.Composed:
        """Return the COPY that writes the rows in the order of their key, secrets as their constants."""
        blank = blanks()
        chosen = [
            sql.SQL("{} AS {}").format(sql.Literal(blank[self.name, name]), sql.Identifier(name))
            if (self.name, name) in blank
            else sql.Identifier(name)
            for name, _ in self.columns
        ]
        return sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT WITH (FORMAT csv, HEADER)").format(
            sql.SQL(", ").join(chosen), sql.Identifier(self.name), _names(self.key)
        )

    def writing(self) -> sql.Composed:
        """Return the COPY that reads them back; the header must name these columns."""
        return sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv, HEADER match)").format(
            sql.Identifier(self.name), _names(name for name, _ in self.columns)
        )


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def archived_tables() -> list[Table]:
    """Return the tables of the current school that go into its archive, by name. Runs in a school."""
    schema = require_school()
    with shared(), connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [schema])
        rows = [(str(table), str(column), str(kind), int(place)) for table, column, kind, place in cursor.fetchall()]
    tables = []
    for name, found in groupby(rows, key=lambda row: row[0]):
        if name in LEFT_OUT:
            continue
        columns = [(column, kind, place) for _, column, kind, place in found]
        tables.append(
            Table(
                name=name,
                columns=tuple((column, kind) for column, kind, _ in columns if kind != _FILE),
                files=tuple(column for column, kind, _ in columns if kind == _FILE),
                key=tuple(
                    column for _, column in sorted((place, column) for column, _, place in columns if place >= 0)
                ),
            )
        )
    return tables
