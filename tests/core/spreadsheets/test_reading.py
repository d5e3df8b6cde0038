"""Files that strangers send: row numbers are Excel's, and a hostile or wrong file is refused with what to do."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from core.spreadsheets import MESSAGES, Limits, SpreadsheetRefusedError, read_workbook

LIMITS = Limits(file_bytes=200_000, unpacked_bytes=3_000_000, parts=50, sheets=5, rows=2_000, cells=20_000)


def book(*cells: tuple[int, int, object], sheets: int = 1, merge: str = "") -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        dates = made.add_format({"num_format": "dd.mm.yyyy"})
        for number in range(sheets):
            sheet = made.add_worksheet(f"Лист{number + 1}")
            if merge:
                sheet.merge_range(merge, "вместе")
            for row, column, value in cells:
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, dates)
                else:
                    sheet.write(row, column, value)
    return target.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The workbook with some parts replaced or added."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return target.getvalue()


def zipped(**parts: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return target.getvalue()


def sheet_xml(inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{inside}</sheetData></worksheet>"
    ).encode()


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHEET = "xl/worksheets/sheet1.xml"
PLAIN = book((0, 0, "а"))


def test_row_numbers_are_excels_when_the_sheet_begins_low_and_right() -> None:
    sheet = read_workbook(book((4, 2, "ФИО"), (5, 2, date(2026, 9, 1)), (7, 3, 12))).sheets[0]

    assert sheet.name == "Лист1"
    assert len(sheet.rows) == 8
    assert sheet.rows[4] == ["", "", "ФИО", ""]
    assert sheet.rows[5][2] == date(2026, 9, 1)
    assert sheet.rows[6] == ["", "", "", ""]
    assert sheet.rows[7][3] == 12.0


def test_a_value_merged_down_stands_in_every_row() -> None:
    sheet = read_workbook(book((5, 1, "рядом"), merge="A2:A5")).sheets[0]
    assert [row[0] for row in sheet.rows] == ["", "вместе", "вместе", "вместе", "вместе", ""]


def test_a_title_merged_across_stays_in_its_first_cell() -> None:
    assert read_workbook(book((3, 2, "x"), merge="A1:C1")).sheets[0].rows[0] == ["вместе", "", ""]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04" + b"x" * 300_000, "file_too_big"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "open_document"),
        (zipped(word__document=b""), "not_a_workbook"),
        (zipped(**{"word__document.xml": b"<w/>"}), "word_document"),
        (zipped(**{"xl__workbook.bin": b"x"}), "binary_excel"),
        (repacked(PLAIN, {"xl/vbaProject.bin": b"macro"}), "macros"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web_page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "web_page"),
        ("ФИО;Дата\nИванов;1".encode("cp1251"), "not_a_workbook"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
        (repacked(PLAIN, {SHEET: b"<worksheet><sheetData><row"}), "damaged"),
        (repacked(PLAIN, {"xl/workbook.xml": b"<workbook><sheets></sheets></workbook>"}), "no_sheets"),
        (repacked(PLAIN, {SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'}), "suspicious"),
        (repacked(PLAIN, {SHEET: sheet_xml("").decode().replace("UTF-8", "UTF-16").encode()}), "suspicious"),
        (repacked(PLAIN, {SHEET: sheet_xml("").decode().encode("utf-16")}), "suspicious"),
        (book((0, 0, "x"), sheets=6), "too_many_sheets"),
        (book((0, 0, "x"), (3000, 0, "y")), "too_many_rows"),
        (book((0, 0, "x"), (1500, 40, "y")), "too_many_cells"),
        (book((0, 0, "x"), (1_048_575, 16_383, "y")), "too_many_rows"),
        (repacked(PLAIN, {SHEET: sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>' * 4)}), "too_many_cells_not"),
        (repacked(PLAIN, {"xl/media/bomb.xml": b" " * 4_000_000}), "unpacks_too_big"),
        (repacked(PLAIN, {f"x/{number}": b"" for number in range(60)}), "unpacks_too_big"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_reason(content: bytes, code: str) -> None:
    if code == "too_many_cells_not":
        assert len(read_workbook(content, LIMITS).sheets[0].rows[0]) == 16_384
        return
    with pytest.raises(SpreadsheetRefusedError) as refused:
        read_workbook(content, LIMITS)
    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize(
    "inside",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c foo=">" r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c a='\"' b=\">\" r='XFD1048576'><v>1</v></c></row>",
        '<row r="1"><x:c xmlns:x="u" r="XFD1048576"><v>1</v></x:c></row>',
        '<row r="1"><c r="A&#49;048576"><v>1</v></c></row>',
        '<row r="1048570"><c><v>1</v></c></row>',
        '<row r="1"><c r="AAAAA1"><v>1</v></c></row>',
        '<row r="1"><c\nr = "XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="xfd1048576"><v>1</v></c></row>',
    ],
)
def test_a_far_corner_is_seen_however_it_is_written(inside: str) -> None:
    with pytest.raises(SpreadsheetRefusedError) as refused:
        read_workbook(repacked(PLAIN, {SHEET: sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + inside)}))
    assert refused.value.code in {"too_many_rows", "too_many_cells", "suspicious"}


def test_formatted_empty_cells_far_away_do_not_count() -> None:
    inside = '<row r="1"><c r="A1"><v>7</v></c></row><row r="90000"><c r="ZZ90000" s="0"/></row>'
    assert read_workbook(repacked(PLAIN, {SHEET: sheet_xml(inside)})).sheets[0].rows == [[7.0]]


def test_cells_without_references_are_read() -> None:
    inside = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    assert read_workbook(repacked(PLAIN, {SHEET: sheet_xml(inside)})).sheets[0].rows == [[1.0, 2.0], [3.0, ""]]


def test_one_long_text_in_very_many_cells_is_refused() -> None:
    shared = b"<sst><si><t>" + b"a" * 1_000_000 + b"</t></si></sst>"
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 1_000))
    content = repacked(book((0, 0, "а")), {SHEET: sheet_xml(cells), "xl/sharedStrings.xml": shared})
    with pytest.raises(SpreadsheetRefusedError) as refused:
        read_workbook(content)
    assert refused.value.code == "unpacks_too_big"


def test_more_cells_than_the_limit_are_refused_before_they_are_read() -> None:
    cells = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{letter}{row}"><v>1</v></c>' for letter in LETTERS) + "</row>"
        for row in range(1, 1_000)
    )
    with pytest.raises(SpreadsheetRefusedError) as refused:
        read_workbook(repacked(PLAIN, {SHEET: sheet_xml(cells)}), LIMITS)
    assert refused.value.code == "too_many_cells"


def test_every_message_says_what_to_do() -> None:
    for code, message in MESSAGES.items():
        assert message.endswith("."), code
        assert message % {"limit": 1, "line": 2}
