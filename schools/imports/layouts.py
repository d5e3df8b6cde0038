"""How sheets are read, as it is stored: on the import, and remembered by the school for the next file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils import timezone

from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import Layout, Proposal, Remembered, guess_layout, headings_key, key_of_sheet
from schools.imports.domain.reading import SheetToRead
from schools.imports.models import ImportFile, RememberedLayout

# A school has a handful of layouts; the oldest beyond so many are forgotten.
_MOST_REMEMBERED = 100


def layout_as_json(layout: Layout | None, *, is_remembered: bool = False) -> dict[str, Any]:
    """Return a layout as an import stores it; None is a sheet that is not read."""
    if layout is None:
        return {"kind": "", "header_row": 1, "columns": {}, "class_name": "", "is_remembered": is_remembered}
    return {
        "kind": layout.kind.value,
        "header_row": layout.header_row,
        "columns": dict(layout.columns),
        "class_name": layout.class_name,
        "is_remembered": is_remembered,
    }


def layout_from_json(stored: Mapping[str, Any]) -> Layout:
    """Return the layout of a sheet that is read."""
    kind = SheetKind(stored["kind"])
    return Layout(kind, stored["header_row"], stored["columns"], stored.get("class_name", ""))


def proposal_as_json(proposal: Proposal) -> dict[str, Any]:
    """Return what is proposed for a sheet as an import stores it."""
    stored = layout_as_json(proposal.layout, is_remembered=proposal.is_remembered)
    return {**stored, "headings_key": proposal.headings_key}


def remembered_layouts() -> Remembered:
    """Return how the current school reads sheets with certain headings; one query."""
    rows = RememberedLayout.objects.values_list("headings_key", "kind", "columns")
    return {key: (SheetKind(kind) if kind else None, columns) for key, kind, columns in rows}


def remember_layouts(sheets: Iterable[SheetToRead], files: Iterable[ImportFile]) -> None:
    """Keep what people corrected on the sheets of an import that is written, in its transaction.

    Only what differs from the guess is kept, so that a better guess of a later version is not held back; what people
    turned back to the guess is forgotten. The class of a sheet is its own and never remembered. A sheet of the files
    that would be read and is not is left out from now on.
    """
    corrections: dict[str, Layout] = {}
    forgotten: set[str] = set()
    read: set[str] = set()
    for item in sheets:
        key = headings_key(item.sheet, item.layout.header_row)
        if not key:
            continue
        read.add(key)
        forgotten.add(key_of_sheet(key, item.sheet.name))
        guess = guess_layout(item.sheet, item.file)
        if guess is not None and (guess.kind, guess.header_row, dict(guess.columns)) == (
            item.layout.kind,
            item.layout.header_row,
            dict(item.layout.columns),
        ):
            forgotten.add(key)
        else:
            corrections[key] = item.layout
    left_out = _left_out(files, read) - forgotten
    RememberedLayout.objects.filter(headings_key__in=forgotten - corrections.keys()).delete()
    now = timezone.now()
    rows = [(key, layout.kind.value, dict(layout.columns)) for key, layout in corrections.items()]
    rows += [(key, "", {}) for key in left_out]
    RememberedLayout.objects.bulk_create(
        [RememberedLayout(headings_key=key, kind=kind, columns=columns, used_at=now) for key, kind, columns in rows],
        update_conflicts=True,
        unique_fields=["headings_key"],
        update_fields=["kind", "columns", "used_at"],
    )
    if rows:
        kept = RememberedLayout.objects.order_by("-used_at", "pk").values("pk")[:_MOST_REMEMBERED]
        RememberedLayout.objects.exclude(pk__in=kept).delete()


def _left_out(files: Iterable[ImportFile], read: Collection[str]) -> set[str]:
    """Return the keys of sheets that people left out: by their headings, by their name too where others are read."""
    found = set()
    for file in files:
        for sheet in file.layouts:
            key = sheet.get("headings_key", "")
            if key and not sheet["kind"]:
                found.add(key_of_sheet(key, sheet["sheet"]) if key in read else key)
    return found
