"""Reading workbooks made by hand: columns, dates, identity inside a school, and every reason of refusal."""

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.support.oracle import Reading, read_region, report_of
from tests.support.oracle.cells import BadDateError, day, fold, fold_form, snils

PEOPLE_HEAD = ("№", "ФИО", "Дата рождения", "Класс", "СНИЛС", "Дата зачисления", "Дата выбытия")
TEACHERS_HEAD = ("№", "ФИО", "Дата рождения", "Должность", "СНИЛС", "Дата приёма")
PAIRS_HEAD = (
    "ФИО наставника",
    "Дата рождения наставника",
    "ФИО наставляемого",
    "Дата рождения наставляемого",
    "Форма наставничества",
    "Дата начала",
    "Дата завершения",
    "№ приказа",
    "Дата приказа",
)
CONSENTS_HEAD = (
    "ФИО участника",
    "Дата рождения",
    "Кто подписал",
    "Вид согласия",
    "№ согласия",
    "Дата",
    "Действует до",
    "Дата отзыва",
)
SEPTEMBER, OCTOBER = "2026-09-01", "2026-10-01"
PUPIL = (1, "Орлов Пётр Ильич", "2012-01-01", "8А", "111-111-111 11", SEPTEMBER, None)
TEACHER = (1, "Зимина Анна Львовна", "1980-01-01", "учитель", "222-222-222 22", SEPTEMBER)
PAIR = (TEACHER[1], TEACHER[2], PUPIL[1], PUPIL[2], "учитель – ученик", SEPTEMBER, None, 44, SEPTEMBER)
CONSENT = (PUPIL[1], PUPIL[2], "мать", "обработка персональных данных", "б/н", SEPTEMBER, None, None)


def changed(row: tuple[object, ...], **places: object) -> tuple[object, ...]:
    return tuple(places.get(f"c{place}", cell) for place, cell in enumerate(row))


def read(
    folder: Path,
    *,
    pupils: list[tuple[object, ...]] | None = None,
    pairs: list[tuple[object, ...]] = (),  # type: ignore[assignment]
    consents: list[tuple[object, ...]] = (),  # type: ignore[assignment]
) -> Reading:
    """Write the workbooks of one school (header in row 1) and read them back."""
    described = {"region": "Р", "districts": [], "schools": [{"code": "a", "name": "А", "district": None}]}
    (folder / "region.json").write_text(json.dumps(described), encoding="utf-8")
    (folder / "a").mkdir(exist_ok=True)
    tables: dict[str, dict[str, list[tuple[object, ...]]]] = {
        "контингент": {
            "Обучающиеся": [PEOPLE_HEAD, *([PUPIL] if pupils is None else pupils)],
            "Педагоги": [TEACHERS_HEAD, TEACHER],
        },
        "пары": {"Пары": [PAIRS_HEAD, *pairs]},
        "согласия": {"Согласия": [CONSENTS_HEAD, *consents]},
    }
    for name, sheets in tables.items():
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, table in sheets.items():
            sheet = book.create_sheet(title)
            for row in table:
                sheet.append(row)
        book.save(folder / "a" / f"{name}.xlsx")
    return read_region(folder, today=date(2026, 11, 1))[1]["a"]


def why(reading: Reading) -> list[tuple[object, object]]:
    return [(one["row"], one["why"]) for one in report_of(reading)["rows_refused"]]  # type: ignore[index, union-attr]


def test_dates_in_every_style() -> None:
    today = date(2026, 11, 1)
    wanted = date(1981, 7, 26)
    for cell in (
        datetime(1981, 7, 26),  # noqa: DTZ001
        29793,
        29793.0,
        "26.07.1981",
        "1981-07-26",
        "26 июля 1981 г.",
        "26\N{NO-BREAK SPACE}Июля 1981",
    ):
        assert day(cell, today=today) == wanted
    assert day("26.07.81", birth=True, today=today) == wanted
    assert day("26.07.81", today=today) == date(2081, 7, 26)
    assert day("01.11.26", birth=True, today=today) == date(2026, 11, 1)
    assert day("02.11.26", birth=True, today=today) == date(1926, 11, 2)
    assert day("  ", today=today) is None
    for broken in ("31.02.2013", "31.09.2026", "вчера", "26 июня", "26 брюмера 1981 г."):
        with pytest.raises(BadDateError):
            day(broken, today=today)


def test_names_forms_and_snils_are_compared_folded() -> None:
    assert fold("  СЕМЁНОВ\N{NO-BREAK SPACE} Пётр ") == "семенов петр"
    assert fold_form("«Ученик-ученик»") == fold_form("ученик — ученик") == "ученик – ученик"
    assert snils("111-222-333 44") == snils(11122233344) == "11122233344"
    assert snils(1122233344) == "01122233344"
    assert snils("123") == ""


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("Итого:", 97, None, None, None, None, None), "total_line_ignored"),
        ((None, "ВСЕГО обучающихся: 5", None, None, None, None, None), "total_line_ignored"),
        (changed(PUPIL, c1=None, c2="31.02.2013"), "no_surname"),
        (changed(PUPIL, c1="Дурново", c2=None), "no_name"),
        (changed(PUPIL, c2=None, c5="никогда"), "no_birth_date"),
        (changed(PUPIL, c2="31.02.2013"), "bad_date"),
        (changed(PUPIL, c5="31.09.2026"), "bad_date"),
        (changed(PUPIL, c6="скоро"), "bad_date"),
        (PUPIL, "duplicate"),
        (changed(PUPIL, c1="орлов  петр ильич", c4=None), "duplicate"),
    ],
)
def test_refused_rows_of_people(tmp_path: Path, row: tuple[object, ...], reason: str) -> None:
    reading = read(tmp_path, pupils=[PUPIL, row])
    assert why(reading) == [(3, reason)]
    assert report_of(reading)["people"] == {"pupils": 1, "teachers": 1}


def test_another_admission_is_a_second_stay_and_another_snils_a_namesake(tmp_path: Path) -> None:
    reading = read(tmp_path, pupils=[PUPIL, changed(PUPIL, c4=None, c5=OCTOBER)])
    assert why(reading) == []
    assert len(reading.school.people) == 2
    assert len(reading.school.enrolments) == 3
    reading = read(tmp_path, pupils=[PUPIL, changed(PUPIL, c4="333-333-333 33")])
    assert why(reading) == []
    assert report_of(reading)["people"] == {"pupils": 2, "teachers": 1}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_without_snils_between_namesakes_is_ambiguous_wherever_it_stands(tmp_path: Path, place: int) -> None:
    table = [PUPIL, changed(PUPIL, c4="333-333-333 33")]
    table.insert(place, changed(PUPIL, c4=None))
    reading = read(tmp_path, pupils=table, pairs=[PAIR], consents=[CONSENT])
    assert why(reading) == [(place + 2, "person_ambiguous"), (2, "person_ambiguous"), (2, "person_ambiguous")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (changed(PAIR, c5="31.02.2026", c4="бабушка – внук"), "bad_date"),
        (changed(PAIR, c8="31.02.2026"), "bad_date"),
        (changed(PAIR, c4="бабушка – внук", c6="2026-08-01"), "unknown_form"),
        (changed(PAIR, c6="2026-08-31", c0="Никто Никак"), "bad_period"),
        (changed(PAIR, c0="Никто Никак"), "person_not_found"),
        (changed(PAIR, c4="студент – ученик", c2="Никто Никак"), "person_not_found"),
    ],
)
def test_refused_rows_of_pairs(tmp_path: Path, row: tuple[object, ...], reason: str) -> None:
    reading = read(tmp_path, pairs=[PAIR, row])
    assert why(reading) == [(3, reason)]
    assert report_of(reading)["pairs"] == 1


def test_an_outside_mentor_appears_once_and_may_consent(tmp_path: Path) -> None:
    guest = changed(PAIR, c0="Гость Глеб", c1="1990-01-01", c4="Работодатель — ученик")
    inside = changed(guest, c4="учитель – ученик")
    consent = changed(CONSENT, c0="Гость Глеб", c1="1990-01-01", c2="сам")
    reading = read(tmp_path, pairs=[inside, guest, changed(guest, c5=OCTOBER), inside], consents=[consent])
    assert why(reading) == [(2, "person_not_found"), (5, "person_not_found")]
    assert len(reading.school.people) == 3
    assert report_of(reading)["people"] == {"pupils": 1, "teachers": 1}
    assert report_of(reading)["consents"] == 1


def test_the_same_pair_and_the_same_consent_again_are_updates(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        pairs=[PAIR, changed(PAIR, c6="2026-12-31", c7="44"), changed(PAIR, c5=OCTOBER)],
        consents=[CONSENT, changed(CONSENT, c7=OCTOBER), changed(CONSENT, c4="2")],
    )
    assert why(reading) == []
    assert (report_of(reading)["pairs"], report_of(reading)["consents"]) == (2, 2)
    assert [order.number for order in reading.school.orders] == ["44"]
    assert {pair.last for pair in reading.school.pairs} == {date(2026, 12, 31), None}
    assert {consent.withdrawn for consent in reading.school.consents} == {date(2026, 10, 1), None}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (changed(CONSENT, c5="31.09.2026", c0="Никто Никак"), "bad_date"),
        (changed(CONSENT, c6="2026-08-31"), "bad_period"),
        (changed(CONSENT, c0="Никто Никак"), "person_not_found"),
    ],
)
def test_refused_rows_of_consents(tmp_path: Path, row: tuple[object, ...], reason: str) -> None:
    reading = read(tmp_path, consents=[CONSENT, row])
    assert why(reading) == [(3, reason)]
    assert report_of(reading)["consents"] == 1


def test_header_lower_down_three_columns_and_nothing_at_all(tmp_path: Path) -> None:
    read(tmp_path)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ученики"
    for row in (
        ("МБОУ «СОШ № 4»",),
        ("Контингент на 31.10.2026",),
        (),
        ("Фамилия", "Имя", "Отчество", "Дата рожд.", "Класс", "СНИЛС", "Зачислен (дата зачисления)"),
        ("Орлов", "Пётр", None, "01.01.12", "8А", None, SEPTEMBER),
        ("Орлов", None, "Ильич", "01.01.12", "8А", None, SEPTEMBER),
    ):
        sheet.append(row)
    book.save(tmp_path / "a" / "контингент.xlsx")
    (tmp_path / "a" / "согласия.xlsx").unlink()
    (tmp_path / "a" / "пары.xlsx").unlink()
    reading = read_region(tmp_path, today=date(2026, 11, 1))[1]["a"]
    assert report_of(reading) == {
        "rows_refused": [{"file": "контингент.xlsx", "sheet": "Ученики", "row": 6, "why": "no_name"}],
        "people": {"pupils": 1, "teachers": 0},
        "pairs": 0,
        "consents": 0,
    }
    assert reading.school.people[0].born == date(2012, 1, 1)
