"""The import wizard over HTTP, without scripts: upload, columns, preview, confirm, result, and its downloads."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditRecord
from core.spreadsheets import Column, Table, read_workbook, write_workbook
from core.tenancy import school
from schools.imports.models import ImportJob, RememberedLayout
from schools.imports.selectors import import_report
from schools.people.models import Enrolment, Person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
HEADS = ["ФИО", "Дата рождения", "Класс", "Дата зачисления"]


def workbook(*rows: list[str], heads: list[str] = HEADS, sheet: str = "Обучающиеся") -> bytes:
    return write_workbook([Table(sheet, [Column(head) for head in heads], rows)])


def file(content: bytes, name: str = "контингент.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


IVANOV = ["Иванов Иван", "01.02.2014", "5А", "01.09.2026"]


@pytest.fixture
def client(client_at) -> Client:
    return sign_in(client_at, SCHOOL_A, "coordinator")


def upload(client: Client, *files: SimpleUploadedFile) -> str:
    """Send the files and return the address of the page of their columns."""
    response = client.post("/import/", {"workbooks": list(files)})
    assert response.status_code == 302, response.content.decode()
    assert re.fullmatch(r"/import/[0-9a-f-]{36}/columns/", response["Location"])
    return response["Location"]


def fields_of(client: Client, address: str) -> dict[str, str]:
    """Return what a browser would send back from the page of columns as it stands."""
    form = client.get(address).context["parts"]
    return {
        bound.html_name: str(bound.value() if bound.value() is not None else "") for part in form for bound in part.form
    }


def checked(client: Client, *files: SimpleUploadedFile) -> str:
    """Upload, accept the guessed columns, and return the address of the preview."""
    address = upload(client, *files)
    response = client.post(address, {**fields_of(client, address), "check": "1"})
    assert response["Location"] == address.removesuffix("columns/")
    return response["Location"]


def test_a_school_from_its_three_files_to_the_result(client: Client) -> None:
    files = [file(path.read_bytes(), path.name) for path in sorted((SAMPLES / "sch04").glob("*.xlsx"))]
    preview = checked(client, *files)

    page = client.get(preview)
    text = page.content.decode()
    assert "Проверить и загрузить в школу" in text
    assert "Повтор: этот человек" in text
    assert "Новых людей" in text
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 2
    remarks = client.get(preview + "?rows=remarks").content.decode()
    assert "нужно согласие законного представителя" in remarks

    response = client.post(preview + "confirm/", follow=True)

    assert response.redirect_chain == [(preview, 302)]
    assert "Файлы загружены" in response.content.decode()
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 2 + 94
        assert Enrolment.objects.filter(kind="pupil").values("person").distinct().count() == 88 + 1


def test_the_first_page_lists_imports_and_says_what_to_do(client: Client) -> None:
    assert "Загрузок ещё не было" in client.get("/import/").content.decode()
    upload(client, file(workbook(IVANOV)))
    text = client.get("/import/").content.decode()
    assert "контингент.xlsx" in text
    assert "Проверьте столбцы" in text


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"not a workbook", "список.xlsx", "Это не книга Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "список.xlsx", "старого формата"),
        (workbook(heads=["Привет"]), "список.xlsx", "не нашлось заголовков"),
        (b"x", "список.csv", "не нашлось заголовков"),
        ('а;б\n"в;г\n'.encode("cp1251"), "список.csv", "В строке 2 кавычки"),
        (b"x", "список.pdf", "Нужен файл .xlsx"),
    ],
)
def test_a_wrong_file_is_explained_at_its_field(client: Client, content: bytes, name: str, sentence: str) -> None:
    response = client.post("/import/", {"workbooks": [file(content, name)]})
    assert response.status_code == 200
    assert sentence in response.content.decode()
    with school(SCHOOL_A.schema):
        assert ImportJob.objects.count() == 0


def test_no_file_at_all_is_explained(client: Client) -> None:
    response = client.post("/import/", {})
    assert response.status_code == 200
    assert response.context["form"].errors["workbooks"]


def test_a_file_without_changes_is_not_taken_twice(client: Client) -> None:
    content = workbook(IVANOV)
    client.post(checked(client, file(content)) + "confirm/")
    response = client.post("/import/", {"workbooks": [file(content, "другое имя.xlsx")]})
    assert "уже загружены без изменений" in response.content.decode()


def test_pairs_that_came_before_their_people_are_told_how_to_come_again(client: Client) -> None:
    people, pairs = (
        file((SAMPLES / "sch04" / f"{name}.xlsx").read_bytes(), f"{name}.xlsx") for name in ("контингент", "пары")
    )
    first = checked(client, pairs)
    client.post(first + "confirm/")
    pairs.seek(0)
    again = client.post("/import/", {"workbooks": [pairs]})
    with school(SCHOOL_A.schema):
        count = ImportJob.objects.get().counts["refused"]
    assert count > 0
    assert f"не приняты строки: {count}. Чтобы внести их" in again.content.decode()
    assert f'href="{first}"' in again.content.decode()
    pairs.seek(0)
    both = client.post("/import/", {"workbooks": [people, pairs]}, follow=True).content.decode()
    assert "Пропущены файлы: пары.xlsx. Эти файлы уже загружены" in both
    people.seek(0)
    client.post(checked(client, people) + "confirm/")
    rest = file(client.get(first + "refused.xlsx").content, "не загружено.xlsx")
    client.post(checked(client, rest) + "confirm/")
    with school(SCHOOL_A.schema):
        assert (
            import_report()["pairs"]
            == json.loads((SAMPLES / "expected.json").read_text("utf-8"))["schools"]["sch04"]["pairs"]
        )


def test_columns_are_corrected_by_hand(client: Client) -> None:
    heads = ["Ребята ФИО", "Родились", "Пришли"]
    address = upload(client, file(workbook(["Иванов Иван", "01.02.2014", "01.09.2026"], heads=heads)))
    text = client.get(address).content.decode()
    assert "Не хватает столбцов" in text
    assert "Дата зачисления" in text
    fields = fields_of(client, address)

    refused = client.post(address, {**fields, "check": "1"}, follow=True)
    assert "Проверка не начата" in refused.content.decode()

    twice = client.post(address, {**fields, "s0-0-column_admitted_on": "1", "check": "1"})
    assert "Столбец B уже выбран для поля «Дата рождения»" in twice.content.decode()

    response = client.post(address, {**fields, "s0-0-column_admitted_on": "2", "check": "1"}, follow=True)
    assert "Принимается 1 строка" in response.content.decode()


def test_a_school_in_csv_is_taken_like_any_other(client: Client) -> None:
    text = "Список 5А класса;;\r\nФИО;Дата рождения;Дата зачисления\r\nЁлкин Иван;01.02.2014;01.09.2026\r\n"
    address = upload(client, file(text.encode("cp1251"), "список.csv"))
    assert fields_of(client, address)["s0-0-class_name"] == "5А"
    fields = {**fields_of(client, address), "s0-0-class_name": "5 б", "check": "1"}
    preview = client.post(address, fields)["Location"]
    client.post(preview + "confirm/")
    with school(SCHOOL_A.schema):
        assert Enrolment.objects.get(person__surname="Ёлкин").school_class.title == "5Б"


def test_corrected_columns_are_proposed_the_next_time(client: Client) -> None:
    heads = ["Ребята ФИО", "Родились", "Пришли"]
    address = upload(client, file(workbook(["Иванов Иван", "01.02.2014", "01.09.2026"], heads=heads)))
    fields = {**fields_of(client, address), "s0-0-column_admitted_on": "2", "check": "1"}
    client.post(client.post(address, fields)["Location"] + "confirm/")

    address = upload(client, file(workbook(["Петров Пётр", "05.02.2014", "01.09.2026"], heads=heads)))
    assert "в прошлый раз" in client.get(address).content.decode()
    fields = fields_of(client, address)
    assert fields["s0-0-column_admitted_on"] == "2"

    # Turned back to the guess, it is forgotten; another school never knew it.
    client.post(client.post(address, {**fields, "s0-0-column_admitted_on": "", "check": "1"})["Location"])
    with school(SCHOOL_A.schema):
        assert RememberedLayout.objects.count() == 1
    with school(SCHOOL_B.schema):
        assert RememberedLayout.objects.count() == 0


def test_samples_are_downloaded_and_taken(client: Client) -> None:
    page = client.get("/import/").content.decode()
    files = []
    for name in ("kontingent", "pary", "soglasiya"):
        assert f"/import/samples/{name}.xlsx" in page
        response = client.get(f"/import/samples/{name}.xlsx")
        assert response.status_code == 200
        files.append(file(response.content, f"{name}.xlsx"))
    assert client.get("/import/samples/other.xlsx").status_code == 404
    text = client.get(checked(client, *files)).content.decode()
    assert "Принимается строк: 4" in text
    assert "действующего в первый день пары: у наставника" in text
    with school(SCHOOL_A.schema):
        assert ImportJob.objects.get().counts["refused"] == 0


def test_another_kind_of_sheet_shows_its_own_columns(client: Client) -> None:
    address = upload(client, file(workbook(["Иванов Иван", "01.02.1980", "учитель", "01.09.2026"],
                                           heads=["ФИО", "Дата рождения", "Должность", "Дата приёма"])))  # fmt: skip
    fields = fields_of(client, address)
    assert fields["s0-0-kind"] == "pupils"
    response = client.post(address, {**fields, "s0-0-kind": "teachers", "refresh": "1"})
    assert response["Location"] == address
    fields = fields_of(client, address)
    assert (fields["s0-0-kind"], fields["s0-0-column_post"]) == ("teachers", "2")
    client.post(address, {**fields, "s0-0-kind": "", "refresh": "1"})
    assert "s0-0-column_post" not in fields_of(client, address)


def test_an_import_is_cancelled(client: Client) -> None:
    preview = checked(client, file(workbook(IVANOV)))
    response = client.post(preview + "cancel/", follow=True)
    assert "ничего не изменилось" in response.content.decode()
    assert "Загрузка отменена" in client.get(preview).content.decode()
    again = client.post(preview + "confirm/", follow=True)
    assert "изменил кто-то другой" in again.content.decode()
    with school(SCHOOL_A.schema):
        assert not Person.objects.filter(surname="Иванов").exists()


def test_refused_rows_are_downloaded_with_reasons_and_recorded(client: Client) -> None:
    preview = checked(client, file(workbook(["=Дурново", "01.02.2014", "5А", "01.09.2026"], IVANOV, ["Итого: 1"])))
    response = client.get(preview + "refused.xlsx")
    assert response.headers["Content-Disposition"].startswith("attachment")
    refused, remarked = read_workbook(response.content).sheets
    assert (refused.name, remarked.name) == ("Обучающиеся", "Замечания")
    assert refused.rows[0][-1] == "Почему не загружено"
    assert [(row[0], row[-1]) for row in refused.rows[1:]] == [("=Дурново", "контингент.xlsx, строка 2: Нет имени")]
    assert remarked.rows[1:] == [["контингент.xlsx", "Обучающиеся", 4.0, "Итоговая строка, людей в ней нет"]]
    with school(SCHOOL_A.schema):
        assert AuditRecord.objects.filter(action="imports.refused_exported").count() == 1


def test_those_missing_from_a_newer_list_get_a_leaving_date(client: Client) -> None:
    petrov = ["Петров Пётр", "05.05.2013", "6Б", "01.09.2026"]
    client.post(checked(client, file(workbook(IVANOV, petrov))) + "confirm/")
    preview = checked(client, file(workbook(IVANOV)))
    assert "Они останутся" in client.get(preview).content.decode()
    result = client.post(preview + "confirm/", follow=True)
    assert "Посмотреть и записать выбытие" in result.content.decode()
    page = client.get(preview + "absent/")
    assert "Петров Пётр, 6Б, с 01.09.2026" in page.content.decode()
    # The list names nobody of 6Б: it may be a list of one class, so nobody of the others is proposed.
    assert page.context["form"].initial["enrolments"] == []
    assert page.context["form"].initial["left_on"] == timezone.localdate()
    with school(SCHOOL_A.schema):
        enrolment = Enrolment.objects.get(person__surname="Петров")
    empty = client.post(preview + "absent/", {"left_on": "2026-11-01"})
    assert empty.status_code == 200
    early = client.post(preview + "absent/", {"left_on": "2020-11-01", "enrolments": [str(enrolment.pk)]})
    assert "ещё не были зачислены: Петров Пётр" in early.content.decode()
    done = client.post(preview + "absent/", {"left_on": "2026-11-01", "enrolments": [str(enrolment.pk)]}, follow=True)
    assert "Дата выбытия записана" in done.content.decode()
    with school(SCHOOL_A.schema):
        assert Enrolment.objects.get(pk=enrolment.pk).left_on == date(2026, 11, 1)
        assert Enrolment.objects.get(person__surname="Иванов").left_on is None


def test_those_of_a_class_that_the_list_covers_are_proposed(client: Client) -> None:
    petrov = ["Петров Пётр", "05.05.2013", "5А", "01.09.2026"]
    client.post(checked(client, file(workbook(IVANOV, petrov))) + "confirm/")
    preview = checked(client, file(workbook(IVANOV, ["Итого: 1"])))
    client.post(preview + "confirm/")
    with school(SCHOOL_A.schema):
        enrolment = Enrolment.objects.get(person__surname="Петров")
    page = client.get(preview + "absent/")
    # The seeded pupil of another class is listed too, unmarked.
    assert page.context["form"].initial["enrolments"] == [str(enrolment.pk)]
    assert len(page.context["people"]) == 2


def test_progress_is_polled_cheaply_and_moves_on_when_it_is_over(client: Client) -> None:
    address = upload(client, file(workbook(IVANOV)))
    page = address.removesuffix("columns/")
    with school(SCHOOL_A.schema):
        ImportJob.objects.update(state=ImportJob.State.APPLYING, progress_done=1, progress_total=4)
    text = client.get(page).content.decode()
    assert "Идёт запись в школу" in text
    assert "1 из 4" in text
    first = client.get(page + "progress/", headers={"HX-Request": "true"})
    again = client.get(page + "progress/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    with school(SCHOOL_A.schema):
        ImportJob.objects.update(worked_at=timezone.now() - timedelta(minutes=5))
    assert "Работа прервалась" in client.get(page).content.decode()
    assert client.post(page + "resume/", follow=True).status_code == 200
    assert "Работа прервалась" not in client.get(page).content.decode()
    with school(SCHOOL_A.schema):
        ImportJob.objects.update(state=ImportJob.State.FAILED)
    over = client.get(page + "progress/", headers={"HX-Request": "true"})
    assert over.headers["HX-Redirect"] == page
    assert "Загрузка не удалась" in client.get(page).content.decode()


@pytest.mark.parametrize("role", ["curator", "class_teacher", "psychologist", "mentor", "mentee", "parent", None])
def test_only_director_and_coordinator_import(client_at, role: str | None) -> None:
    director = sign_in(client_at, SCHOOL_A, "director")
    preview = checked(director, file(workbook(IVANOV)))
    other = sign_in(client_at, SCHOOL_A, role)
    for address in ("/import/", preview, preview + "columns/", preview + "refused.xlsx", preview + "absent/"):
        assert other.get(address).status_code == 403, address
    for address in ("confirm/", "cancel/", "columns/", "absent/"):
        assert other.post(preview + address).status_code == 403, address
    with school(SCHOOL_A.schema):
        assert not Person.objects.filter(surname="Иванов").exists()
    assert director.post(preview + "confirm/").status_code == 302
    with school(SCHOOL_A.schema):
        assert Person.objects.filter(surname="Иванов").exists()


def test_another_schools_import_does_not_exist_here(client_at, client: Client) -> None:
    preview = checked(client, file(workbook(IVANOV)))
    other = sign_in(client_at, SCHOOL_B, "director")
    for address in ("", "columns/", "progress/", "refused.xlsx", "absent/"):
        assert other.get(preview + address).status_code == 404, address
    for address in ("confirm/", "cancel/", "resume/"):
        assert other.post(preview + address).status_code == 404, address
    assert client.get(f"/import/{uuid4()}/").status_code == 404
    assert client.post(preview + "confirm/").status_code == 302


def test_each_view_of_personal_data_leaves_one_record(client: Client) -> None:
    preview = checked(client, file(workbook(IVANOV)))
    for address in (preview, preview + "columns/", preview + "absent/", preview + "refused.xlsx"):
        with school(SCHOOL_A.schema):
            before = AuditRecord.objects.count()
        assert client.get(address).status_code == 200
        with school(SCHOOL_A.schema):
            assert AuditRecord.objects.count() == before + 1, address
