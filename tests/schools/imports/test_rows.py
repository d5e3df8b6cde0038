"""Rows of a workbook: each refusal in the order of the contract, each remark, and what is silently passed over."""

from datetime import date

import pytest

from core.spreadsheets import Cell, Sheet
from schools.imports.domain.cells import cell_text, sex_of, signer_of, split_order, years_of_experience
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import Layout, guess_columns
from schools.imports.domain.reading import SheetToRead, read_import
from schools.imports.domain.reference import ConsentKind, Reference
from schools.imports.domain.rows import DETAILS, REFUSALS, REMARKS, ReadImport
from schools.people.domain import class_title
from tests.schools.imports.reference import REFERENCE

TODAY = date(2026, 11, 21)
SEPTEMBER = date(2026, 9, 1)
HEADS = {
    SheetKind.PUPILS: ["№", "ФИО", "Дата рождения", "Пол", "Класс", "СНИЛС", "Дата зачисления", "Дата выбытия"],
    SheetKind.TEACHERS: ["№", "ФИО", "Дата рождения", "Пол", "Должность", "СНИЛС", "Дата приёма", "Стаж"],
    SheetKind.PAIRS: ["№", "ФИО наставника", "Дата рождения наставника", "ФИО наставляемого",
                      "Дата рождения наставляемого", "Форма", "Дата начала", "Дата окончания", "№ приказа",
                      "Дата приказа"],
    SheetKind.CONSENTS: ["№", "ФИО", "Дата рождения", "Кто подписал", "Вид согласия", "№ согласия", "Дата",
                         "Действует до", "Дата отзыва"],
}  # fmt: skip


def read(
    kind: SheetKind, *rows: list[Cell], reference: Reference = REFERENCE, heads: list[str] | None = None
) -> ReadImport:
    heads = heads or HEADS[kind]
    table: list[list[Cell]] = [list(heads), *(row + [""] * (len(heads) - len(row)) for row in rows)]
    layout = Layout(kind, 1, guess_columns(heads, kind))
    return read_import([SheetToRead("книга.xlsx", Sheet("Лист", table), layout)], reference, TODAY)


def why(result: ReadImport) -> list[tuple[int, str]]:
    return [(refusal.place.row, refusal.why) for refusal in result.refusals]


def pupil(name: Cell = "Иванов Иван Иванович", born: Cell = "01.02.2014", snils: Cell = "", admitted: Cell = SEPTEMBER,
          left: Cell = "") -> list[Cell]:  # fmt: skip
    return [1.0, name, born, "м", "5А", snils, admitted, left]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["Итого:", 25.0], "total_line_ignored"),
        (["", "ВСЕГО обучающихся: 25"], "total_line_ignored"),
        ([25.0, "Итого"], "total_line_ignored"),
        (["Итого по классу", "Иванов Иван", "01.01.2015"], "total_line_ignored"),
        (pupil(name="", born=""), "no_surname"),
        (pupil(name="  "), "no_surname"),
        (pupil(name="Дурново", born="31.02.2013"), "no_name"),
        (pupil(born="", admitted="31.02.2026"), "no_birth_date"),
        (pupil(born="  "), "no_birth_date"),
        (pupil(born="31.02.2013"), "bad_date"),
        (pupil(born="01.01.2031"), "bad_date"),
        (pupil(admitted="давно"), "bad_date"),
        (pupil(admitted=""), "bad_date"),
        (pupil(left="32.10.2026"), "bad_date"),
    ],
)
def test_refused_rows_of_people(row: list[Cell], code: str) -> None:
    result = read(SheetKind.PUPILS, pupil(), row, pupil())
    assert why(result) == [(3, code)]
    assert [item.place.row for item in result.people] == [2, 4]


def test_somebody_called_vsevolod_is_no_total_line() -> None:
    result = read(SheetKind.PUPILS, pupil(name="Всеволодов Всеволод"), pupil(name="Итогов Иван"))
    assert (len(result.people), result.refusals) == (2, [])


def test_rows_that_say_nothing_are_passed_over() -> None:
    numbering: list[Cell] = [1.0, "2", 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    result = read(
        SheetKind.PUPILS, numbering, pupil(), [""], [98.0], [99.0, " "], list(HEADS[SheetKind.PUPILS]), pupil()
    )
    assert [item.place.row for item in result.people] == [3, 8]
    assert result.refusals == []


def test_a_pupil_in_full() -> None:
    row = read(
        SheetKind.PUPILS, [7.0, "ИВАНОВА\u00a0АННА", 40000.0, "жен.", "6 «А»", "11223344595", "1.9.26", "5 мая 2027 г."]
    )
    person = row.people[0]
    assert (str(person.name), person.name_key) == ("Иванова Анна", "иванова анна")
    assert (person.birth_date, person.sex, person.class_name) == (date(2009, 7, 6), "f", "6А")
    assert (person.snils, person.admitted_on, person.left_on) == ("11223344595", SEPTEMBER, date(2027, 5, 5))
    assert (person.post, person.experience_years, row.remarks) == ("", None, [])


def test_remarks_about_people_do_not_refuse_them() -> None:
    result = read(
        SheetKind.PUPILS,
        pupil(snils="112-233-445 96"),
        pupil(snils="112-233"),
        pupil(left=date(2026, 8, 1)),
    )
    assert [(item.place.row, item.code) for item in result.remarks] == [
        (2, "snils_check_digit"), (3, "snils_unreadable"), (4, "left_before_admitted"),
    ]  # fmt: skip
    assert [item.snils for item in result.people] == ["11223344596", None, None]


def test_a_teacher_in_full() -> None:
    result = read(
        SheetKind.TEACHERS,
        [1.0, "Петров Пётр Ильич", "26.07.81", "м", "учитель  физики", "", SEPTEMBER, "12 лет 3 мес."],
        [2.0, "Сидоров Пётр Ильич", "26.07.81", "м", "учитель", "", SEPTEMBER, "много"],
    )
    first, second = result.people
    assert (first.kind, first.post, first.experience_years, first.class_name) == (
        SheetKind.TEACHERS,
        "учитель физики",
        12,
        "",
    )
    assert first.birth_date == date(1981, 7, 26)
    assert second.experience_years is None
    assert [(item.place.row, item.code) for item in result.remarks] == [(3, "experience_unreadable")]


def pair(mentor_born: Cell = "03.03.1968", form: Cell = "учитель – ученик", starts: Cell = SEPTEMBER, ends: Cell = "",
         number: Cell = "19-а", signed: Cell = date(2026, 9, 9)) -> list[Cell]:  # fmt: skip
    return [1.0, "Захаров Илья Борисович", mentor_born, "Иванов Иван", "01.02.2014", form, starts, ends, number, signed]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["Итого:", 3.0], "total_line_ignored"),
        (pair(mentor_born="31.02.1968", form="бабушка – внук"), "bad_date"),
        (pair(starts="31.02.2026"), "bad_date"),
        (pair(starts=""), "bad_date"),
        (pair(ends="31.11.2026"), "bad_date"),
        (pair(signed="32.09.2026"), "bad_date"),
        (pair(form="бабушка – внук", ends=date(2026, 8, 1)), "unknown_form"),
        (pair(form=""), "unknown_form"),
        (pair(ends=date(2026, 8, 31)), "bad_period"),
    ],
)
def test_refused_rows_of_pairs(row: list[Cell], code: str) -> None:
    assert why(read(SheetKind.PAIRS, pair(), row)) == [(3, code)]


@pytest.mark.parametrize(
    "typed", ["учитель – ученик", "Учитель-ученик", "УЧИТЕЛЬ — УЧЕНИК", "«учитель - ученик»",
              "форма «учитель – ученик»", "учитель\u00a0– ученик "]
)  # fmt: skip
def test_a_form_with_any_dash_case_and_quotes(typed: str) -> None:
    assert read(SheetKind.PAIRS, pair(form=typed)).pairs[0].form_id == "teacher_pupil"


def test_a_pair_of_one_day_is_a_pair() -> None:
    row = read(SheetKind.PAIRS, pair(ends=SEPTEMBER, number=44.0)).pairs[0]
    assert (row.starts_on, row.ends_on, row.order_number, row.order_date) == (
        SEPTEMBER,
        SEPTEMBER,
        "44",
        date(2026, 9, 9),
    )
    assert row.mentor_key == ("захаров илья борисович", date(1968, 3, 3))


def test_an_order_in_one_cell_is_split() -> None:
    heads = [*HEADS[SheetKind.PAIRS][:8], "Приказ"]
    row = read(SheetKind.PAIRS, [*pair()[:8], "№ 19-а от 9 сентября 2026 г."], heads=heads).pairs[0]
    assert (row.order_number, row.order_date) == ("19-а", date(2026, 9, 9))
    assert split_order("приказ № 5 от 01.09.2026") == ("5", "01.09.2026")
    assert split_order("№ 44") == ("44", "")
    assert split_order("нет") == ("нет", "")


def consent(signer: Cell = "мать", kind: Cell = "обработка персональных данных", given: Cell = SEPTEMBER,
            until: Cell = "", withdrawn: Cell = "") -> list[Cell]:  # fmt: skip
    return [1.0, "Иванов Иван", "01.02.2014", signer, kind, "б/н", given, until, withdrawn]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["Всего", 3.0], "total_line_ignored"),
        (consent(given="31.09.2026"), "bad_date"),
        (consent(given=""), "bad_date"),
        (consent(until="30.02.2027", kind="?"), "bad_date"),
        (consent(withdrawn="31.11.2026"), "bad_date"),
        (consent(kind="чужая цель", until=date(2026, 8, 1)), "unknown_form"),
        (consent(until=date(2026, 8, 31)), "bad_period"),
    ],
)
def test_refused_rows_of_consents(row: list[Cell], code: str) -> None:
    assert why(read(SheetKind.CONSENTS, consent(), row)) == [(3, code)]


def test_a_kind_outside_the_reference_data_is_kept_where_there_is_a_place_for_it() -> None:
    reference = Reference(REFERENCE.forms, (ConsentKind("personal_data", "обработка персональных данных"),),
                          "personal_data", other_consent_kind="other")  # fmt: skip
    result = read(SheetKind.CONSENTS, consent(kind="Фото на сайте"), reference=reference)
    assert (result.consents[0].kind_id, result.consents[0].kind_text) == ("other", "Фото на сайте")
    assert [item.code for item in result.remarks] == ["unknown_consent_kind"]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Обработка персональных данных", "personal_data"),
        ("согласие на обработку персональных данных", "personal_data"),
        ("обработка ПДн", "personal_data"),
        ("передача в региональный банк", "bank"),
        ("Согласие на передачу в региональный банк наставников и другим школам", "bank"),
        ("распространение персональных данных", None),
        ("данных", None),
        ("", None),
    ],
)
def test_kinds_of_consent_are_found_by_their_words(typed: str, kind: str | None) -> None:
    assert REFERENCE.find_consent_kind(typed) == kind


def test_without_a_column_for_the_kind_the_main_one_is_meant() -> None:
    heads = [head for head in HEADS[SheetKind.CONSENTS] if head != "Вид согласия"]
    row = [cell for cell in consent() if cell != "обработка персональных данных"]
    assert read(SheetKind.CONSENTS, row, heads=heads).consents[0].kind_id == "personal_data"


@pytest.mark.parametrize(
    ("typed", "signer"),
    [
        ("сам", "self"), ("Сама", "self"), ("сам(а)", "self"), ("САМ ", "self"), ("лично", "self"),
        ("Иванов  Иван", "self"), ("самостоятельно", "self"), ("обучающийся", "self"),
        ("мать", "representative"), ("опекун", "representative"), ("Самойлова А. П.", "representative"),
        ("Иванова Мария", "representative"), ("законный представитель", "representative"),
        ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_who_signed(typed: str, signer: str) -> None:
    assert signer_of(typed, "иванов иван") == signer


@pytest.mark.parametrize(
    ("typed", "title"),
    [("7А", "7А"), ("7-а", "7А"), ("7 «А»", "7А"), ("7 А класс", "7А"), ("7A", "7А"), ("11 кл.", "11"), (7.0, "7"),
     ("07 Б", "7Б"), ("10–Б", "10Б"), ("подготовительная группа", "подготовительная группа"), ("", "")],
)  # fmt: skip
def test_classes_have_one_spelling(typed: Cell, title: str) -> None:
    assert class_title(cell_text(typed)) == title


@pytest.mark.parametrize(
    ("typed", "years"),
    [(12.0, 12), ("12", 12), ("12,5", 12), ("5 лет", 5), ("1 год", 1), ("8 мес.", 0), ("нет", 0), ("", None), (0.0, 0)],
)
def test_years_of_experience(typed: Cell, years: int | None) -> None:
    assert years_of_experience(typed) == years


@pytest.mark.parametrize("typed", ["много", "1998 г.р.", 1998.0, -1])
def test_unreadable_experience(typed: Cell) -> None:
    with pytest.raises(ValueError):
        years_of_experience(typed)


def test_sexes() -> None:
    assert [sex_of(cell) for cell in ("м", "Муж.", "мужской", "Ж", "жен", "", "?", 1.0)] == [
        "m",
        "m",
        "m",
        "f",
        "f",
        "",
        "",
        "",
    ]


def test_every_code_has_its_sentence() -> None:
    assert set(REFUSALS) == {
        "total_line_ignored", "no_surname", "no_name", "no_birth_date", "bad_date", "duplicate", "unknown_form",
        "bad_period", "person_not_found", "person_ambiguous", "own_child",
    }  # fmt: skip
    assert all((REMARKS | DETAILS | REFUSALS).values())
