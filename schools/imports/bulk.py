"""Many rows into one table by COPY: a hundred times faster than saving them one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows into a model's table of the current school and return how many.

    ``columns`` are names of columns; columns left out take the database's defaults. Values are as psycopg adapts them.
    Foreign keys and unique constraints are checked as for any insert; nothing of the model's own code runs.

    :raises IntegrityError: when a row breaks a constraint.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
