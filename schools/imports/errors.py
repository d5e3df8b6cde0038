"""Refusals of an import as a whole: a stable code and a sentence for the person who uploads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong with one file; ``sentence`` is translated and says what to do."""

    file: str
    code: str
    sentence: str


class FilesRefusedError(Exception):
    """Files that cannot be read, or that hold nothing to import; nothing was stored."""

    def __init__(self, faults: Sequence[FileFault]) -> None:
        super().__init__("; ".join(fault.code for fault in faults))
        self.faults = tuple(faults)


class AlreadyImportedError(Exception):
    """Every file is byte for byte one that was imported before: no new import.

    ``job_id`` and ``applied_at`` are the last import that did not take ``refused_rows`` of them; None when all were.
    """

    def __init__(self, refused_rows: int = 0, job_id: UUID | None = None, applied_at: datetime | None = None) -> None:
        super().__init__(f"{refused_rows} rows were refused then")
        self.refused_rows = refused_rows
        self.job_id = job_id
        self.applied_at = applied_at


class JobStateError(Exception):
    """The import is not in the state in which this can be done; somebody else was quicker."""
