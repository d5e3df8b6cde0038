"""Reads files through the whole import but its database, in a process of its own, and says what became of each.

``python -m tests.support.read_files FILE…`` prints, for each, a line of JSON: ``outcome`` (the code of a refusal, or
``read``), ``sentence``, ``seconds`` and ``peak_mb`` of the process so far.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date
from pathlib import Path

from core.spreadsheets import SpreadsheetRefusedError, read_file
from schools.imports.domain.layout import guess_layout
from schools.imports.domain.reading import SheetToRead, read_import
from schools.imports.domain.resolving import resolve
from schools.imports.domain.stored import StoredSchool
from tests.schools.imports.reference import REFERENCE


def outcome_of(name: str, content: bytes) -> tuple[str, str]:
    """Return (code, sentence) of a refusal, or («read», how many rows were taken and refused)."""
    try:
        book = read_file(content, name)
    except SpreadsheetRefusedError as refused:
        return refused.code, refused.message
    sheets = []
    for sheet in book.sheets:
        layout = guess_layout(sheet, name)
        if layout is not None:
            sheets.append(SheetToRead(name, sheet, layout))
    plan = resolve(read_import(sheets, REFERENCE, date(2026, 11, 21)), StoredSchool(), REFERENCE)
    return "read", f"{plan.rows_accepted} + {len(plan.refusals)}"


def main() -> None:
    """Read the files that are named."""
    for path in map(Path, sys.argv[1:]):
        content = path.read_bytes()
        started = time.perf_counter()
        code, sentence = outcome_of(path.name, content)
        told = {
            "outcome": code,
            "sentence": sentence,
            "seconds": time.perf_counter() - started,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
