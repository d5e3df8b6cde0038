"""How sheets are read, as it is stored: on the import, and remembered by the school for the next file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import Layout, Remembered, guess_layout, headings_key
from schools.imports.domain.reading import SheetToRead
from schools.imports.models import RememberedLayout

# A school has a handful of layouts; the oldest beyond so many are forgotten.
_MOST_REMEMBERED = 100


def layout_as_json(layout: Layout | None, *, is_remembered: bool = False) -> dict[str, Any]:
    """Return a layout as an import stores it; None is a sheet that is not read."""
    if layout is None:
        return {"kind": "", "header_row": 1, "columns": {}, "class_name": "", "is_remembered": False}
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


def remembered_layouts() -> Remembered:
    """Return how the current school reads sheets with certain headings; one query."""
    rows = RememberedLayout.objects.values_list("headings_key", "kind", "columns")
    return {key: (SheetKind(kind), columns) for key, kind, columns in rows}


def remember_layouts(sheets: Iterable[SheetToRead]) -> None:
    """Keep what people corrected on the sheets of an import that is written, in its transaction.

    Only what differs from the guess is kept, so that a better guess of a later version is not held back; what people
    turned back to the guess is forgotten. The class of a sheet is its own and never remembered.
    """
    corrections: dict[str, Layout] = {}
    as_guessed: set[str] = set()
    for item in sheets:
        key = headings_key(item.sheet, item.layout.header_row)
        if not key:
            continue
        guess = guess_layout(item.sheet, item.file)
        if guess is not None and (guess.kind, guess.header_row, dict(guess.columns)) == (
            item.layout.kind,
            item.layout.header_row,
            dict(item.layout.columns),
        ):
            as_guessed.add(key)
        else:
            corrections[key] = item.layout
    RememberedLayout.objects.filter(headings_key__in=as_guessed - corrections.keys()).delete()
    now = timezone.now()
    RememberedLayout.objects.bulk_create(
        [
            RememberedLayout(headings_key=key, kind=layout.kind.value, columns=dict(layout.columns), used_at=now)
            for key, layout in corrections.items()
        ],
        update_conflicts=True,
        unique_fields=["headings_key"],
        update_fields=["kind", "columns", "used_at"],
    )
    if corrections:
        kept = RememberedLayout.objects.order_by("-used_at", "pk").values("pk")[:_MOST_REMEMBERED]
        RememberedLayout.objects.exclude(pk__in=kept).delete()
