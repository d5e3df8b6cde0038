"""Rows that a programme sends as JSON, as the file that the import reads: one way in, one set of rules."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from schools.imports.domain.fields import FIELDS, KIND_TITLES, SheetKind
from schools.imports.services import Upload


def file_of_rows(kind: SheetKind, rows: Sequence[Mapping[str, Any]]) -> Upload:
    """Return rows, each a mapping from fields to texts, as a CSV file; the same rows are the same bytes.

    Every column stands there, so that no column is guessed; the row of the file is that of the list plus two.
    """
    fields = [field for field in FIELDS[kind] if field.id != "full_name"]
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_(field.title) for field in fields])
    writer.writerows([row.get(field.id, "") for field in fields] for row in rows)
    return Upload(f"{_(KIND_TITLES[kind])}.csv", out.getvalue().encode("utf-8-sig"))
