"""Reads an xlsx workbook into rows whose positions are Excel's row numbers."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Final

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.spreadsheets.errors import SpreadsheetRefusedError
from core.spreadsheets.guard import DEFAULT_LIMITS, Limits, check_container

Cell = str | float | int | bool | date | datetime | time | timedelta
# Merged blocks longer than this are decoration (a side title), not a value meant for each of its rows.
_LONGEST_MERGED_BLOCK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible or hidden sheet. `rows[i]` is Excel's row i + 1; an empty cell is an empty string."""

    name: str
    rows: list[list[Cell]]
    is_visible: bool = True


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a file in their order."""

    sheets: tuple[Sheet, ...]


def read_workbook(content: bytes, limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Read the bytes of an xlsx file.

    Numbers are floats, dates `date` or `datetime`, formulas their last computed value. A value merged down over
    several rows is repeated in each of them, since it was written once for all.

    :raises SpreadsheetRefusedError: not an xlsx file, damaged, protected or larger than the limits.
    """
    check_container(content, limits)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            sheets = tuple(
                _read_sheet(book.get_sheet_by_name(about.name), is_visible=about.visible == SheetVisibleEnum.Visible)
                for about in book.sheets_metadata
                if about.typ == SheetTypeEnum.WorkSheet
            )
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    # A panic of the parser is a BaseException; whatever it stumbles over, the file is what is wrong.
    except BaseException as error:
        raise SpreadsheetRefusedError("damaged") from error
    if not sheets:
        raise SpreadsheetRefusedError("no_sheets")
    return Workbook(sheets)


def _read_sheet(sheet: CalamineSheet, *, is_visible: bool) -> Sheet:
    # Without the empty area the list would begin at the first cell in use and the row numbers would be wrong.
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        _fill_down(rows, top, left, bottom)
    return Sheet(sheet.name, rows, is_visible)


def _fill_down(rows: list[list[Cell]], top: int, left: int, bottom: int) -> None:
    if bottom - top > _LONGEST_MERGED_BLOCK or top >= len(rows) or left >= len(rows[top]):
        return
    value = rows[top][left]
    for row in rows[top + 1 : bottom + 1]:
        if row[left] == "":
            row[left] = value
