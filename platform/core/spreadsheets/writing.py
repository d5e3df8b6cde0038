"""Writes xlsx workbooks in which a text is always a text.

A name like «=cmd|…» typed into a questionnaire must not become a formula in the district's Excel, so every string is
written as a string cell by an explicit call; numbers and dates are typed cells.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import xlsxwriter

Value = str | int | float | Decimal | bool | date | datetime | None
_LONGEST_TEXT: Final = 32_767
# XML has no way to carry these, not even escaped.
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a written sheet: its title and its width in characters."""

    title: str
    width: int = 18


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with a bold frozen header row."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]] = field(default_factory=list)


def write_workbook(tables: Sequence[Table]) -> bytes:
    """Return the bytes of an xlsx workbook with one sheet for each table.

    Texts longer than a cell holds are cut and end with «…». Times are kept as they are on the clock.
    """
    target = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(target, options)
    formats = {
        "title": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "date": book.add_format({"num_format": "dd.mm.yyyy", "align": "left"}),
        "datetime": book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"}),
        "text": book.add_format({"num_format": "@"}),
    }
    names: set[str] = set()
    for table in tables:
        _write_table(book.add_worksheet(_sheet_name(table.name, names)), table, formats)
    book.close()
    return target.getvalue()


def _write_table(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, _text(column.title), formats["title"])
    sheet.freeze_panes(1, 0)
    for row_number, row in enumerate(table.rows, start=1):
        for index, value in enumerate(row):
            _write_cell(sheet, row_number, index, value, formats)


def _write_cell(sheet: Any, row: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["datetime"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["date"])
    else:
        sheet.write_string(row, column, _text(value), formats["text"])


def _text(value: str) -> str:
    text = _NOT_XML.sub("", value)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel accepts: at most 31 characters, none forbidden, no two alike in any case."""
    base = _NOT_IN_SHEET_NAME.sub(" ", wanted).strip(" '")[:31] or "Лист"
    name, number = base, 2
    while name.lower() in taken:
        suffix = f" ({number})"
        name, number = base[: 31 - len(suffix)] + suffix, number + 1
    taken.add(name.lower())
    return name
