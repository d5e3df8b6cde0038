"""Taking an import back: everything as it was, or a refusal that names what stands on it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.accounts.models import RoleGrant, User
from core.audit.models import AuditRecord
from core.authz import Actor, RefusedError, anonymous, system_actor
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import school
from schools.consents.models import Consent
from schools.consents.services import ConsentData, record_consent, withdraw_consent
from schools.imports.applying import import_at_once
from schools.imports.errors import JobStateError
from schools.imports.journal import DERIVED, WATCHED
from schools.imports.models import ImportFile, ImportJob, ImportRow, ImportTrace
from schools.imports.selectors import import_report
from schools.imports.services import Upload
from schools.imports.undoing import StandsOnImportError, obstacles_to_undo, undo_import
from schools.pairs.models import Order, Pair
from schools.pairs.orders import approve_pairs
from schools.pairs.services import PairData, create_pairs
from schools.people.enrolments import change_class, record_leaving
from schools.people.models import Enrolment, Guardianship, Person, PersonKind, SchoolClass
from tests.schools.clearances.makers import make_paper
from tests.schools.makers import actor_with, make_training
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
TABLES = (Person, PersonKind, SchoolClass, Enrolment, Guardianship, Order, Pair, Consent)
PUPIL_HEADS = ["ФИО", "Дата рождения", "Класс", "СНИЛС", "Дата зачисления", "Дата выбытия"]
PAIR_HEADS = ["ФИО наставника", "Дата рождения наставника", "ФИО наставляемого", "Дата рождения наставляемого",
              "Форма", "Дата начала", "Дата завершения", "№ приказа", "Дата приказа"]  # fmt: skip
IVANOV = ["Иванов Иван", "01.02.2009", "9А", "", "01.09.2025"]
PETROV = ["Петров Пётр", "05.05.2010", "8Б", "", "01.09.2025"]
SIDOROV = ["Сидоров Сидор", "05.06.2010", "8Б", "", "01.09.2025"]
PAIR = [*IVANOV[:2], *PETROV[:2], "ученик – ученик", "01.10.2026", "", "", ""]
SEPTEMBER = date(2026, 9, 1)


def sheet(name: str, heads: list[str], *rows: list[str], file: str) -> Upload:
    columns = [Column(head) for head in heads]
    return Upload(file, write_workbook([Table(name, columns, [row + [""] * (len(heads) - len(row)) for row in rows])]))


def people_file(*rows: list[str], file: str = "контингент.xlsx") -> Upload:
    return sheet("Обучающиеся", PUPIL_HEADS, *rows, file=file)


def pair_file(*rows: list[str], file: str = "пары.xlsx") -> Upload:
    return sheet("Пары", PAIR_HEADS, *rows, file=file)


def consent_file(*rows: list[str], file: str = "согласия.xlsx") -> Upload:
    return sheet(
        "Согласия", ["ФИО", "Дата рождения", "Кто подписал", "Дата согласия", "Действует до"], *rows, file=file
    )


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the tables that an import writes, without the times of writing."""
    columns_of = {
        model: [field.attname for field in model._meta.concrete_fields if not field.attname.endswith("ed_at")]
        for model in TABLES
    }
    return {
        model.__name__: sorted(model.objects.values_list(*columns), key=str) for model, columns in columns_of.items()
    }


def imported(actor: Actor, *uploads: Upload) -> ImportJob:
    job = import_at_once(actor=actor, uploads=uploads)
    assert job is not None
    return job


@pytest.fixture
def actor(inside: None) -> Actor:
    return system_actor("test")


def director() -> Actor:
    return actor_with("director")


def person(surname: str) -> Person:
    return Person.objects.get(surname=surname)


def found(job: ImportJob) -> set[tuple[str, str, int]]:
    return {(item.why, item.model.__name__, item.count) for item in obstacles_to_undo(job)}


@pytest.mark.parametrize("code", ["sch01", "sch07"])
def test_a_sample_school_goes_as_it_came(actor: Actor, code: str) -> None:
    before = contents()
    job = imported(actor, *[Upload(p.name, p.read_bytes()) for p in sorted((SAMPLES / code).glob("*.xlsx"))])
    assert obstacles_to_undo(job) == []
    undo_import(actor=actor, job_id=job.pk)
    assert contents() == before
    assert import_report() == {"rows_refused": [], "people": {"pupils": 0, "teachers": 0}, "pairs": 0, "consents": 0}
    assert not ImportTrace.objects.exists()
    assert not ImportRow.objects.exists()


def test_what_a_newer_file_changed_comes_back(actor: Actor) -> None:
    imported(actor, people_file(IVANOV, PETROV), pair_file(PAIR), consent_file([*IVANOV[:2], "сам", "02.09.2026"]))
    before = contents()
    newer = imported(
        actor,
        people_file([*IVANOV[:2], "10А", "112-233-445 95", IVANOV[4], "20.10.2026"], SIDOROV, file="новый.xlsx"),
        pair_file([*PAIR[:6], "25.05.2027", "44-а", "05.09.2026"], file="новые пары.xlsx"),
        consent_file([*IVANOV[:2], "представитель", "02.09.2026", "31.08.2027"], file="новые согласия.xlsx"),
    )
    assert newer.counts["pairs_changed"] == newer.counts["consents_changed"] == newer.counts["people_changed"] == 1
    assert Enrolment.objects.get(person__surname="Иванов").school_class.title == "10А"
    undone = undo_import(actor=actor, job_id=newer.pk)
    assert (undone.state, undone.undone_by, undone.named, undone.absent) == ("undone", actor.pk, {}, [])
    assert contents() == before
    audit = AuditRecord.objects.filter(action="imports.undone").get()
    assert audit.details["enrolment_restored"] == audit.details["person_removed"] == audit.details["order_removed"] == 1


def test_the_same_file_can_be_imported_again_after_that(actor: Actor) -> None:
    upload = people_file(IVANOV)
    job = imported(actor, upload)
    undo_import(actor=actor, job_id=job.pk)
    with pytest.raises(JobStateError):
        undo_import(actor=actor, job_id=job.pk)
    assert imported(actor, upload).counts["people_new"] == 1
    assert import_report()["people"]["pupils"] == 1


def test_an_import_that_changed_nothing_is_taken_back(actor: Actor) -> None:
    imported(actor, people_file(IVANOV))
    before = contents()
    undo_import(actor=actor, job_id=imported(actor, people_file(IVANOV, ["Итого: 1"], file="ещё.xlsx")).pk)
    assert contents() == before


def test_a_class_that_others_are_in_or_teach_stays(actor: Actor) -> None:
    job = imported(actor, people_file(IVANOV, PETROV))
    user = make_user(None, login="klass")
    RoleGrant.objects.create(user=user, role="class_teacher", scope=str(SchoolClass.objects.get(title="9А").pk))
    undo_import(actor=actor, job_id=job.pk)
    assert set(SchoolClass.objects.values_list("title", flat=True)) >= {"9А"}
    assert not SchoolClass.objects.filter(title="8Б").exists()


def _leaves() -> None:
    record_leaving(actor=director(), enrolment_id=person("Иванов").enrolments.get().pk, left_on=date(2026, 11, 1))


def _changes_class() -> None:
    change_class(actor=director(), enrolment_id=person("Иванов").enrolments.get().pk, class_name="9Б")


def _consents() -> None:
    data = ConsentData(kind="processing", signer="self", given_on=SEPTEMBER)
    record_consent(actor=director(), person_id=person("Петров").pk, data=data)


def _withdraws() -> None:
    consent = Consent.objects.get(person__surname="Иванов")
    withdraw_consent(actor=director(), consent_id=consent.pk, withdrawn_on=date(2026, 11, 1))


def _approves() -> None:
    approve_pairs(
        actor=director(), pair_ids=[Pair.objects.get(mentor__surname="Иванов").pk], number="1", signed_on=SEPTEMBER
    )


def _pairs() -> None:
    data = PairData(
        form_code="pupil-pupil", mentor_id=person("Петров").pk, mentee_ids=[person("Иванов").pk], starts_on=SEPTEMBER
    )
    create_pairs(actor=director(), data=data)


def _signs_up() -> None:
    User.objects.filter(pk=make_user(None, login="ivanov").pk).update(person_id=person("Иванов").pk)


def _guards() -> None:
    Guardianship.objects.create(guardian=person("Иванов"), ward=person("Петров"), kinship="брат")


def _brings_a_paper() -> None:
    make_paper(person("Иванов"))


def _is_taught() -> None:
    make_training(person("Иванов"))


def _edits() -> None:
    Person.objects.filter(surname="Петров").update(phone="+7 900 000-00-00")


def _imports_again() -> None:
    imported(system_actor("test"), people_file(IVANOV, ["Итого: 1"], file="тот же человек.xlsx"))


def _adds_pairs() -> None:
    imported(system_actor("test"), pair_file([*PETROV[:2], *IVANOV[:2], *PAIR[4:]], file="ещё пары.xlsx"))


@pytest.mark.parametrize(
    ("act", "obstacles"),
    [
        (_leaves, {("changed", "Enrolment", 1)}),
        (_changes_class, {("changed", "Enrolment", 1)}),
        (_consents, {("depends", "Consent", 1)}),
        (_brings_a_paper, {("depends", "Clearance", 1)}),
        (_is_taught, {("depends", "Training", 1)}),
        (_withdraws, {("changed", "Consent", 1)}),
        (_approves, {("changed", "Pair", 1)}),
        (_pairs, {("depends", "Pair", 1)}),
        (_signs_up, {("depends", "User", 1)}),
        (_guards, {("depends", "Guardianship", 1)}),
        (_edits, {("changed", "Person", 1)}),
        (_imports_again, {("later", "ImportJob", 1)}),
        (_adds_pairs, {("depends", "Pair", 1)}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)  # fmt: skip
def test_what_stands_on_it_is_named_and_nothing_changes(
    actor: Actor, act: Callable[[], None], obstacles: set[tuple[str, str, int]]
) -> None:
    job = imported(
        actor, people_file(IVANOV, PETROV), pair_file(PAIR), consent_file([*IVANOV[:2], "сам", "02.09.2026"])
    )
    act()
    before = contents()
    assert found(job) == obstacles
    with pytest.raises(StandsOnImportError):
        undo_import(actor=actor, job_id=job.pk)
    assert contents() == before
    assert ImportJob.objects.get(pk=job.pk).state == ImportJob.State.DONE


def test_imports_are_taken_back_from_the_last_to_the_first(actor: Actor) -> None:
    before = contents()
    jobs = [
        imported(actor, people_file(IVANOV, PETROV)),
        imported(actor, pair_file([*PAIR[:7], "44-а", "05.09.2026"])),
        imported(actor, people_file([*IVANOV[:2], "10А", "", IVANOV[4]], file="новый.xlsx")),
    ]
    with pytest.raises(StandsOnImportError):
        undo_import(actor=actor, job_id=jobs[0].pk)
    for job in reversed(jobs):
        undo_import(actor=actor, job_id=job.pk)
    assert contents() == before


def test_nobody_else_may_and_an_unfinished_one_is_not_undone(actor: Actor) -> None:
    job = imported(actor, people_file(IVANOV))
    with pytest.raises(RefusedError):
        undo_import(actor=anonymous(), job_id=job.pk)
    ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.CHECKED)
    with pytest.raises(JobStateError):
        undo_import(actor=actor, job_id=job.pk)
    ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.DONE, is_journalled=False)
    job.refresh_from_db()
    assert found(job) == {("unknown", "ImportJob", 1)}


def test_taking_back_works_by_job_and_not_row_by_row(actor: Actor) -> None:
    job = imported(actor, people_file(*[[f"Иванов Иван{'ы' * n}", *IVANOV[1:]] for n in range(60)]))
    with CaptureQueriesContext(connection) as asked:
        undo_import(actor=actor, job_id=job.pk)
    assert len(asked) < 60


def test_every_column_is_printed_or_derived() -> None:
    for model, columns in WATCHED.items():
        if model in (PersonKind, SchoolClass):
            continue
        named = {field.attname for field in model._meta.concrete_fields}
        assert named == set(columns) | (named & DERIVED), model
        assert not set(columns) & DERIVED


def test_the_journal_is_small(actor: Actor) -> None:
    rows = [[f"Иванов Иван{'ы' * (n % 40)}", f"{n % 28 + 1:02}.0{n // 28 % 9 + 1}.2010", "9А", "", "01.09.2025"]
            for n in range(200)]  # fmt: skip
    job = imported(actor, people_file(*rows))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_column_size(t.*)) FROM imports_importtrace t WHERE job_id = %s", [job.pk])
        (size,) = cursor.fetchone()
    written = Person.objects.count() + PersonKind.objects.count() + Enrolment.objects.count()
    assert size < 40 * written


@pytest.mark.django_db
def test_the_pages(client_at: Callable[..., Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        job = imported(system_actor("test"), people_file(IVANOV, PETROV))
        _guards()
    address = f"/import/{job.pk}/"
    assert f"{address}undo/" in client.get(address).content.decode()
    text = client.get(f"{address}undo/").content.decode()
    assert "записаны представители или подопечные" in text
    assert "Петров Пётр" in text
    refused = client.post(f"{address}undo/")
    assert (refused.status_code, "отменить нельзя" in refused.content.decode()) == (200, True)
    with school(SCHOOL_A.schema):
        Guardianship.objects.filter(guardian__surname="Иванов").delete()
    assert "Новых людей" in client.get(f"{address}undo/").content.decode()
    done = client.post(f"{address}undo/", follow=True).content.decode()
    assert "в школе всё как до неё" in done
    assert "отменена" in done
    assert client.get(f"{address}undo/").status_code == 302
    assert "Загрузка отменена после записи" in client.get("/import/").content.decode()
    with school(SCHOOL_A.schema):
        assert not Person.objects.filter(surname__in=["Иванов", "Петров"]).exists()
        assert ImportFile.objects.filter(content__isnull=False).count() == 0
