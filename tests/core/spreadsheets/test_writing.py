"""Written workbooks are safe to open: a text is a text in every cell, and comes back as it was."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st

from core.spreadsheets import Column, Table, read_workbook, write_workbook

DANGEROUS = st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(
        ["=", "+", "-", "@", "\t=", "\r@", "\x00", "\x1f", "=cmd|' /C calc'!A0", "http://", "{=", "_x0041_"]
    ),
    st.text(max_size=30).filter(lambda text: not set(text) & {"\ufffe", "\uffff"}),
)


@settings(deadline=None)
@given(texts=st.lists(DANGEROUS, min_size=1, max_size=20))
def test_no_text_becomes_a_formula_and_each_comes_back(texts: list[str]) -> None:
    content = write_workbook([Table("Проба", [Column("ФИО")], [[text] for text in texts])])

    sheet = ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<f " not in sheet
    assert b"hyperlink" not in sheet
    rows = read_workbook(content).sheets[0].rows
    assert [row[0] for row in rows[1:]] == texts


def test_numbers_and_dates_are_typed_cells() -> None:
    row = ["007", 12, 2.5, True, date(2026, 9, 1), datetime(2026, 9, 1, 8, 30), None, ""]  # noqa: DTZ001
    table = Table("Итоги", [Column(str(number)) for number in range(8)], [row])

    written = read_workbook(write_workbook([table])).sheets[0].rows[1]

    assert written[:6] == ["007", 12.0, 2.5, True, date(2026, 9, 1), datetime(2026, 9, 1, 8, 30)]  # noqa: DTZ001
    assert [type(value) for value in written[:4]] == [str, float, float, bool]


def test_sheet_names_are_made_acceptable() -> None:
    names = ["Пары/группы", "пары группы", "", "О" * 40]
    book = read_workbook(write_workbook([Table(name, [Column("А")]) for name in names]))

    assert [sheet.name for sheet in book.sheets] == ["Пары группы", "пары группы (2)", "Лист", "О" * 31]


def test_a_text_longer_than_a_cell_is_cut() -> None:
    content = write_workbook([Table("А", [Column("А")], [["я" * 40_000]])])
    text = read_workbook(content).sheets[0].rows[1][0]
    assert isinstance(text, str)
    assert len(text) == 32_767
    assert text.endswith("я…")
