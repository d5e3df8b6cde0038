"""The sheets of an import as parts of the page on which their columns are corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from core.spreadsheets import read_file
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import column_letter, headings_of
from schools.imports.forms import SheetForm, missing_titles
from schools.imports.layouts import layout_from_json
from schools.imports.models import ImportJob


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet on the page: its form, the titles of required fields that have no column yet, and whether the columns
    are those that the school chose for the same headings before.
    """

    file_id: UUID
    place: int
    file: str
    sheet: str
    rows: int
    is_visible: bool
    is_read: bool
    form: SheetForm
    missing: list[str]
    is_remembered: bool

    @property
    def recognised(self) -> str:
        """Return what was found where, in one line: «ФИО – B, Дата рождения – C»."""
        chosen = [(bound.label, bound.initial) for bound in self.column_fields if bound.initial]
        return ", ".join(f"{label} – {column_letter(int(index))}" for label, index in chosen)

    @property
    def column_fields(self) -> list[Any]:
        """Return the bound fields of the columns."""
        return [bound for bound in self.form if bound.name.startswith("column_")]

    @property
    def class_field(self) -> Any:
        """Return the bound field of the class of the whole sheet; None where a column says it, or nobody has one."""
        return self.form["class_name"] if "class_name" in self.form.fields else None


def sheet_parts(job: ImportJob, data: QueryDict | None) -> list[SheetPart]:
    """Return the sheets of an import's files that hold anything, in their order, with forms bound to ``data``."""
    parts = []
    for number, file in enumerate(job.files.all()):
        sheets = read_file(bytes(file.content or b""), file.name).sheets
        for place, (sheet, layout) in enumerate(zip(sheets, file.layouts, strict=True)):
            if not sheet.rows:
                continue
            headings = headings_of(sheet, layout["header_row"])
            form = SheetForm(data, layout=layout, headings=headings, prefix=f"s{number}-{place}")
            kind = SheetKind(layout["kind"]) if layout["kind"] else None
            missing = missing_titles(layout_from_json(layout)) if kind else []
            parts.append(
                SheetPart(
                    file.pk, place, file.name, sheet.name, len(sheet.rows), sheet.is_visible, kind is not None, form,
                    missing, layout.get("is_remembered", False),
                )
            )  # fmt: skip
    return parts
