"""The list of a questionnaire's items as a field of a form: a row for each question, with a few empty ones to add.

Works without scripts: a question is moved by its number, and taken away by emptying its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from tenants.reference.items import ITEM_TYPES, MOST_ITEMS, ItemsError, checked_items

_EMPTY_ROWS: Final = 3


class ItemsInput(forms.Widget):
    """Rows of inputs ``<name>-<n>-text`` and so on; ``<name>-count`` says how many."""

    template_name = "reference/widgets/items.html"
    use_fieldset = True
    # The questions that something is wrong with, by their numbers: they stand open, the others are folded.
    faulty: frozenset[int] = frozenset()

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return none: the fieldset's legend names the whole; errors lead to the first row."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show stored items or typed rows, and empty rows after them."""
        context = super().get_context(name, value, attrs)
        # Spare rows that came back empty are spare again: they do not add up with each error.
        rows = [_shown(row) for row in value or () if row.get("text") or row.get("code")]
        spare = min(_EMPTY_ROWS, max(0, MOST_ITEMS - len(rows)))
        rows += [_shown({}) for _empty in range(spare)]
        identity = context["widget"]["attrs"].get("id") or f"id_{name}"
        titles, number = dict(ITEM_TYPES), 0
        for place, row in enumerate(rows):
            # Rows without text are no questions, here and in what is said of faults.
            number += bool(row["text"])
            own = number if row["text"] else 0
            row |= {"prefix": f"{name}-{place}", "id": f"{identity}_{place}", "number": own}
            row |= {"is_faulty": own in self.faulty, "type_title": titles.get(row["type"], "")}
        context["rows"], context["types"] = rows, ITEM_TYPES
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        """Return the typed rows in the order of their numbers; a programme sends a list of them as it is."""
        sent = data.get(name)
        if isinstance(sent, list):
            return [dict(row) for row in sent if isinstance(row, Mapping)]
        count = str(data.get(f"{name}-count") or "0")
        number = (
            min(int(count), MOST_ITEMS + _EMPTY_ROWS) if count.isascii() and count.isdigit() and len(count) < 4 else 0
        )
        rows = []
        for place in range(number):
            prefix = f"{name}-{place}"
            typed = {key: str(data.get(f"{prefix}-{key}") or "") for key in ("code", "text", "type", "most", "place")}
            lines = str(data.get(f"{prefix}-options") or "").splitlines()
            rows.append({**typed, "required": bool(data.get(f"{prefix}-required")), "options": [x for x in lines if x]})
        return sorted(rows, key=lambda row: _place(row["place"]))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Tell whether the form had no such list at all."""
        return name not in data and f"{name}-count" not in data


class ItemsField(forms.Field):
    """The items in their stored shape; ``known`` are those of the version that is being changed."""

    widget = ItemsInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known: Sequence[Mapping[str, Any]] = ()

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return stored items.

        :raises ValidationError: with a sentence for each thing to mend.
        """
        try:
            return checked_items(value or [], self.known)
        except ItemsError as error:
            shown: Any = self.widget
            shown.faulty = error.numbers
            raise ValidationError(error.sentences) from error


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    titles = [str(each["title"] if isinstance(each, Mapping) else each) for each in row.get("options") or ()]
    return {
        "code": str(row.get("code") or ""),
        "text": str(row.get("text") or ""),
        "type": str(row.get("type") or "scale"),
        "required": bool(row.get("required")),
        "most": str(row.get("most") or ""),
        "options": "\n".join(titles),
        "height": max(2, min(8, len(titles))),
    }


def _place(typed: str) -> float:
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return 10_000
