"""Workbooks that no program would write, made part by part."""

from __future__ import annotations

import zipfile
from functools import cache
from io import BytesIO

import xlsxwriter

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEADS = ("ФИО", "Дата рождения", "Класс", "Дата зачисления")
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@cache
def book(*rows: tuple[object, ...], sheets: int = 1, name: str = "Обучающиеся", header_at: int = 0) -> bytes:
    """Return an honest workbook with a header and rows."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as made:
        for number in range(sheets):
            sheet = made.add_worksheet(name if number == 0 else f"Лист{number}")
            for place, row in enumerate((HEADS, *rows)):
                for column, value in enumerate(row):
                    sheet.write(place + header_at, column, value)
    return target.getvalue()


def repacked(changes: dict[str, bytes], without: tuple[str, ...] = (), content: bytes = b"") -> bytes:
    """Return a workbook with some parts replaced, added or left out."""
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content or book(PERSON))) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part not in changes and part not in without:
                new.writestr(part, old.read(part))
        for part, data in changes.items():
            new.writestr(part, data)
    return target.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part, data in parts.items():
            made.writestr(part, data)
    return target.getvalue()


def sheet_xml(inside: str, *, before: str = "", encoding: str = "UTF-8", after: str = "") -> bytes:
    """Return the XML of a sheet."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{before}<worksheet xmlns="{NAMESPACE}">'
        f"<sheetData>{inside}</sheetData>{after}</worksheet>"
    ).encode()


def inline(*texts: str, row: int = 1) -> str:
    """Return a row of texts as XML."""
    cells = "".join(
        f'<c r="{chr(65 + place)}{row}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in enumerate(texts)
    )
    return f'<row r="{row}">{cells}</row>'


PERSON = ("Иванов Иван Иванович", "01.02.2014", "5А", "01.09.2026")
TABLE = inline(*HEADS) + inline(*PERSON, row=2)
