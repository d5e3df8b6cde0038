"""Sheets are recognised with headings in many words, at any of the first fifteen rows, and can be corrected."""

from datetime import date

import pytest

from core.spreadsheets import Cell, Sheet
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import (
    Layout,
    column_letter,
    corrected,
    fold_heading,
    guess_columns,
    guess_layout,
    headings_of,
    relayout,
)


def sheet(*rows: list[Cell], name: str = "Лист1") -> Sheet:
    width = max(map(len, rows))
    return Sheet(name, [row + [""] * (width - len(row)) for row in rows])


PUPILS: list[Cell] = ["№ п/п", "ФИО обучающегося", "Дата рожд.", "Пол", "Класс/группа", "СНИЛС", "Дата зачисления"]


@pytest.mark.parametrize("row", range(1, 16))
def test_the_header_may_stand_in_any_of_the_first_fifteen_rows(row: int) -> None:
    above: list[list[Cell]] = [["МАОУ «Лицей № 27»"], ["Контингент обучающихся на 31.10.2026"]] + [[""]] * 13
    found = guess_layout(sheet(*above[: row - 1], PUPILS, [1.0, "Иванов Иван", date(2015, 1, 1)]))
    assert found is not None
    assert (found.kind, found.header_row) == (SheetKind.PUPILS, row)
    assert found.columns == {
        "full_name": 1, "birth_date": 2, "sex": 3, "class_name": 4, "snils": 5, "admitted_on": 6,
    }  # fmt: skip
    assert found.missing() == []


def test_nothing_is_found_below_or_in_a_sheet_without_a_table() -> None:
    assert guess_layout(sheet(*[["Титул"]] * 15, PUPILS)) is None
    assert guess_layout(sheet(["Инструкция"], ["Заполните лист", "до 1 сентября"])) is None
    assert guess_layout(Sheet("Лист3", [])) is None


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["Фамилия", "Имя", "Отчество", "Д.р.", "Зачислен"],
         {"surname": 0, "first_name": 1, "patronymic": 2, "birth_date": 3, "admitted_on": 4}),
        (["ФАМИЛИЯ, ИМЯ, ОТЧЕСТВО", "ДАТА РОЖДЕНИЯ РЕБЁНКА", "Выбыл"],
         {"full_name": 0, "birth_date": 1, "left_on": 2}),
        (["Ф. И. О. ученика", "Место рождения", "День рождения", "ФИО родителя", "Классный руководитель", "Класс"],
         {"full_name": 0, "birth_date": 2, "class_name": 5}),
        (["ФИО", "Дата рождения", "№ приказа о зачислении", "Дата поступления"],
         {"full_name": 0, "birth_date": 1, "admitted_on": 3}),
    ],
)  # fmt: skip
def test_columns_of_pupils(headings: list[str], expected: dict[str, int]) -> None:
    assert guess_columns(headings, SheetKind.PUPILS) == expected


def test_columns_of_teachers() -> None:
    headings = ["Ф.И.О. педагога", "Дата рождения", "Должность, предмет", "Общий стаж", "Педагогический стаж",
                "Дата приёма на работу", "Дата увольнения", "Страховой номер"]  # fmt: skip
    assert guess_columns(headings, SheetKind.TEACHERS) == {
        "full_name": 0, "birth_date": 1, "post": 2, "experience_years": 4, "admitted_on": 5, "left_on": 6, "snils": 7,
    }  # fmt: skip


def test_columns_of_pairs_belong_to_the_member_named_before_them() -> None:
    headings = ["Наставник", "Дата рождения", "Должность", "Наставляемый", "Дата рождения", "Класс", "Форма",
                "Ролевая модель", "Начало", "Окончание", "Приказ"]  # fmt: skip
    assert guess_columns(headings, SheetKind.PAIRS) == {
        "mentor_full_name": 0, "mentor_birth_date": 1, "mentor_occupation": 2, "mentee_full_name": 3,
        "mentee_birth_date": 4, "mentee_occupation": 5, "form": 6, "variant": 7, "starts_on": 8, "ends_on": 9,
        "order_number": 10,
    }  # fmt: skip


def test_a_header_of_two_storeys_names_both_members() -> None:
    found = guess_layout(
        sheet(
            ["№", "Наставник", "", "", "Наставляемый", "", "", "Форма", "Дата начала"],
            ["", "ФИО", "Дата рождения", "Должность", "ФИО", "Дата рождения", "Класс", "", ""],
            [
                1.0,
                "Иванов Иван",
                date(1980, 1, 1),
                "учитель",
                "Петров Пётр",
                date(2012, 1, 1),
                "7А",
                "учитель – ученик",
            ],
        )
    )
    assert found is not None
    assert (found.kind, found.header_row, found.missing()) == (SheetKind.PAIRS, 2, [])
    assert found.columns["mentee_full_name"] == 4
    assert found.columns["mentor_birth_date"] == 2
    assert found.columns["form"] == 7


def test_columns_of_consents_tell_four_dates_apart() -> None:
    headings = ["№", "Фамилия", "Имя", "Отчество", "Дата рождения", "Кем подписано", "Согласие на", "Номер согласия",
                "Дата подписания", "Срок действия до", "Отозвано"]  # fmt: skip
    assert guess_columns(headings, SheetKind.CONSENTS) == {
        "surname": 1, "first_name": 2, "patronymic": 3, "birth_date": 4, "signer": 5, "kind": 6, "number": 7,
        "given_on": 8, "valid_until": 9, "withdrawn_on": 10,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "headings", "kind"),
    [
        ("ПЕДАГОГИ", ["ФИО", "Дата рождения", "Дата приёма"], SheetKind.TEACHERS),
        ("Сотрудники", ["ФИО", "Дата рождения", "Классное руководство"], SheetKind.TEACHERS),
        ("Лист1", ["ФИО", "Дата рождения", "Должность"], SheetKind.TEACHERS),
        ("Лист2", ["ФИО", "Дата рождения", "Класс"], SheetKind.PUPILS),
        ("5 А", ["ФИО", "Дата рождения"], SheetKind.PUPILS),
        ("Лист1", ["ФИО участника", "Дата рождения", "Кто подписал", "Вид", "Дата"], SheetKind.CONSENTS),
        ("Лист1", ["ФИО наставника", "ФИО наставляемого", "Дата рождения"], SheetKind.PAIRS),
    ],
)
def test_the_kind_of_a_sheet(name: str, headings: list[str], kind: SheetKind) -> None:
    found = guess_layout(sheet(list(headings), name=name))
    assert found is not None
    assert found.kind is kind


def test_a_guess_can_be_corrected_and_repeated_for_another_row() -> None:
    table = sheet(["Список", "на", "1 сентября"], ["Ребята", "Когда родились", "Куда зачислены", "Пришли"])
    assert guess_layout(table) is None
    layout = relayout(table, SheetKind.PUPILS, 2)
    assert layout == Layout(SheetKind.PUPILS, 2, {"birth_date": 1, "admitted_on": 2})
    fixed = corrected(layout, {"full_name": 0, "admitted_on": 3, "birth_date": 1, "snils": None, "nonsense": 2})
    assert fixed.columns == {"full_name": 0, "birth_date": 1, "admitted_on": 3}
    assert corrected(fixed, {"birth_date": None}).missing() == [("birth_date",)]


def test_headings_for_the_person_who_corrects() -> None:
    headings = headings_of(sheet(["ФИО  \n ученика", "", "Класс"]), 1)
    assert [(item.index, item.letter, item.text) for item in headings] == [
        (0, "A", "ФИО ученика"), (1, "B", ""), (2, "C", "Класс"),
    ]  # fmt: skip
    assert headings_of(sheet(["a"]), 7) == []
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_folding_of_headings() -> None:
    assert fold_heading(" Ф. И. О.  ребёнка ") == "фио ребенка"
    assert fold_heading("№ п/п") == "№ п п"
