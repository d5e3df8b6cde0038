"""The journal of tombstones: a file outside the database, because a restored database has forgotten the latest ones.

One JSON line each, only ever added. Its folder is kept apart from the backups and is never restored from one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from django.conf import settings

from tenants.tombstones.models import Tombstone


@dataclass(frozen=True, slots=True)
class Buried:
    """A tombstone as the journal holds it; the fields are those of :class:`Tombstone`."""

    school_schema: str
    people: tuple[UUID, ...]
    number: int
    destroyed_at: datetime
    facts: dict[str, Any]

    @property
    def key(self) -> tuple[str, int]:
        """Return what tells one tombstone from every other."""
        return self.school_schema, self.number

    @classmethod
    def of(cls, row: Tombstone) -> Self:
        """Return a row of the table."""
        return cls(row.school_schema, tuple(row.people), row.number, row.destroyed_at, row.facts)

    def row(self) -> Tombstone:
        """Return an unsaved row of the table."""
        return Tombstone(
            school_schema=self.school_schema,
            people=list(self.people),
            number=self.number,
            destroyed_at=self.destroyed_at,
            facts=self.facts,
        )


def journal_path() -> Path:
    """Return where the journal is; it need not be there."""
    return Path(settings.TOMBSTONES_FILE)


def read_journal(path: Path | None = None) -> list[Buried]:
    """Return everything in the journal, the oldest first; nothing when there is no journal.

    :raises ValueError: for a line that is no tombstone: a damaged journal must not pass for an empty one.
    """
    path = path or journal_path()
    return list(_lines(path)) if path.exists() else []


def append_to_journal(rows: Iterable[Buried]) -> int:
    """Add what the journal lacks; durable when this returns. Returns how many were added; safe to repeat."""
    path = journal_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {row.key for row in _lines(path)}
        missing = [row for row in rows if row.key not in known]
        for row in missing:
            file.write(line_of(row).encode())
        file.flush()
        os.fsync(file.fileno())
    return len(missing)


def line_of(row: Buried) -> str:
    """Return a tombstone as a line of JSON, with its end."""
    said = {
        "school": row.school_schema,
        "people": [str(key) for key in row.people],
        "number": row.number,
        "destroyed_at": row.destroyed_at.isoformat(),
        "facts": row.facts,
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def read_line(line: str) -> Buried:
    """Return the tombstone of a line.

    :raises ValueError: when it is none.
    """
    try:
        said = json.loads(line)
        return Buried(
            said["school"],
            tuple(UUID(key) for key in said["people"]),
            int(said["number"]),
            datetime.fromisoformat(said["destroyed_at"]),
            dict(said["facts"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a tombstone") from error


def _lines(path: Path) -> Iterator[Buried]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield read_line(line)
        except ValueError as error:
            raise ValueError(f"line {number} of the journal of tombstones cannot be read") from error
