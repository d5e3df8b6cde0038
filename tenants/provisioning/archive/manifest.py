"""The manifest of an archive: what the file holds, down to the hash of each part."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from tenants.provisioning.errors import ArchiveRefusedError

FORMAT: Final = "mentoring-school-archive"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table: ``columns`` are pairs (name, type), ``path`` a CSV with a header, NULL unquoted, in key order."""

    name: str
    path: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One uploaded file: the content of ``column`` of the row ``row`` of ``table``."""

    table: str
    column: str
    row: str
    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SchoolEntry:
    """The school as the region knew it; ``schema`` is the name of its schema and role there."""

    id: str
    code: str
    title: str
    district: str
    schema: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it. ``migrations`` are pairs (app, name); ``fingerprint`` is the catalogue's."""

    made_at: str
    school: SchoolEntry
    migration_set: str
    fingerprint: str
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[TableEntry, ...]
    files: tuple[FileEntry, ...]
    left_out: dict[str, str]
    blanked: tuple[str, ...]

    def dump(self) -> bytes:
        """Return the manifest as JSON."""
        told = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        return json.dumps(told, ensure_ascii=False, indent=1).encode()


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest of an archive.

    :raises ArchiveRefusedError: when it is not one, or of a newer format.
    """
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            raise ArchiveRefusedError("not_an_archive", _("Это не архив школы."))
        if told["format_version"] != FORMAT_VERSION:
            raise ArchiveRefusedError.of_newer_version()
        return Manifest(
            made_at=_text(told["made_at"]),
            school=SchoolEntry(**{name: _text(told["school"][name]) for name in SchoolEntry.__slots__}),
            migration_set=_text(told["migration_set"]),
            fingerprint=_text(told["fingerprint"]),
            migrations=tuple((_text(app), _text(name)) for app, name in told["migrations"]),
            tables=tuple(_table(row) for row in told["tables"]),
            files=tuple(_file(row) for row in told["files"]),
            left_out={_text(name): _text(why) for name, why in told["left_out"].items()},
            blanked=tuple(_text(name) for name in told["blanked"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ArchiveRefusedError):
            raise
        raise ArchiveRefusedError("not_an_archive", _("Описание внутри архива испорчено.")) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("a number is expected")
    return value


def _table(row: dict[str, Any]) -> TableEntry:
    columns = tuple((_text(name), _text(kind)) for name, kind in row["columns"])
    return TableEntry(
        name=_text(row["name"]),
        path=_text(row["path"]),
        columns=columns,
        rows=_number(row["rows"]),
        size_bytes=_number(row["size_bytes"]),
        sha256=_text(row["sha256"]),
    )


def _file(row: dict[str, Any]) -> FileEntry:
    texts = {name: _text(row[name]) for name in ("table", "column", "row", "path", "sha256")}
    return FileEntry(**texts, size_bytes=_number(row["size_bytes"]))
