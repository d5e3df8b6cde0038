"""Writing a package into the school that takes it, as that school's own role, in its transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID, uuid5

from django.apps import apps
from django.db import connection
from django.db.models import UUIDField
from psycopg import sql

from tenants.mergers.contents import Row, Taking, in_order, rules_of
from tenants.mergers.packing import Package, carried_tables
from tenants.provisioning.archive.tables import Table

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def unpack(package: Package, taking: Taking) -> dict[str, int]:
    """Write all rows of a package beside the rows of the current school; return how many of each table.

    Ids stay as they are, so that whatever names a row outside the database goes on naming it. Where this school has a
    row of the same id (a restored copy is merged into its original), the row gets another one, the same at each try,
    wherever it is named. Foreign keys are checked by the database at the end of the caller's transaction.
    """
    tables = carried_tables()
    taking.replaced.update(_taken_ids(package, tables.values(), taking.merger_id))
    written = {}
    for name in in_order(tables):
        columns = [column for column, _kind in tables[name].columns]
        written[name] = sum(_insert(name, columns, rows) for rows in _ruled(package, name, taking))
        _put_files(package, name, taking)
    return written


def _put_files(package: Package, table: str, taking: Taking) -> None:
    """Put the files of a table into the rows that were written; a row that a rule left out has none to put."""
    for column, key, content in package.files(table):
        statement = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s::uuid").format(
            sql.Identifier(table), sql.Identifier(column)
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [content, replaced(key, taking.replaced)])


def _taken_ids(package: Package, tables: Iterable[Table], merger_id: UUID) -> dict[str, str]:
    """Return new ids for those that rows of this school have already."""
    new: dict[str, str] = {}
    for table in tables:
        if table.key != ("id",):
            raise TypeError(f"{table.name} has no id: say how it is carried, or leave it behind")
        for column in ("id", *_unique_ids(table.name)):
            statement = sql.SQL("SELECT {0}::text FROM {1} WHERE {0} = ANY(%s::uuid[])").format(
                sql.Identifier(column), sql.Identifier(table.name)
            )
            for batch in package.batches(table.name):
                with connection.cursor() as cursor:
                    cursor.execute(statement, [[json.loads(line)[column] for line in batch]])
                    new.update((key, str(uuid5(merger_id, key))) for (key,) in cursor.fetchall())
    return new


def _unique_ids(table: str) -> list[str]:
    """Return the columns beside the key that hold an id no other row has."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    fields = (field for field in model._meta.local_fields if isinstance(field, UUIDField))
    return [str(field.column) for field in fields if field.unique and not field.primary_key]


def _ruled(package: Package, table: str, taking: Taking) -> Iterator[list[Row]]:
    """Yield the rows of a table as they are to be written."""
    for batch in package.batches(table):
        # Ids stand in columns, lists and texts alike: the line is changed before it is read.
        rows: list[Row] = [json.loads(replaced(line, taking.replaced)) for line in batch]
        for rule in rules_of(table):
            rows = rule(rows, taking)
        yield rows


def replaced(text: str, new: dict[str, str]) -> str:
    """Return a text with every id that has another one here."""
    return _UUID.sub(lambda found: new.get(found[0], found[0]), text) if new else text


def _insert(table: str, columns: list[str], rows: list[Row]) -> int:
    if not rows:
        return 0
    chosen = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM jsonb_populate_recordset(NULL::{0}, %s::jsonb)").format(
        sql.Identifier(table), chosen
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, ensure_ascii=False)])
        return int(cursor.rowcount)
