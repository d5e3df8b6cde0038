"""Brings a school back from its archive, beside running schools, here or in another installation.

The school is ``restoring`` until everything is in place: no host leads to it, nothing counts it. Its rows are written
by its own role in one transaction, so a restore that is killed leaves an empty school, and the same command does it
again from the start.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.errors import Error as DatabaseRefusal

from core.audit.services import record
from core.tenancy import region, school
from tenants.provisioning.archive.contents import code_columns, run_after_restore
from tenants.provisioning.archive.manifest import Manifest
from tenants.provisioning.archive.placing import place_for
from tenants.provisioning.archive.reading import OpenArchive, opened
from tenants.provisioning.archive.tables import Table, archived_tables
from tenants.provisioning.archive.versions import is_of_now, require_known
from tenants.provisioning.archive.writing import table_hash
from tenants.provisioning.errors import ArchiveRefusedError
from tenants.provisioning.runner import as_provisioner
from tenants.provisioning.services import alone_with, complete_restore
from tenants.reference.own_forms import OWN_PREFIX
from tenants.registry.models import School
from tenants.tombstones.services import replay


@dataclass(frozen=True, slots=True)
class Restored:
    """A school that is back: how many rows and files it has; ``is_copy`` tells that it got another id.

    ``left_out`` is what the archive never had: table → why. The school sets up anew what it wants of it.
    """

    school: School
    rows: int
    files: int
    is_copy: bool
    left_out: Mapping[str, str]


def restore_school(path: Path, *, actor: str, code: str = "") -> Restored:
    """Restore a school from a file; ``code`` makes a copy under another one. Outside every context, as ``app``.

    Nothing is written before the whole file has been compared with its hashes. Passwords, second factors, codes and
    tokens are not in an archive: the region invites the director again.

    :param actor: a label of what acts, for the audit.
    :raises ArchiveRefusedError: the file is damaged, newer than this platform, or speaks of what this region has not.
    :raises CodeTakenError: the code leads to another school.
    :raises NoProvisionerError: nobody here can make schemas.
    """
    with opened(path) as archive:
        require_known(archive.manifest)
        _require_codes(archive)
        with region():
            place = place_for(archive.manifest, code=code, actor=actor)
        with alone_with(place.pk) as is_ours:
            if not is_ours:
                raise ArchiveRefusedError("in_work", _("Эту школу уже восстанавливает другой процесс."))
            return _restore(archive, place, actor=actor)


def _restore(archive: OpenArchive, place: School, *, actor: str) -> Restored:
    manifest = archive.manifest
    told = json.dumps({"migrations": None if is_of_now(manifest) else manifest.migrations})
    as_provisioner("place_of_restore", str(place.pk), told=told)
    with school(place.schema_name):
        rows = load(archive)
    if not is_of_now(manifest):
        as_provisioner("place_of_restore", str(place.pk), "--migrate")
    with school(place.schema_name):
        settle_in(archive, actor=actor, rows=rows)
    # Whoever was destroyed after the archive was made is destroyed again, before anybody can open the school.
    replay(place.schema_name, origin=manifest.school.schema)
    with region():
        back = complete_restore(school_id=place.pk, actor=actor, sha256=archive.sha256)
    is_copy = str(place.pk) != manifest.school.id
    return Restored(back, rows, len(manifest.files), is_copy=is_copy, left_out=manifest.left_out)


def load(archive: OpenArchive) -> int:
    """Fill the current school, which is empty, from an archive and prove it equal; return how many rows it has.

    One transaction: all of it, or nothing.

    :raises ArchiveRefusedError: the tables are others than here, or what was written reads back differently.
    """
    manifest = archive.manifest
    with transaction.atomic():
        tables = _require_same_tables(manifest)
        for entry in manifest.tables:
            _load_table(archive, tables[entry.name])
        for file in manifest.files:
            _load_file(tables[file.table], file.column, file.row, archive.content(file))
        _check_references()
        for entry in manifest.tables:
            if table_hash(tables[entry.name]) != (entry.rows, entry.sha256):
                raise ArchiveRefusedError("differs", _("Таблица %(name)s читается иначе, чем записана.") % _of(entry))
    return sum(entry.rows for entry in manifest.tables)


def settle_in(archive: OpenArchive, *, actor: str, rows: int) -> None:
    """Make of the rows a school of this installation: what the layers above do after a restore, and the audit.

    Runs in the school, whose tables are this code's by now.
    """
    with transaction.atomic():
        run_after_restore()
        details = {"rows": rows, "files": len(archive.manifest.files), "sha256": archive.sha256}
        record(actor=actor, action="school.restored", object_type="school", details=details)


def _check_references() -> None:
    """Check foreign keys now, while a refusal can still be told from a failure."""
    try:
        connection.check_constraints()
    except IntegrityError as error:
        sentence = _("Записи архива ссылаются на то, чего в нём нет: архив сделан не этой платформой.")
        raise ArchiveRefusedError("refused_by_database", sentence) from error


def _of(entry: Any) -> dict[str, str]:
    return {"name": entry.name}


def _require_same_tables(manifest: Manifest) -> dict[str, Table]:
    """Refuse an archive whose tables and columns are not those of this schema: somebody's build between releases."""
    here = {table.name: table for table in archived_tables()}
    told = {entry.name: entry.columns for entry in manifest.tables}
    files = {(entry.table, entry.column) for entry in manifest.files}
    if told != {name: table.columns for name, table in here.items()} or not all(
        table in here and column in here[table].files for table, column in files
    ):
        raise ArchiveRefusedError(
            "other_tables", _("Таблицы в архиве не такие, как в этой версии платформы: восстановить его нельзя.")
        )
    return here


def _load_table(archive: OpenArchive, table: Table) -> None:
    entry = next(entry for entry in archive.manifest.tables if entry.name == table.name)
    try:
        with connection.cursor() as cursor, cursor.copy(table.writing()) as copy:
            for block in archive.blocks(entry):
                copy.write(block)
    except DatabaseRefusal as error:
        sentence = _("Таблица %(name)s не записывается: архив сделан не этой платформой.") % _of(entry)
        raise ArchiveRefusedError("refused_by_database", sentence) from error


def _load_file(table: Table, column: str, row: str, content: bytes) -> None:
    statement = sql.SQL("UPDATE {} SET {} = %s WHERE {}::text = %s").format(
        sql.Identifier(table.name), sql.Identifier(column), sql.Identifier(table.key[0])
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [content, row])
        if cursor.rowcount != 1:
            raise ArchiveRefusedError.of_damage()


def _require_codes(archive: OpenArchive) -> None:
    """Refuse a school that uses forms or kinds of consent that this region does not have, naming them all."""
    missing = []
    for column in code_columns():
        # A school's own forms come with it, in a table of the same archive.
        used = {code for code in archive.values(column.table, column.column) if not code.startswith(OWN_PREFIX)}
        with region():
            lacking = sorted(used - set(column.known()))
        if lacking:
            missing.append(f"{column.title}: {', '.join(lacking)}")
    if missing:
        sentence = _("В справочниках региона нет того, на что ссылается школа. Добавьте и повторите. %(missing)s")
        raise ArchiveRefusedError("unknown_codes", sentence % {"missing": "; ".join(missing)})


def prepare_place(school_id: UUID, migrations: list[tuple[str, str]] | None) -> None:
    """Make the empty schema of a school that is being restored, whatever an interrupted run left. Migrator only.

    :param migrations: the pairs (app, name) the archive stands at; None: those of this code.
    :raises LookupError: when the school is not being restored: nothing is ever dropped but an unfinished restore.
    """
    from tenants.provisioning.archive.versions import make_schema_at
    from tenants.provisioning.schema import drop_schema, make_schema

    schema = _schema_of_restoring(school_id)
    drop_schema(schema)
    if migrations is None:
        make_schema(schema)
    else:
        make_schema_at(schema, migrations)


def migrate_place(school_id: UUID) -> None:
    """Bring a restored school of an older version to this code's migrations. Migrator only."""
    from tenants.provisioning.schema import migrate_school_schema

    migrate_school_schema(_schema_of_restoring(school_id))


def _schema_of_restoring(school_id: UUID) -> str:
    with region():
        found = School.objects.get(pk=school_id)
    if found.state != School.State.RESTORING:
        raise LookupError("the school is not being restored")
    return str(found.schema_name)
