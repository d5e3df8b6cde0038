"""Pairs as a workbook, the same for the page and for programmes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.spreadsheets import Column, Table, write_workbook
from schools.pairs.models import Pair
from schools.pairs.words import form_titles, status_of
from schools.people.selectors import place_of


@dataclass(frozen=True, slots=True)
class Exported:
    """A workbook: its ASCII file name, its bytes and how many rows of people it holds."""

    name: str
    content: bytes
    rows: int


def pairs_file(pairs: Iterable[Pair], day: date) -> Exported:
    """Return pairs as of a day, with their states and people loaded, in their order."""
    titles = form_titles()
    columns = [
        Column(_("Наставник"), 32),
        Column(_("Место наставника"), 24),
        Column(_("Наставляемый"), 32),
        Column(_("Место наставляемого"), 24),
        Column(_("Форма"), 22),
        Column(_("Ролевая модель"), 30),
        Column(_("Первый день"), 12),
        Column(_("Последний день"), 12),
        Column(_("Номер приказа"), 14),
        Column(_("Дата приказа"), 12),
        Column(_("Состояние"), 24),
    ]
    rows = [
        (
            pair.mentor.full_name,
            place_of(pair.mentor, day),
            pair.mentee.full_name,
            place_of(pair.mentee, day),
            titles.get(pair.form_code, pair.form_code),
            pair.role_variant,
            pair.starts_on,
            pair.ends_on,
            pair.order.number if pair.order else "",
            pair.order.signed_on if pair.order else None,
            str(status_of(pair, day).text),
        )
        for pair in pairs
    ]
    content = write_workbook([Table(_("Пары"), columns, rows)])
    return Exported(f"pary-{day:%Y-%m-%d}.xlsx", content, len(rows))
