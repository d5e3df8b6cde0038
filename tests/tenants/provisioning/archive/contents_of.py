"""What a school holds, to be compared: each table's rows as a hash, every file."""

from __future__ import annotations

from django.db import connection

from core.tenancy import school
from tenants.provisioning.archive.tables import archived_tables
from tenants.provisioning.archive.writing import table_hash


def hashes_of(schema: str) -> dict[str, tuple[int, str]]:
    """Return, for each archived table, how many rows it has and their hash."""
    with school(schema):
        return {table.name: table_hash(table) for table in archived_tables()}


def files_of(schema: str) -> dict[tuple[str, str, str], bytes]:
    """Return the contents of all files of a school by table, column and row: scans, workbooks and the like."""
    found = {}
    with school(schema), connection.cursor() as cursor:
        for table in archived_tables():
            for column in table.files:
                cursor.execute(f"SELECT id::text, {column} FROM {table.name} WHERE {column} IS NOT NULL")
                found |= {(table.name, column, key): bytes(content) for key, content in cursor.fetchall()}
    return found
