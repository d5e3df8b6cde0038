"""Writes a school into one file: a zip of CSV tables and uploaded files with a manifest, sealed by its own hash."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from core.tenancy import require_school, shared
from tenants.provisioning.archive.contents import LEFT_OUT, blanks
from tenants.provisioning.archive.manifest import MANIFEST, FileEntry, Manifest, SchoolEntry, TableEntry
from tenants.provisioning.archive.tables import Table, archived_tables
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.migration_set import migration_set, school_apps

# The last bytes of the file are the hash of all before them, as the zip's comment: any tool for zip opens it.
SEAL_BYTES: Final = 64
_BLOCK: Final = 1 << 20

_README: Final = """\
Архив одной школы платформы наставничества. Здесь персональные данные детей: храните файл как личное дело.

manifest.json   что в архиве: таблицы, число строк, контрольные суммы
tables/*.csv    таблицы, UTF-8, первая строка – названия столбцов; пустое значение без кавычек означает «нет значения»
files/*         загруженные в школу файлы

В архиве нет: паролей, вторых факторов, кодов приглашений, токенов программ и личных ссылок на анкеты; настроек
уведомлений с адресами почты и самих писем; адресов для событий (вебхуков). После восстановления, и на прежнем месте,
их задают заново.
The archive of one school. Restored by `manage restore_school FILE`.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the file's size and its hash, 64 hex digits."""

    size_bytes: int
    sha256: str
    manifest: Manifest


def write_archive(target: Path, *, about: SchoolEntry) -> Written:
    """Write the current school into a file, as it stood at one moment. Runs in the school and in no transaction.

    The school's own role reads, so nothing of anybody else can get into the file. Other work in the school goes on.
    """
    with one_moment(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README)
        tables, files = [], []
        for table in archived_tables():
            tables.append(_write_table(archive, table))
            files += [entry for column in table.files for entry in write_files(archive, table, column)]
        manifest = _manifest(about, tables, files)
        archive.writestr(MANIFEST, manifest.dump())
        archive.comment = b"0" * SEAL_BYTES
    _seal(target)
    return Written(target.stat().st_size, hash_of(target), manifest)


def table_hash(table: Table) -> tuple[int, str]:
    """Return how many rows a table of the current school has, and the hash that an archive of it would note."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        with connection.wrap_database_errors, cursor.copy(table.reading()) as copy:
            for block in copy:
                digest.update(block)
        return max(cursor.rowcount, 0), digest.hexdigest()


def blocks_of(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def hash_of(path: Path) -> str:
    """Return the hash of a file: 64 hex digits."""
    return _hash(blocks_of(path))


def _hash(blocks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def seal_of(path: Path) -> bytes:
    """Return the seal that a file must end with: the hash of everything before it."""
    digest, left = hashlib.sha256(), path.stat().st_size - SEAL_BYTES
    for block in blocks_of(path):
        digest.update(block[: max(left, 0)])
        left -= len(block)
    return digest.hexdigest().encode()


def _seal(path: Path) -> None:
    seal = seal_of(path)
    with path.open("r+b") as file:
        file.seek(-SEAL_BYTES, 2)
        file.write(seal)


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything from one snapshot.

    :raises RuntimeError: inside a transaction: its snapshot is already taken, or its writes would come along.
    """
    if connection.in_atomic_block:
        raise RuntimeError("an archive is read in a transaction of its own")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write_table(archive: zipfile.ZipFile, table: Table) -> TableEntry:
    path, digest, size = f"tables/{table.name}.csv", hashlib.sha256(), 0
    with connection.cursor() as cursor:
        with (
            archive.open(path, "w", force_zip64=True) as member,
            connection.wrap_database_errors,
            cursor.copy(table.reading()) as copy,
        ):
            for block in copy:
                digest.update(block)
                size += len(block)
                member.write(block)
        rows = max(cursor.rowcount, 0)
    return TableEntry(table.name, path, table.columns, rows, size, digest.hexdigest())


def write_files(archive: zipfile.ZipFile, table: Table, column: str) -> Iterator[FileEntry]:
    """Write the contents of a column of bytes, each row as ``files/<table>/<column>/<id>``; one in memory at a time."""
    name, key = sql.Identifier(table.name), sql.Identifier(table.key[0])
    one = sql.SQL("SELECT {} FROM {} WHERE {} = %s").format(sql.Identifier(column), name, key)
    filled = sql.SQL("SELECT {key} FROM {name} WHERE {column} IS NOT NULL ORDER BY 1").format(
        key=key, name=name, column=sql.Identifier(column)
    )
    with connection.cursor() as cursor:
        cursor.execute(filled)
        ids: list[UUID] = [row for (row,) in cursor.fetchall()]
        for row in ids:
            cursor.execute(one, [row])
            found = cursor.fetchone()
            content = bytes(found[0]) if found else b""
            path = f"files/{table.name}/{column}/{row}"
            archive.writestr(path, content)
            digest = hashlib.sha256(content).hexdigest()
            yield FileEntry(table.name, column, str(row), path, len(content), digest)


def _manifest(about: SchoolEntry, tables: list[TableEntry], files: list[FileEntry]) -> Manifest:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app, name FROM django_migrations WHERE app = ANY(%s) ORDER BY app, name", [sorted(school_apps())]
        )
        migrations = tuple((str(app), str(name)) for app, name in cursor.fetchall())
    schema = require_school()
    with shared():
        mark = fingerprint(schema)
    return Manifest(
        made_at=timezone.now().isoformat(),
        school=about,
        migration_set=migration_set(),
        fingerprint=mark,
        migrations=migrations,
        tables=tuple(tables),
        files=tuple(files),
        left_out=dict(LEFT_OUT),
        blanked=tuple(sorted(f"{table}.{column}" for table, column in blanks())),
    )
