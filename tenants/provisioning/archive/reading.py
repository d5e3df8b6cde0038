"""Opens an archive and trusts nothing in it until every byte has been compared with what was written."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from tenants.provisioning.archive.manifest import MANIFEST, FileEntry, Manifest, TableEntry, read_manifest
from tenants.provisioning.archive.writing import SEAL_BYTES, hash_of, seal_of
from tenants.provisioning.errors import ArchiveRefusedError

_BLOCK: Final = 1 << 18
_LONGEST_MANIFEST: Final = 64 << 20


class OpenArchive:
    """An archive whose bytes are those that were written; ``sha256`` is the whole file's."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.sha256 = hash_of(path)
        info = archive.getinfo(MANIFEST)
        if info.file_size > _LONGEST_MANIFEST:
            raise ArchiveRefusedError.of_damage()
        self.manifest: Manifest = read_manifest(archive.read(info))
        parts: tuple[TableEntry | FileEntry, ...] = (*self.manifest.tables, *self.manifest.files)
        for entry in parts:
            self._compare(entry)

    def _compare(self, entry: TableEntry | FileEntry) -> None:
        """Compare one part with its hash.

        :raises ArchiveRefusedError: when it is another.
        """
        digest, size = hashlib.sha256(), 0
        for block in self.blocks(entry):
            digest.update(block)
            size += len(block)
        if (size, digest.hexdigest()) != (entry.size_bytes, entry.sha256):
            raise ArchiveRefusedError.of_damage()

    def blocks(self, entry: TableEntry | FileEntry) -> Iterator[bytes]:
        """Yield one part in pieces, no more of it than the manifest announces."""
        left = entry.size_bytes + 1
        with self.archive.open(entry.path) as member:
            while left > 0 and (block := member.read(min(_BLOCK, left))):
                left -= len(block)
                yield block

    def content(self, entry: FileEntry) -> bytes:
        """Return one uploaded file."""
        return b"".join(self.blocks(entry))

    def values(self, table: str, column: str) -> set[str]:
        """Return the different texts of one column; empty for a table or column that the archive does not have."""
        entry = next((entry for entry in self.manifest.tables if entry.name == table), None)
        if entry is None or column not in {name for name, _kind in entry.columns}:
            return set()
        with self.archive.open(entry.path) as member:
            rows = csv.DictReader(io.TextIOWrapper(member, "utf-8", newline=""))
            return {row[column] for row in rows if row[column]}


@contextmanager
def opened(path: Path) -> Iterator[OpenArchive]:
    """Open an archive, every part compared with the manifest and the whole with its seal.

    :raises ArchiveRefusedError: when it is none, damaged or of a newer format.
    """
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            if file.tell() < SEAL_BYTES:
                raise ArchiveRefusedError("not_an_archive", _("Это не архив школы."))
            file.seek(-SEAL_BYTES, 2)
            seal = file.read()
    except OSError as error:
        raise ArchiveRefusedError("no_file", _("Файл не открывается: %(why)s") % {"why": error.strerror}) from error
    if not zipfile.is_zipfile(path):
        raise ArchiveRefusedError("not_an_archive", _("Это не архив школы."))
    if seal != seal_of(path):
        raise ArchiveRefusedError.of_damage()
    with path.open("rb") as file, _damage():
        archive = zipfile.ZipFile(file)
        found = OpenArchive(path, archive)
    # Reopened, so that what goes wrong while the caller works is not taken for damage.
    with zipfile.ZipFile(path) as archive:
        found.archive = archive
        yield found


@contextmanager
def _damage() -> Iterator[None]:
    """Tell whatever a zip complains of as damage."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveRefusedError.of_damage() from error
