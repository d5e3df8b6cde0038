"""Refusals of an import as a whole: a stable code and a sentence for the person who uploads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
    """Every file is byte for byte one that was imported before: no new import."""


class JobStateError(Exception):
    """The import is not in the state in which this can be done; somebody else was quicker."""
