"""The package from one school to another: its rows as JSON, written by its own role, read by the other's.

The same tables as an archive, less what stays behind, from one snapshot. Uploaded files lie beside the rows as they do
there: a scan as text within a row would be twice its size, and some tens of them more than one value of the database
may hold. The package lies in the region's schema in parts that the two schools alone can read, from the packing to the
taking.
"""

from __future__ import annotations

import json
import zipfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from core.tenancy import require_school, shared
from tenants.mergers.contents import Row, stays
from tenants.mergers.errors import MergerError
from tenants.mergers.models import MergerPart
from tenants.provisioning.archive.contents import blanks
from tenants.provisioning.archive.tables import Table, archived_tables
from tenants.provisioning.archive.writing import blocks_of, hash_of, one_moment, write_files
from tenants.tombstones.journal import Buried, line_of, read_line
from tenants.tombstones.services import own_tombstones

_MANIFEST: Final = "manifest.json"
_TOMBSTONES: Final = "tombstones.jsonl"
# A batch is one value of the database, which holds 256 MB at most, and lies in memory as text and as objects.
_AT_ONCE: Final = 500
_BATCH_BYTES: Final = 8 << 20


def carried_tables() -> dict[str, Table]:
    """Return the tables that go from school to school, by name. Runs in a school."""
    return {table.name: table for table in archived_tables() if table.name not in stays()}


def pack(target: Path) -> str:
    """Write the current school's package into a file; return its hash. Runs in the school, in no transaction."""
    with one_moment(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for table in carried_tables().values():
            with package.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
                for line in _lines_of(table):
                    member.write(f"{line}\n".encode())
            for column in table.files:
                deque(write_files(package, table, column), maxlen=0)
        package.writestr(_TOMBSTONES, "".join(map(line_of, own_tombstones())))
        package.writestr(_MANIFEST, json.dumps({"migrations": _migrations()}))
    return hash_of(target)


def _lines_of(table: Table) -> Iterator[str]:
    blank = blanks()
    columns = [name for name, _kind in table.columns]
    chosen = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(sql.Literal(blank[table.name, name]), sql.Identifier(name))
        if (table.name, name) in blank
        else sql.Identifier(name)
        for name in columns
    )
    statement = sql.SQL("COPY (SELECT to_jsonb(r)::text FROM (SELECT {} FROM {} ORDER BY {}) r) TO STDOUT").format(
        chosen, sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.key))
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for (line,) in copy.rows():
            yield line


def _migrations() -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [[str(app), str(name)] for app, name in cursor.fetchall()]


def store_parts(merger_id: UUID, path: Path, *, other_schema: str) -> None:
    """Put a package where the other school reads it, in place of what was there. In the packing school."""
    schema = require_school()
    with shared():
        MergerPart.objects.filter(merger=merger_id).delete()
        for number, content in enumerate(blocks_of(path)):
            MergerPart.objects.create(
                merger_id=merger_id, school_schema=schema, other_schema=other_schema, number=number, content=content
            )


def forget_parts(merger_id: UUID) -> None:
    """Take a package away. In either school."""
    with shared():
        MergerPart.objects.filter(merger=merger_id).delete()


class Package:
    """An opened package: rows of tables and tombstones, to be read more than once."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._names = set(file.namelist())

    def batches(self, table: str) -> Iterator[list[str]]:
        """Yield the rows of a table as lines of JSON, some hundreds at once, or fewer that are long."""
        if f"{table}.jsonl" not in self._names:
            return
        found: list[str] = []
        size_bytes = 0
        with self._file.open(f"{table}.jsonl") as member:
            for line in member:
                if found and (len(found) == _AT_ONCE or size_bytes + len(line) > _BATCH_BYTES):
                    yield found
                    found, size_bytes = [], 0
                found.append(line.decode())
                size_bytes += len(line)
        if found:
            yield found

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table one by one."""
        for batch in self.batches(table):
            yield from map(json.loads, batch)

    def files(self, table: str) -> Iterator[tuple[str, str, bytes]]:
        """Yield the files of a table as (column, id of the row, content), one in memory at a time."""
        for name in self._file.namelist():
            match name.split("/"):
                case ["files", of, column, key] if of == table:
                    yield column, key, self._file.read(name)

    def tombstones(self) -> list[Buried]:
        """Return the tombstones of the school that packed."""
        return [read_line(line) for line in self._file.read(_TOMBSTONES).decode().split("\n") if line]

    def require_same_version(self) -> None:
        """Refuse rows of other tables than are here: one of the two schools is just being updated.

        :raises MergerError: then; it is tried again.
        """
        told: dict[str, Any] = json.loads(self._file.read(_MANIFEST))
        if told["migrations"] != _migrations():
            raise MergerError("other_version", _("Школы стоят на разных версиях платформы: идёт обновление."))


@contextmanager
def opened_package(merger_id: UUID, sha256: str) -> Iterator[Package]:
    """Open the package that was sent to the current school.

    :raises MergerError: when it is not there, or not what was written.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        with shared(), path.open("wb") as file:
            parts = MergerPart.objects.filter(merger=merger_id).order_by("number").values_list("content", flat=True)
            for part in parts.iterator(chunk_size=1):
                file.write(bytes(part))
        if not path.stat().st_size or hash_of(path) != sha256:
            raise MergerError("no_package", _("Данные школы не дошли или изменены: они будут подготовлены заново."))
        with zipfile.ZipFile(path) as archive:
            package = Package(archive)
            package.require_same_version()
            yield package
