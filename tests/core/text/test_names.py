"""Names are folded as the contract says and no further, and split into their parts."""

import pytest

from core.text import FullName, clean_name, full_name_from_columns, name_key, ru_key, split_full_name

NBSP = "\u00a0"


@pytest.mark.parametrize(
    "typed",
    [
        "Семёнов Пётр Ильич",
        f"Семёнов{NBSP}Пётр Ильич",
        "  Семёнов   Пётр\tИльич ",
        "СЕМЁНОВ ПЁТР ИЛЬИЧ",
        "семенов петр ильич",
        "Се\u00adмёнов Пётр Ильич\u200b",
        "Семе\u0308нов Пе\u0308тр Ильич",
        "Семёнов, Пётр Ильич",
    ],
)
def test_one_name_in_many_spellings_has_one_key(typed: str) -> None:
    assert name_key(typed) == "семенов петр ильич"


def test_another_letter_is_another_name() -> None:
    assert name_key("Семёнова Пётр Ильич") != name_key("Семёнов Пётр Ильич")
    assert name_key("Даниил Ким") != name_key("Данил Ким")


@pytest.mark.parametrize("typed", ["Римский-Корсаков", "Римский – Корсаков", "РИМСКИЙ‑КОРСАКОВ", "Римский -Корсаков"])
def test_a_hyphen_of_any_kind_is_the_same_double_surname(typed: str) -> None:
    assert name_key(f"{typed} Лев") == "римский-корсаков лев"


def test_ru_key_keeps_spaces() -> None:
    assert ru_key("Ёжик  В ТУМАНЕ") == "ежик  в тумане"


@pytest.mark.parametrize(
    ("typed", "surname", "first_name", "patronymic"),
    [
        ("Иванова Анна Петровна", "Иванова", "Анна", "Петровна"),
        ("Осипова Ульяна", "Осипова", "Ульяна", ""),
        ("Дурново", "Дурново", "", ""),
        ("", "", "", ""),
        ("Петров-Водкин Илья Николаевич", "Петров-Водкин", "Илья", "Николаевич"),
        ("Мамедов Али Гусейн оглы", "Мамедов", "Али", "Гусейн оглы"),
        ("Салтыков Щедрин Михаил Евграфович", "Салтыков Щедрин", "Михаил", "Евграфович"),
        ("де ла Крус Хуана", "де ла Крус", "Хуана", ""),
        ("РИМСКАЯ-КОРСАКОВА СВЕТЛАНА БОРИСОВНА", "Римская-Корсакова", "Светлана", "Борисовна"),
        ("мамедов али гусейн оглы", "Мамедов", "Али", "Гусейн оглы"),
    ],
)
def test_a_name_in_one_cell_is_split(typed: str, surname: str, first_name: str, patronymic: str) -> None:
    assert split_full_name(typed) == FullName(surname, first_name, patronymic)


def test_a_name_in_three_cells_has_the_key_of_a_name_in_one() -> None:
    three = full_name_from_columns("Медведев ", f"Павел{NBSP}", "")
    assert three == FullName("Медведев", "Павел", "")
    assert three.key == split_full_name("МЕДВЕДЕВ  ПАВЕЛ").key == "медведев павел"


def test_mixed_case_is_kept_as_typed() -> None:
    assert str(split_full_name("МакКензи Джон")) == "МакКензи Джон"
    assert clean_name("О'Нил  Джон") == "О'Нил Джон"
