"""The versions of an entry, for its page: what stood when, and who changed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.accounts.selectors import names_of
from core.ui.components import Fact
from tenants.reference.kinds import Kind, title_of
from tenants.reference.selectors import definitions_now, forms_now


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version: in force from ``since`` to ``until`` (None: still)."""

    number: int
    since: datetime
    until: datetime | None
    who: str
    title: str
    facts: list[Fact]
    source: str
    is_offered: bool


def titles_by_code() -> dict[str, str]:
    """Return the titles that other entries refer to by code: of forms and of definitions."""
    forms, definitions = forms_now(with_withdrawn=True), definitions_now(with_withdrawn=True)
    return {form.code: form.title for form in forms} | {row.code: row.title for row in definitions}


def versions_of(kind: Kind, code: str, titles: dict[str, str]) -> list[VersionLine]:
    """Return every version of an entry, newest first; ``who`` is empty for what was shipped."""
    rows = list(kind.model.objects.filter(code=code).order_by("-version"))
    people = names_of(row.changed_by for row in rows)
    return [
        VersionLine(
            number=row.version,
            since=row.created_at,
            until=row.superseded_at,
            who=people.get(str(row.changed_by), ""),
            title=title_of(row, titles),
            facts=kind.facts(row, titles),
            source=row.source,
            is_offered=row.is_offered,
        )
        for row in rows
    ]
