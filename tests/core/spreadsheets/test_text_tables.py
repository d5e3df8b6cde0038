"""CSV files in the encodings and with the separators that people really have."""

import pytest

from core.spreadsheets import Limits, SpreadsheetRefusedError, read_file, read_text_table

ROWS = [["ФИО", "Дата рождения", "Класс"], ["Ёлкина Анна", "01.02.2014", "5А"], ["Иванов, Иван", "05.05.2013", ""]]


def csv_text(separator: str, line_end: str = "\r\n") -> str:
    return "".join(separator.join(f'"{c}"' if separator in c else c for c in row) + line_end for row in ROWS)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_any_usual_encoding_and_separator_is_read(separator: str, encoding: str, line_end: str) -> None:
    book = read_file(csv_text(separator, line_end).encode(encoding), "7 А.csv")
    assert [(sheet.name, sheet.rows) for sheet in book.sheets] == [("7 А", ROWS)]


def test_rows_are_numbered_as_excel_numbers_them() -> None:
    text = 'sep=;\r\n;;\r\n\r\n"а\r\nб";"в ""г"" д";"1,5"\r\n'
    assert read_text_table(text.encode()).sheets[0].rows == [["", "", ""], ["", "", ""], ["а\r\nб", 'в "г" д', "1,5"]]


def test_separators_inside_texts_do_not_mislead() -> None:
    rows = ["ФИО;Адрес;Стаж", *["Иванов Иван;г. Энск, ул. Мира, д. 5, кв. 3;12,5"] * 5]
    assert {len(row) for row in read_text_table("\n".join(rows).encode("cp1251")).sheets[0].rows} == {3}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b" \r\n\r\n", "empty_file"),
        (b"\x00\x01\x02\x03" * 50, "not_a_workbook"),
        ("ФИО;Дата\n".encode() * 40 + b"\xd0", "unknown_encoding"),
        (b"\xef\xbb\xbf" + "ФИО;Дата".encode("cp1251"), "unknown_encoding"),
        (b"\xff\xfe\x00\xd8\x01", "unknown_encoding"),
        ("ФИО;Дата".encode("cp1251") + b"\x98", "unknown_encoding"),
        ('ФИО;Дата\n"Иванов;1\n' + "Петров;2\n" * 9, "bad_quotes"),
        ('ФИО;Дата\n"ООО "Ромашка"";1\n', "bad_quotes"),
        ("ФИО;" + "x" * 40_000, "long_cell"),
        ("а;б\n" * 1_001, "too_many_rows"),
        (";" * 20_000 + "\n", "too_many_cells"),
        ("а\n" * 900 + ";" * 30, "too_many_cells"),
        (b"x" * 200_001, "file_too_big"),
    ],
)
def test_a_wrong_table_is_refused_with_its_reason(content: bytes | str, code: str) -> None:
    raw = content.encode() if isinstance(content, str) else content
    with pytest.raises(SpreadsheetRefusedError) as refused:
        read_text_table(raw, limits=Limits(file_bytes=200_000, rows=1_000, cells=20_000))
    assert refused.value.code == code
    assert "%(" not in refused.value.message


def test_what_is_no_text_goes_the_way_of_workbooks() -> None:
    for content, code in ((b"<html></html>", "web_page"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel")):
        with pytest.raises(SpreadsheetRefusedError) as refused:
            read_file(content, "список.csv")
        assert refused.value.code == code


def test_a_text_that_calls_itself_a_workbook_is_refused() -> None:
    with pytest.raises(SpreadsheetRefusedError) as refused:
        read_file("ФИО;Дата".encode(), "Список.XLSX")
    assert refused.value.code == "not_a_workbook"
