"""One sheet a class, CSV, samples: the same school written in another layout comes to the same plan."""

import csv
from collections import defaultdict
from io import StringIO
from pathlib import Path

import pytest

from core.spreadsheets import Cell, Column, Sheet, Table, Workbook, read_file, write_workbook
from schools.imports.domain.cells import cell_text
from schools.imports.domain.class_names import class_in_name, class_in_title
from schools.imports.domain.fields import FIELDS, SheetKind
from schools.imports.domain.layout import guess_layout, headings_key
from schools.imports.domain.plan import Plan
from schools.imports.domain.reading import SheetToRead, read_import
from schools.imports.domain.resolving import resolve
from schools.imports.domain.stored import StoredSchool
from schools.imports.samples import EXAMPLES, SAMPLES, sample_workbook
from tests.schools.imports.reference import REFERENCE
from tests.schools.imports.test_random_regions import DAY, TODAY
from tests.support.regions import build_region, write_region

Named = list[tuple[str, Workbook]]


def plan_of(books: Named) -> Plan:
    sheets = []
    for name, book in books:
        for sheet in book.sheets:
            layout = guess_layout(sheet, name)
            assert layout is not None, (name, sheet.name)
            assert layout.missing() == [], (name, sheet.name, layout)
            sheets.append(SheetToRead(name, sheet, layout))
    return resolve(read_import(sheets, REFERENCE, TODAY), StoredSchool(), REFERENCE)


def said(plan: Plan) -> dict[str, object]:
    """Return what a plan comes to, people named instead of numbered."""
    names = {person.id: (str(person.name).lower(), person.birth_date) for person in plan.people}
    orders = {order.id: (order.number, order.signed_on) for order in plan.orders}
    return {
        "people": sorted((*names[p.id], p.snils or "", sorted(p.kinds)) for p in plan.people),
        "enrolments": sorted(
            (names[e.person_id], e.kind, e.admitted_on, str(e.left_on), e.class_name, e.post) for e in plan.enrolments
        ),
        "pairs": sorted(
            (names[p.mentor_id], names[p.mentee_id], p.form_id, p.starts_on, str(p.ends_on),
             str(orders.get(p.order_id))) for p in plan.pairs
        ),
        "consents": sorted(
            (names[c.person_id], c.kind_id, c.signer, c.number, c.given_on, str(c.valid_until), str(c.withdrawn_on))
            for c in plan.consents
        ),
        "refused": sorted(item.why for item in plan.refusals),
    }  # fmt: skip


def read_folder(folder: Path) -> Named:
    return [(path.name, read_file(path.read_bytes(), path.name)) for path in sorted(folder.glob("*.xlsx"))]


def as_csv(books: Named, encoding: str, separator: str) -> Named:
    """Write every sheet as CSV, dates as a person sees them, and read the bytes again."""
    made = []
    for name, book in books:
        sheets = []
        for sheet in book.sheets:
            text = StringIO(newline="")
            csv.writer(text, delimiter=separator).writerows([[cell_text(cell) for cell in row] for row in sheet.rows])
            (read,) = read_file(text.getvalue().encode(encoding, "replace"), "список.csv").sheets
            # Under the names of the workbook: a repeated row is a duplicate only within one workbook.
            sheets.append(Sheet(sheet.name, read.rows))
        made.append((name, Workbook(tuple(sheets))))
    return made


def one_sheet_a_class(books: Named) -> Named:
    """Take the pupils of a workbook apart: a sheet for each class, named after it, without the column."""
    made = []
    for name, book in books:
        sheets: list[Sheet] = []
        for sheet in book.sheets:
            layout = guess_layout(sheet, name)
            if layout is None or layout.kind is not SheetKind.PUPILS or "class_name" not in layout.columns:
                sheets.append(sheet)
                continue
            column = layout.columns["class_name"]
            heads = sheet.rows[layout.header_row - 1]
            classes: dict[str, list[list[Cell]]] = defaultdict(list)
            for row in sheet.rows[layout.header_row :]:
                classes[cell_text(row[column])].append([*row[:column], *row[column + 1 :]])
            for room, rows in classes.items():
                title = room or "Без класса"
                sheets.append(Sheet(f"Ученики {title}"[:31], [[*heads[:column], *heads[column + 1 :]], *rows]))
        made.append((name, Workbook(tuple(sheets))))
    return made


def compare(folder: Path, seed: int) -> None:
    write_region(build_region(seed, schools=2, pupils=(8, 25), day=DAY), folder, seed=seed, untidiness=0.5)
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        books = read_folder(place)
        expected = said(plan_of(books))
        for encoding, separator in (("utf-8-sig", ";"), ("cp1251", ";"), ("utf-8", "\t"), ("utf-16", ",")):
            assert said(plan_of(as_csv(books, encoding, separator))) == expected, (encoding, separator)


@pytest.mark.parametrize("seed", [11])
def test_a_region_saved_as_csv_comes_to_the_same(tmp_path: Path, seed: int) -> None:
    compare(tmp_path, seed)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(700, 740))
def test_forty_regions_saved_as_csv_come_to_the_same(tmp_path: Path, seed: int) -> None:
    compare(tmp_path, seed)


def compare_classes(folder: Path, seed: int) -> None:
    write_region(build_region(seed, schools=2, pupils=(8, 25), day=DAY), folder, seed=seed, untidiness=0)
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        books = read_folder(place)
        assert said(plan_of(one_sheet_a_class(books))) == said(plan_of(books))


def test_one_sheet_a_class_comes_to_the_same(tmp_path: Path) -> None:
    compare_classes(tmp_path, 21)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(800, 840))
def test_forty_regions_of_one_sheet_a_class_come_to_the_same(tmp_path: Path, seed: int) -> None:
    compare_classes(tmp_path, seed)


@pytest.mark.parametrize(
    ("name", "room"),
    [
        ("7А", "7А"), ("7-а", "7А"), ("Список 7 «А»", "7А"), ("11 класс", "11"), ("10 Б класс", "10Б"), ("7A", "7А"),
        ("7А (2026-2027)", "7А"), ("1 а класс", "1А"), ("7", ""), ("Лист1", ""), ("Корпус 1", ""), ("13А", ""),
        ("01.09.2026", ""), ("5 корпус", ""), ("Обучающиеся", ""), ("Приказ 5 от", ""),
    ],
)  # fmt: skip
def test_the_class_in_the_name_of_a_sheet(name: str, room: str) -> None:
    assert class_in_name(name) == room


@pytest.mark.parametrize(
    ("line", "room"),
    [
        ("Список обучающихся 7 «А» класса", "7А"), ("Класс: 7А", "7А"), ("10-б кл.", "10Б"), ("Класс 5-в", "5В"),
        ("МБОУ СОШ № 12 г. Энска", ""), ("Сведения на 01.09.2026 г.", ""), ("Школа № 5 города", ""),
    ],
)  # fmt: skip
def test_the_class_in_a_line_above_the_table(line: str, room: str) -> None:
    assert class_in_title(line) == room
    rows: list[list[Cell]] = [[line], [], ["ФИО", "Дата рождения", "Дата зачисления"]]
    layout = guess_layout(Sheet("Лист1", rows))
    assert layout is not None
    assert layout.class_name == room


def test_a_column_of_classes_goes_before_the_name_of_the_sheet() -> None:
    layout = guess_layout(Sheet("7А", [["ФИО", "Дата рождения", "Дата зачисления", "Класс"]]))
    assert layout is not None
    assert layout.class_name == ""


def test_headings_are_told_apart_by_their_words_and_order() -> None:
    def key(*heads: str) -> str:
        return headings_key(Sheet("Лист1", [[*heads]]), 1)

    assert key("Ф.И.О.", "Д/р") == key(" ф.и.о ", "д/р", "", "")
    assert len({key("ФИО", "Класс"), key("Класс", "ФИО"), key("ФИО", "Класс", "Пол"), key("ФИО")}) == 4
    assert key("ФИО") == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_every_column_and_is_taken_whole(name: str) -> None:
    known = plan_of([(item, read_file(sample_workbook(item, REFERENCE))) for item in SAMPLES])
    assert (known.refusals, [remark.code for remark in known.remarks]) == ([], [])
    assert known.rows_accepted == 4
    book = read_file(sample_workbook(name, REFERENCE))
    for sheet, kind in zip(book.sheets, SAMPLES[name], strict=True):
        layout = guess_layout(sheet, name)
        assert layout is not None
        wanted = {field.id for field in FIELDS[kind] if field.id in EXAMPLES[kind]}
        assert (layout.kind, set(layout.columns)) == (kind, wanted)
        parts = {field.id for field in FIELDS[kind]} - wanted
        assert all(part.endswith(("surname", "first_name", "patronymic")) for part in parts)


def test_a_workbook_of_classes_survives_its_own_bytes() -> None:
    heads = [Column(text) for text in ("ФИО", "Дата рождения", "Дата зачисления")]
    tables = [
        Table(room, heads, [[f"Иванов Иван {room[-1]}ич", "01.02.2014", "01.09.2026"]])
        for room in ("5А", "5Б", "6 «А»")
    ]
    plan = plan_of([("контингент.xlsx", read_file(write_workbook(tables)))])
    assert sorted(enrolment.class_name for enrolment in plan.enrolments) == ["5А", "5Б", "6А"]
