"""The file of refused rows: mended and brought again it is read as its sources were."""

from __future__ import annotations

from typing import Any

import pytest

from core.authz import Actor, load_actor
from core.spreadsheets import Column, Table, read_workbook, write_workbook
from schools.imports.applying import import_at_once
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import REASON_HEADING
from schools.imports.models import ImportFile, ImportJob, ImportRow
from schools.imports.refused_file import refused_workbook
from schools.imports.services import SheetChoice, Upload, check_import, set_layouts, start_import
from schools.imports.undoing import undo_import
from schools.people.models import Enrolment, Person
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
HEADS = ["№", "Фамилия, имя ребёнка", "Д.р.", "Пришёл в школу (дата зачисления)", "Заметки"]


@pytest.fixture
def actor(in_school: Any) -> Actor:
    in_school(SCHOOL_A)
    return load_actor(make_user("director"))


def book(*tables: tuple[str, list[str], list[list[str]]]) -> bytes:
    return write_workbook([Table(name, [Column(head) for head in heads], rows) for name, heads, rows in tables])


def mended(content: bytes, **fixes: str) -> bytes:
    """Return the file as a person corrects it: cells replaced by what they say, nothing else touched."""
    tables = []
    for sheet in read_workbook(content).sheets:
        heads, *rows = [[str(cell) for cell in row] for row in sheet.rows]
        rows = [[fixes.get(cell, cell) for cell in row] for row in rows]
        tables.append((sheet.name, heads, rows))
    return book(*tables)


def taken(actor: Actor, name: str, content: bytes) -> ImportJob:
    job = import_at_once(actor=actor, uploads=[Upload(name, content)])
    assert job is not None
    return job


def test_mended_rows_come_back_under_the_headings_of_each_sheet(actor: Actor) -> None:
    pupils = [["1", "Осин Пётр", "01.02.2014", "01.09.2026", "спортсмен"], ["2", "Липин Лев", "", "01.09.2026", "рост"]]
    teachers = [["Вязова Вера", "нет", "учитель", "01.09.2010"], ["Всего: 1", "", "", ""]]
    content = book(
        ("7А", HEADS, pupils),
        ("Кадры", ["ФИО", "Дата рождения", "Должность", "Дата приёма"], teachers),
    )
    first = taken(actor, "списки.xlsx", content)
    assert (first.counts["accepted"], first.counts["refused"]) == (1, 2)
    sent = refused_workbook(first)
    seven, staff, remarks = read_workbook(sent).sheets
    assert seven.rows[0] == [*HEADS, REASON_HEADING]
    assert seven.rows[1] == ["2", "Липин Лев", "", "01.09.2026", "рост", "списки.xlsx, строка 3: Нет даты рождения"]
    assert (staff.name, len(staff.rows), remarks.name, len(remarks.rows)) == ("Кадры", 2, "Замечания", 2)

    # As it is it says the same again, and the reasons do not pile up.
    again = taken(actor, "исправленные.xlsx", sent)
    assert (again.counts["accepted"], again.counts["refused"]) == (0, 2)
    assert read_workbook(refused_workbook(again)).sheets[0].rows[0] == [*HEADS, REASON_HEADING]

    last = taken(actor, "исправленные.xlsx", mended(sent, нет="02.03.1980"))
    assert (last.counts["accepted"], last.counts["people_new"]) == (1, 1)
    assert Person.objects.get(surname="Вязова").kinds.get().kind == "teacher"


def test_the_class_of_a_sheet_and_columns_chosen_by_hand_come_back_too(actor: Actor) -> None:
    content = book(("Лист1", ["Кто", "Когда", "С какого дня"], [["Осин Пётр", "нет", "01.09.2026"]]))
    odd = book(("Лист1", ["ФИО", "Дата рождения", "Дата зачисления"], [["Липин Лев", "нет", "01.09.2026"]]))
    job = start_import(actor=actor, uploads=[Upload("а.xlsx", odd)])
    (file,) = job.files.all()
    choice = SheetChoice(SheetKind.PUPILS, 1, {}, class_name="5Б")
    set_layouts(actor=actor, job_id=job.pk, choices={(file.pk, 0): choice})
    check_import(actor=actor, job_id=job.pk)
    own = refused_workbook(job)
    assert read_workbook(own).sheets[0].rows[0] == ["ФИО", "Дата рождения", "Дата зачисления", "Класс", REASON_HEADING]
    assert taken(actor, "а2.xlsx", mended(own, нет="01.02.2014")).counts["accepted"] == 1
    assert Enrolment.objects.get(person__surname="Липин").school_class.title == "5Б"

    # Nothing in these headings tells what they are: the file says it in ours, and no hand is needed again.
    plain = book(("Лист1", ["ФИО", "рождение", "зачислен"], [["-", "-", "-"]]))
    job = start_import(actor=actor, uploads=[Upload("б.xlsx", content), Upload("в.xlsx", plain)])
    file = job.files.get(name="б.xlsx")
    columns = {"full_name": 0, "birth_date": 1, "admitted_on": 2}
    for _twice in range(2):  # another kind is guessed anew first, then the columns are laid over
        set_layouts(actor=actor, job_id=job.pk, choices={(file.pk, 0): SheetChoice(SheetKind.PUPILS, 1, columns)})
    check_import(actor=actor, job_id=job.pk)
    told = refused_workbook(job)
    assert read_workbook(told).sheets[0].rows[0] == ["ФИО", "Дата рождения", "Дата зачисления", REASON_HEADING]
    assert taken(actor, "б2.xlsx", mended(told, нет="01.02.2014")).counts["accepted"] == 1


def test_sheets_of_one_name_stay_apart_and_undoing_forgets_the_headings(actor: Actor) -> None:
    rows = [["Осин Пётр", "нет", "01.09.2026"]]
    heads = ["ФИО", "Дата рождения", "Дата зачисления"]
    uploads = [Upload(f"{n}.xlsx", book(("7А", heads, [*rows, [f"Липин {n}", "", ""]]))) for n in ("а", "б")]
    job = import_at_once(actor=actor, uploads=uploads)
    assert job is not None
    assert read_workbook(refused_workbook(job)).sheets[0].name == "7А"
    back = start_import(actor=actor, uploads=[Upload("назад.xlsx", refused_workbook(job))])
    (file,) = back.files.all()
    classes = [(sheet["kind"], sheet["class_name"], "class_name" in sheet["columns"]) for sheet in file.layouts]
    assert classes[0] == ("pupils", "7А", False)
    assert classes[1] in [("pupils", "7А", False), ("pupils", "", True)]
    undo_import(actor=actor, job_id=job.pk)
    assert not ImportRow.objects.filter(job=job).exists()
    assert not any(sheet.get("headings") for file in ImportFile.objects.filter(job=job) for sheet in file.layouts)
