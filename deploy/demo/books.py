"""The three workbooks of a school, as its secretary would type them."""

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import xlsxwriter

from deploy.demo.people import Person
from deploy.demo.plan import SchoolPlan, Situation
from deploy.demo.work import Work

Cell = str | int | date | None
Table = list[list[Cell]]

PUPILS_HEAD: list[Cell] = ["№ п/п", "ФИО обучающегося", "Дата рождения", "Пол", "Класс", "СНИЛС"]
PUPILS_HEAD += ["Дата зачисления", "Дата выбытия"]
TEACHERS_HEAD: list[Cell] = [
    "№",
    "ФИО",
    "Дата рождения",
    "Пол",
    "Должность",
    "Стаж, лет",
    "Дата приёма",
    "СНИЛС",
]
TEACHERS_HEAD += ["Дата увольнения"]
PAIRS_HEAD: list[Cell] = ["№", "ФИО наставника", "Дата рождения наставника", "Класс / должность"]
PAIRS_HEAD += ["ФИО наставляемого", "Дата рождения наставляемого", "Класс / должность наставляемого"]
PAIRS_HEAD += [
    "Форма наставничества",
    "Ролевая модель",
    "Дата начала",
    "Дата завершения",
    "№ приказа",
    "Дата приказа",
]
CONSENTS_HEAD: list[Cell] = [
    "№",
    "ФИО участника",
    "Дата рождения",
    "Кто подписал",
    "Вид согласия",
    "№ согласия",
]
CONSENTS_HEAD += ["Дата", "Действует до", "Дата отзыва"]


def write_workbooks(
    folder: Path, random: Random, plan: SchoolPlan, people: list[Person], work: Work, today: date
) -> None:
    """Write the school's workbooks into its folder; a school without consents has no file of them."""
    folder.mkdir(parents=True, exist_ok=True)
    pupils = [one for one in people if one.school_class]
    teachers = [one for one in people if one.position]
    tables = {
        "контингент": {
            "Обучающиеся": [list(PUPILS_HEAD), *(_pupil(random, n, one) for n, one in enumerate(pupils, 1))],
            "Педагоги": [list(TEACHERS_HEAD), *(_teacher(n, one) for n, one in enumerate(teachers, 1))],
        },
        "пары": {"Пары": [list(PAIRS_HEAD), *_pairs(random, work)]},
        "согласия": {"Согласия": [list(CONSENTS_HEAD), *_consents(work)]},
    }
    if plan.situation is Situation.REFUSED_ROWS:
        _spoil(random, tables)
    if random.random() < 0.3:
        title: Table = [[plan.name], [f"Контингент обучающихся на {today:%d.%m.%Y}"], []]
        total: Table = [["Итого:", len(pupils)]]
        tables["контингент"]["Обучающиеся"] = title + tables["контингент"]["Обучающиеся"] + total
    if plan.situation is Situation.NO_CONSENTS:
        del tables["согласия"]
    for name, sheets in tables.items():
        _write(folder / f"{name}.xlsx", sheets, today)


def _class(random: Random, person: Person) -> str:
    """Spell a class as different hands do: «7А», «7 А», «7-А»."""
    grade, letter = person.school_class[:-1], person.school_class[-1]
    return f"{grade}{random.choice(('', '', ' ', '-'))}{letter}"


def _sex(person: Person) -> str:
    return "ж" if person.name.is_female else "м"


def _pupil(random: Random, number: int, one: Person) -> list[Cell]:
    cells: list[Cell] = [number, str(one.name), one.born, _sex(one), _class(random, one), one.snils]
    return [*cells, one.admitted, one.left]


def _teacher(number: int, one: Person) -> list[Cell]:
    cells: list[Cell] = [number, str(one.name), one.born, _sex(one), one.position, one.experience_years]
    return [*cells, one.admitted, one.snils, one.left]


def _pairs(random: Random, work: Work) -> Table:
    lines: Table = []
    for number, pair in enumerate(work.pairs, start=1):
        line: list[Cell] = [number]
        for side in (pair.mentor, pair.mentee):
            line += [str(side.name), side.born, side.position or _class(random, side)]
        line += [pair.form, pair.variant, pair.first, pair.last, pair.order.number, pair.order.signed_on]
        lines.append(line)
    return lines


def _consents(work: Work) -> Table:
    lines: Table = []
    for number, one in enumerate(work.consents, start=1):
        line: list[Cell] = [number, str(one.person.name), one.person.born, one.signer, one.kind, one.number]
        lines.append([*line, one.given, one.until, one.withdrawn])
    return lines


def _spoil(random: Random, tables: dict[str, dict[str, Table]]) -> None:
    """Plant a fault of every common kind, so that the import has something to explain."""
    pupils = tables["контингент"]["Обучающиеся"]
    of_people: tuple[tuple[int, Cell], ...] = ((1, None), (1, "Дурново"), (2, None), (2, "31.02.2013"))
    sound = pupils[1:]
    for place, value in of_people:
        spoilt = list(random.choice(sound))
        spoilt[place] = value
        pupils.insert(random.randint(2, len(pupils)), spoilt)
    pupils.append(list(pupils[-1]))
    pairs = tables["пары"]["Пары"]
    faults: tuple[tuple[int, Cell], ...] = (
        (7, "бабушка – внук"),
        (9, "31.09.2026"),
        (4, "Неизвестный Игнат Львович"),
    )
    sound = pairs[1:]
    for place, value in faults:
        spoilt = list(random.choice(sound))
        spoilt[place] = value
        pairs.append(spoilt)
    consents = tables["согласия"]["Согласия"]
    sound = consents[1:]
    for place, value in ((1, "Потеряева Анна Львовна"), (6, "31.09.2026")):
        spoilt = list(random.choice(sound))
        spoilt[place] = value
        consents.append(spoilt)


def _write(path: Path, sheets: dict[str, Table], today: date) -> None:
    with xlsxwriter.Workbook(path) as book:
        # Without a fixed moment of creation two runs would differ in bytes and count as two imports.
        book.set_properties({"created": datetime(today.year, today.month, today.day, tzinfo=UTC)})
        dates, bold = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"bold": True})
        for title, table in sheets.items():
            sheet = book.add_worksheet(title)
            head = next(number for number, line in enumerate(table) if len(line) > 2)
            sheet.set_column(0, 0, 7)
            sheet.set_column(1, len(table[head]) - 1, 22)
            sheet.freeze_panes(head + 1, 2)
            for number, line in enumerate(table):
                for place, cell in enumerate(line):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, place, cell, dates)
                    elif isinstance(cell, str):
                        sheet.write_string(number, place, cell, bold if number <= head else None)
                    elif cell is not None:
                        sheet.write_number(number, place, cell)
