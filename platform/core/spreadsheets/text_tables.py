"""Reads tables saved as text (CSV): the encodings and separators that Russian Excel and school systems write."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from itertools import islice
from typing import Final

from core.spreadsheets.errors import SpreadsheetRefusedError
from core.spreadsheets.guard import DEFAULT_LIMITS, Limits
from core.spreadsheets.reading import Cell, Sheet, Workbook

_SEPARATORS: Final = (";", "\t", ",")
_ROWS_TO_JUDGE_BY: Final = 60
_LONGEST_CELL: Final = 32_767
# Excel understands this line, hides it, and does not number it.
_SEPARATOR_LINE = re.compile(r"sep=([;,|\t])\r?\n", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text_table(content: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Read the bytes of a CSV file as a workbook of one sheet, which has the name of the file without its ending.

    UTF-8 with and without BOM, UTF-16 with one («Текст Юникод» of Excel), else windows-1251; `;`, a tab or `,` between
    cells, whichever divides the rows most evenly. All cells are texts. `rows[i]` is the row that Excel numbers i + 1.

    :raises SpreadsheetRefusedError: it is no text, in no encoding that we know, badly quoted or larger than the limits.
    """
    if not content:
        raise SpreadsheetRefusedError("empty_file")
    if len(content) > limits.file_bytes:
        raise SpreadsheetRefusedError("file_too_big", limit=limits.file_bytes // (1024 * 1024))
    text = _decoded(content)
    separator = ""
    if declared := _SEPARATOR_LINE.match(text):
        separator, text = declared[1], text[declared.end() :]
    if not text.strip():
        raise SpreadsheetRefusedError("empty_file")
    rows = _rows(text, separator or _most_even_separator(text), limits)
    return Workbook((Sheet(_sheet_name(name), rows),))


def _decoded(content: bytes) -> str:
    try:
        text = _decode(content)
    except UnicodeDecodeError as error:
        raise SpreadsheetRefusedError("unknown_encoding") from error
    if "\x00" in text:
        raise SpreadsheetRefusedError("not_a_workbook")
    # A stray control character is dirt; many of them are another kind of file.
    if len(_CONTROL.findall(text)) * 100 > len(text):
        raise SpreadsheetRefusedError("not_a_workbook")
    return text


def _decode(content: bytes) -> str:
    if content.startswith(_UTF_16):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # UTF-8 with a few broken bytes would turn into «РРІР°РЅРѕРІ» as windows-1251: nobody wants such people.
        readable = content.decode("utf-8", "ignore")
        broken = content.decode("utf-8", "replace").count("\ufffd")
        letters = sum(len(character.encode()) > 1 for character in readable)
        if content.startswith(codecs.BOM_UTF8) or letters > 4 * broken:
            raise
    return content.decode("cp1251")


def _most_even_separator(text: str) -> str:
    """Return the separator by which most of the first rows have the same number of cells; of two, the larger number."""

    def evenness(separator: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        # Quotes that are right for one separator are wrong for another: what was read up to there still speaks.
        with suppress(SpreadsheetRefusedError):
            for row in islice(_parsed(text, separator), _ROWS_TO_JUDGE_BY):
                widths[len(row)] += len(row) > 1
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(_SEPARATORS, key=evenness)


def _rows(text: str, separator: str, limits: Limits) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    cells = width = 0
    for row in _parsed(text, separator):
        rows.append([*row])
        cells += len(row)
        width = max(width, len(row))
        if len(rows) > limits.rows:
            raise SpreadsheetRefusedError("too_many_rows", limit=limits.rows)
        # Rows are made equally wide below, so that one endless row counts for all.
        if cells > limits.cells or len(rows) * width > limits.cells:
            raise SpreadsheetRefusedError("too_many_cells", limit=limits.cells)
    for cells_of_row in rows:
        cells_of_row += [""] * (width - len(cells_of_row))
    return rows


def _parsed(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the rows; what stands in quotes may hold separators and line ends.

    A quote that is opened and never closed would swallow the rest of the file into one cell, so it is refused.
    """
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            code = "long_cell" if "field limit" in str(error) else "bad_quotes"
            raise SpreadsheetRefusedError(code, line=line) from error
        if any(len(cell) > _LONGEST_CELL for cell in row):
            raise SpreadsheetRefusedError("long_cell", line=line)
        yield row


def _sheet_name(file_name: str) -> str:
    stem = file_name.rsplit(".", 1)[0] if "." in file_name else file_name
    return " ".join(stem.split())[:31] or "CSV"
