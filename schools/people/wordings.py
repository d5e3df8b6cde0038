"""Former wordings of a record: who mends a slip writes over it, and what stood there stays readable.

A record keeps them in its own ``history``, the oldest first: ``{"at", "by", "was": {column: value}}`` with the time,
the account and the columns that were changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import DateField, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.selectors import names_of

# Of one record: nobody mends a slip oftener, and a row must not grow without end.
MOST_FORMER: Final = 20


def store_keeping_former(row: Any, values: Mapping[str, Any], *, by: UUID | None) -> list[str]:
    """Store values in a row that is held, keeping the former ones; return the names of the columns that changed."""
    was = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not was:
        return []
    for name in was:
        setattr(row, name, values[name])
    former = {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in was.items()}
    row.history = [*row.history, {"at": timezone.now().isoformat(), "by": str(by or ""), "was": former}][-MOST_FORMER:]
    row.save(update_fields=[*was, "history"])
    return sorted(was)


def names_of_writers(rows: Iterable[Any], *columns: str) -> dict[str, str]:
    """Return names of accounts in ``columns`` and in the histories of rows, by the text of their ids; one query."""
    found = list(rows)
    changed_by = [told["by"] for row in found for told in row.history]
    return names_of([*(getattr(row, column) for row in found for column in columns), *changed_by])


def former_in_words(model: type[Model], told: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return one former wording in words: when and by whom it was changed, and what stood there before."""
    columns = []
    for name, value in told["was"].items():
        field = model._meta.get_field(name)
        is_day = bool(value) and isinstance(field, DateField)
        said = f"{date.fromisoformat(value[:10]):%d.%m.%Y}" if is_day else value
        columns.append(f"{field.verbose_name}: {said or '—'}")  # type: ignore[union-attr]
    return _("%(day)s, %(who)s. Было: %(was)s") % {
        "day": f"{timezone.localtime(datetime.fromisoformat(told['at'])):%d.%m.%Y}",
        "who": names.get(told["by"], "") or _("программа"),
        "was": "; ".join(columns),
    }
