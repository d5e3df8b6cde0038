"""How careless people type it: the workbooks of a drafted region, written with xlsxwriter."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random

import xlsxwriter

from deploy.demo.names import Name
from tests.support.oracle.cells import DAY_ZERO, MONTHS
from tests.support.regions.drafts import RegionDraft, Row, SchoolDraft
from tests.support.regions.headings import ALTERNATIVES, EXTRA, SHEETS, TABLES

DATE_STYLES = ("excel", "serial", "dotted", "short", "iso", "words")
Line = list[object]


class Hand:
    """One person's way of filling in one workbook."""

    def __init__(self, random: Random, untidiness: float) -> None:
        self.random = random
        self.untidiness = untidiness
        self.date_styles: Sequence[str] = [random.choice(DATE_STYLES if untidiness else ("excel", "iso"))]
        if self.is_careless(0.3):
            self.date_styles = DATE_STYLES

    def is_careless(self, share: float) -> bool:
        """Decide by chance, more often for the untidier."""
        return self.random.random() < share * self.untidiness

    def name(self, name: str) -> str:
        """Spell a name so that it still compares equal when folded."""
        if not name or not self.is_careless(0.25):
            return name
        slip = self.random.randrange(5)
        if slip == 0:
            return name.replace(" ", "\N{NO-BREAK SPACE}", 1)
        if slip == 1:
            return f"{name.replace(' ', '  ')} "
        if slip == 2:
            return name.upper()
        if slip == 3:
            return name.lower()
        return name.replace("ё", "е").replace("Ё", "Е")

    def form(self, form: str) -> str:
        """Spell a form with another dash, quotes or a capital letter."""
        if not self.is_careless(0.2):
            return form
        return self.random.choice((form.replace("–", "-"), form.replace("–", "—"), form.capitalize(), f"«{form}»"))

    def day(self, day: date, *, birth: bool) -> object:
        """Write a date in this hand's style; a short year only where it can be read back."""
        style = self.random.choice(self.date_styles)
        if style == "short" and (birth or day.year >= 2000):
            return f"{day:%d.%m.%y}"
        if style == "serial":
            return (day - DAY_ZERO).days
        if style == "iso":
            return day.isoformat()
        if style == "words":
            month = next(word for word, number in MONTHS.items() if number == day.month)
            return f"{day.day} {month} {day.year} г."
        return day if style == "excel" else f"{day:%d.%m.%Y}"


def write_region(region: RegionDraft, folder: Path, *, seed: int = 0, untidiness: float = 0.6) -> None:
    """Write region.json and each school's three workbooks into the folder, made if need be.

    :param untidiness: 0 keeps headings, spellings and dates as in a form; 1 is a real September.
    """
    random = Random(f"{seed} {untidiness}")
    folder.mkdir(parents=True, exist_ok=True)
    described = {
        "region": region.name,
        "districts": region.districts,
        "schools": [
            {"code": school.code, "name": school.name, "district": school.district} for school in region.schools
        ],
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / "region.json").write_text(text, encoding="utf-8")
    for school in region.schools:
        (folder / school.code).mkdir(exist_ok=True)
        for workbook, tables in _workbooks(school, Hand(random, untidiness)).items():
            _write_workbook(folder / school.code / f"{workbook}.xlsx", tables, school, Hand(random, untidiness))


def _workbooks(school: SchoolDraft, hand: Hand) -> dict[str, list[tuple[str, str, list[Row]]]]:
    """Name each workbook's tables: sheet title, kind of table, rows."""
    title = {kind: hand.random.choice(titles if hand.untidiness else titles[:1]) for kind, titles in SHEETS.items()}
    people = [(title["pupils"], "pupils", school.pupils), (title["teachers"], "teachers", school.teachers)]
    if hand.is_careless(0.15):
        half = len(school.pupils) // 2
        people[:1] = [
            ("Корпус 1", "pupils", school.pupils[:half]),
            ("Корпус 2", "pupils", school.pupils[half:]),
        ]
    if hand.is_careless(0.2):
        people.reverse()
    return {
        "контингент": people,
        "пары": [(title["pairs"], "pairs", school.pairs)],
        "согласия": [(title["consents"], "consents", school.consents)],
    }


def _write_workbook(path: Path, tables: list[tuple[str, str, list[Row]]], school: SchoolDraft, hand: Hand) -> None:
    with xlsxwriter.Workbook(path) as book:
        dates = book.add_format({"num_format": "dd.mm.yyyy"})
        for title, kind, rows in tables:
            sheet = book.add_worksheet(title)
            margin = 1 if hand.is_careless(0.1) else 0
            for number, line in enumerate(_lines(kind, rows, school, hand)):
                for place, cell in enumerate(line, start=margin):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, place, cell, dates)
                    elif isinstance(cell, str):
                        sheet.write_string(number, place, cell)
                    elif cell is not None:
                        sheet.write_number(number, place, cell)


def _lines(kind: str, rows: list[Row], school: SchoolDraft, hand: Hand) -> list[Line]:
    """Lay the table out: perhaps titles, the heading, the rows with gaps, perhaps a total line."""
    columns, heads = _columns(kind, hand)
    lines: list[Line] = []
    if hand.is_careless(0.5):
        lines = [[school.name], ["Сведения на начало учебного года"]]
        lines += [[] for _ in range(hand.random.randint(0, 12))]
    lines.append(list(heads))
    for number, row in enumerate(rows, start=1):
        lines.append([_cell(column, row, number, hand) for column in columns])
        if hand.is_careless(0.01):
            lines.append([])
    if hand.is_careless(0.5):
        word = hand.random.choice(("Итого:", "ИТОГО", "Всего", "Всего:"))
        lines.append([word, len(rows)] if hand.random.random() < 0.5 else [None, f"{word} {len(rows)}"])
    return lines


def _columns(kind: str, hand: Hand) -> tuple[list[str], list[str]]:
    """Choose columns and their headings; careless people split names, add columns and change the order."""
    columns, heads = [], []
    whole = not hand.is_careless(0.4)
    for column, usual in TABLES[kind]:
        variants = ALTERNATIVES.get((kind, column), ())
        if column.endswith("name") and not whole:
            columns += [f"{column}.{part}" for part in ("surname", "given", "patronymic")]
            heads += [f"{part}{SIDES.get(column, '')}" for part in ("Фамилия", "Имя", "Отчество")]
            continue
        columns.append(column)
        heads.append(hand.random.choice(variants) if variants and hand.is_careless(0.6) else usual)
    if hand.is_careless(0.3):
        extra = hand.random.randrange(1, len(columns))
        columns.insert(extra, "extra")
        heads.insert(extra, hand.random.choice(EXTRA))
    if hand.is_careless(0.2):
        order = [0, *hand.random.sample(range(1, len(columns)), len(columns) - 1)]
        columns, heads = [columns[place] for place in order], [heads[place] for place in order]
    if hand.is_careless(0.2):
        heads = [hand.random.choice((head.upper(), f"{head} ", head)) for head in heads]
    return columns, heads


SIDES = {"mentor_name": " наставника", "mentee_name": " наставляемого"}


def _cell(column: str, row: Row, number: int, hand: Hand) -> object:
    if column == "number_in_list":
        return number
    if column == "extra":
        return hand.random.choice((None, "см. личное дело"))
    if "." in column:
        column, part = column.split(".")
        return hand.name(getattr(row[column], part)) or None
    value = row.get(column)
    if column == "sex":
        name = row["name"]
        is_female = isinstance(name, Name) and name.is_female
        return hand.random.choice(("ж", "жен.") if is_female else ("м", "муж."))
    if isinstance(value, Name):
        return hand.name(str(value)) or None
    if isinstance(value, date):
        return hand.day(value, birth=column.endswith("born"))
    if column == "form":
        return hand.form(str(value))
    if column == "snils" and value and hand.is_careless(0.2):
        return str(value).replace("-", "").replace(" ", "")
    if column == "order_number" and isinstance(value, str) and value.isdigit() and hand.is_careless(0.3):
        return int(value)
    return value
