"""Looks at an uploaded file before anything parses it.

The parser keeps a sheet as one dense block from its first to its last cell, so that two cells at opposite corners of a
sheet of two kilobytes ask for seventeen thousand million cells. It also trusts the sizes that the archive declares.
Everything here is therefore checked on the bytes themselves, in memory that the limits bound.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from core.spreadsheets.errors import SpreadsheetRefusedError

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_CHUNK: Final = 1 << 20
_ATTRIBUTE = rb"""\s+[^\s=<>/"']+\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
# A cell or a row of any prefix; the second group is missing when its attributes are not well-formed.
_TAG = re.compile(
    rb"<(?:[^\s<>/!?:]+:)?(c|row)(?=[\s/>])((?:" + _ATTRIBUTE + rb")*)(?:\s*(/?)>(\s*</)?)?",
)
_ANY_TAG = re.compile(rb"<(?:[^\s<>/!?:]+:)?(?:c|row)[\s/>]")
_USUAL_TAG = re.compile(rb'<(?:c|row) r="([A-Z]{0,3})(\d{1,7})"')
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{0,7})["']""")
_REFERENCE_NAME = re.compile(rb"\sr\s*=")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read; sizes in bytes. The defaults fit a school of several thousand people tenfold."""

    file_bytes: int = 10 * 1024 * 1024
    unpacked_bytes: int = 80 * 1024 * 1024
    parts: int = 2_000
    sheets: int = 60
    rows: int = 30_000
    cells: int = 600_000
    text_bytes: int = 150 * 1024 * 1024


DEFAULT_LIMITS: Final = Limits()


def is_text(content: bytes) -> bool:
    """Tell whether a file can only be a table saved as text: no archive, no old Excel, no web page."""
    try:
        _check_kind_by_first_bytes(content)
    except SpreadsheetRefusedError as refused:
        return refused.code == "not_a_workbook"
    return False


def check_container(content: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
    """Pass a file that is an xlsx workbook of bearable size, and refuse everything else with a reason.

    :raises SpreadsheetRefusedError: with the code of what is wrong and what the sender can do.
    """
    if not content:
        raise SpreadsheetRefusedError("empty_file")
    if len(content) > limits.file_bytes:
        raise SpreadsheetRefusedError("file_too_big", limit=limits.file_bytes // (1024 * 1024))
    _check_kind_by_first_bytes(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_archive(archive, limits)
            _check_parts(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise SpreadsheetRefusedError("damaged") from error


def _check_kind_by_first_bytes(content: bytes) -> None:
    if content.startswith(_ZIP):
        return
    if content.startswith(_OLE):
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise SpreadsheetRefusedError("password" if is_encrypted else "old_excel")
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style", b"mime-version")):
        raise SpreadsheetRefusedError("web_page")
    raise SpreadsheetRefusedError("not_a_workbook")


def _check_archive(archive: zipfile.ZipFile, limits: Limits) -> None:
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if "xl/workbook.xml" not in names:
        _refuse_other_kind(archive, names)
    if len(names) != len(infos):
        raise SpreadsheetRefusedError("suspicious")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise SpreadsheetRefusedError("macros")
    if any(info.flag_bits & 0x1 for info in infos):
        raise SpreadsheetRefusedError("password")
    if len(infos) > limits.parts or sum(info.file_size for info in infos) > limits.unpacked_bytes:
        raise SpreadsheetRefusedError("unpacks_too_big")
    sheets = sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names)
    if sheets > limits.sheets:
        raise SpreadsheetRefusedError("too_many_sheets", limit=limits.sheets)


def _refuse_other_kind(archive: zipfile.ZipFile, names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise SpreadsheetRefusedError("binary_excel")
    if "word/document.xml" in names:
        raise SpreadsheetRefusedError("word_document")
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            if stream.read(100).startswith(b"application/vnd.oasis.opendocument"):
                raise SpreadsheetRefusedError("open_document")
    raise SpreadsheetRefusedError("not_a_workbook")


def _check_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    budget = limits.unpacked_bytes
    area = shared_cells = longest = 0
    for info in archive.infolist():
        data = _read_part(archive, info, budget)
        budget -= len(data)
        if info.filename.endswith((".png", ".jpeg", ".jpg", ".gif", ".emf", ".wmf", ".bin")):
            continue
        _check_xml(data)
        if b"macroEnabled" in data and info.filename == "[Content_Types].xml":
            raise SpreadsheetRefusedError("macros")
        if b"sheetData" in data:
            size, shared = _measure_sheet(data, limits)
            area, shared_cells = area + size, shared_cells + shared
        elif info.filename.lower().endswith("sharedstrings.xml"):
            longest = max(map(len, data.split(b"<si")), default=0)
    if area > limits.cells:
        raise SpreadsheetRefusedError("too_many_cells", limit=limits.cells)
    # Every cell gets its own copy of a shared text, so one long text and many cells are a bomb too.
    if longest > 4096 and longest * shared_cells > limits.text_bytes:
        raise SpreadsheetRefusedError("unpacks_too_big")


def _read_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: int) -> bytes:
    """Unpack one part, whatever size it declares; the checksum is verified at its end."""
    chunks = []
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            chunks.append(chunk)
            budget -= len(chunk)
            if budget < 0:
                raise SpreadsheetRefusedError("unpacks_too_big")
    return b"".join(chunks)


def _check_xml(data: bytes) -> None:
    if b"\x00" in data[:200] or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise SpreadsheetRefusedError("suspicious")
    declared = _ENCODING.search(data[:200])
    if declared and declared[1].lower() not in {b"utf-8", b"us-ascii", b"utf8"}:
        raise SpreadsheetRefusedError("suspicious")


def _measure_sheet(data: bytes, limits: Limits) -> tuple[int, int]:
    """Return (cells of the block from A1 to the last cell, cells with a shared text), exactly only if it matters."""
    if data.count(b"<") <= 10 * limits.cells:
        usual = _USUAL_TAG.findall(data)
        # Every cell names its place in the usual way, so the corners are known without looking at each tag.
        if len(usual) == len(_ANY_TAG.findall(data)):
            rows = max((int(digits) for _, digits in usual), default=0)
            columns = max(map(_column_number, {letters for letters, _ in usual}), default=0)
            if rows <= limits.rows and rows * columns <= limits.cells:
                return rows * columns, data.count(b'"s"') + data.count(b"'s'")
    return _measure_tag_by_tag(data, limits)


def _measure_tag_by_tag(data: bytes, limits: Limits) -> tuple[int, int]:
    """Return (cells of the block from A1 to the last cell with content, cells with a shared text).

    A row or a cell may leave out its reference and then follows the one before. Empty formatted cells do not count:
    the parser drops them, and people format whole columns.
    """
    row = column = last_row = last_column = shared = 0
    columns: dict[bytes, int] = {}
    for number, found in enumerate(_TAG.finditer(data)):
        name, attributes, closing, empty = found.groups()
        if closing is None:
            raise SpreadsheetRefusedError("suspicious")
        if number > 4 * limits.cells:
            raise SpreadsheetRefusedError("too_many_cells", limit=limits.cells)
        letters, digits = _read_reference(attributes)
        if name == b"row":
            row, column = int(digits) if digits else row + 1, 0
            continue
        if letters and letters not in columns:
            columns[letters] = _column_number(letters)
        column = columns[letters] if letters else column + 1
        if not (closing or empty):
            last_row = max(last_row, int(digits) if digits else row)
            last_column = max(last_column, column)
            shared += _SHARED.search(attributes) is not None
    if last_row > limits.rows:
        raise SpreadsheetRefusedError("too_many_rows", limit=limits.rows)
    return last_row * last_column, shared


def _read_reference(attributes: bytes) -> tuple[bytes, bytes]:
    """Return the letters and digits of the attribute `r`; empty when there is none."""
    found = _REFERENCE.search(attributes)
    if found:
        return found[1], found[2]
    if _REFERENCE_NAME.search(attributes):
        raise SpreadsheetRefusedError("suspicious")
    return b"", b""


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
