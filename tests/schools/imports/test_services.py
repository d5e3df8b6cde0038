"""An import as a job, in the database: upload, columns, check, apply once, report, refusals."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from core.audit.models import AuditRecord
from core.authz import RefusedError, anonymous, system_actor
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import school
from schools.consents.models import Consent
from schools.imports.applying import apply_import, import_at_once
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.plan import NewOrder
from schools.imports.errors import AlreadyImportedError, FilesRefusedError, JobStateError
from schools.imports.models import ImportFile, ImportJob, ImportRow
from schools.imports.selectors import absentees_of, import_report, job_for
from schools.imports.services import (
    SheetChoice,
    Upload,
    cancel_import,
    check_import,
    is_silent,
    resume_import,
    set_layouts,
    start_import,
)
from schools.imports.tasks import apply_import_task, check_import_task
from schools.notifications.models import Notice
from schools.pairs.models import Order, Pair
from schools.people.keys import name_key, snils_key
from schools.people.models import Enrolment, Person, PersonKind, SchoolClass
from tests.schools.makers import actor_with
from tests.support.world import SCHOOL_B, TestSchool

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))["schools"]
HEADS = ["ФИО", "Дата рождения", "Класс", "СНИЛС", "Дата зачисления", "Дата выбытия"]


def uploads_of(code: str) -> list[Upload]:
    return [Upload(path.name, path.read_bytes()) for path in sorted((SAMPLES / code).glob("*.xlsx"))]


def pupils(*rows: list[str], name: str = "контингент.xlsx") -> Upload:
    table = Table("Обучающиеся", [Column(head) for head in HEADS], [row + [""] * (6 - len(row)) for row in rows])
    return Upload(name, write_workbook([table]))


IVANOV = ["Иванов Иван Иванович", "01.02.2014", "5А", "112-233-445 95", "01.09.2026"]
PETROV = ["Петров Пётр", "05.05.2013", "6 «Б»", "", "01.09.2026"]


@pytest.fixture
def actor(inside: None):
    return system_actor("test")


def counts() -> dict[str, int]:
    models = (Person, PersonKind, Enrolment, SchoolClass, Order, Pair, Consent)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.parametrize("code", ["sch01", "sch03", "sch04", "sch07"])
def test_a_sample_school_through_the_whole_import(actor, code: str) -> None:
    # The seeded people of the check stay out of the report: it speaks of imports only.
    job = start_import(actor=actor, uploads=uploads_of(code))
    assert job.state == ImportJob.State.COLUMNS
    before = counts()
    checked = check_import(actor=actor, job_id=job.pk)
    assert (checked.state, counts()) == (ImportJob.State.CHECKED, before)
    assert import_report() == {"rows_refused": [], "people": {"pupils": 0, "teachers": 0}, "pairs": 0, "consents": 0}

    done = apply_import(actor=actor, job_id=job.pk)

    assert done.state == ImportJob.State.DONE
    expected = {key: EXPECTED[code][key] for key in ("rows_refused", "people", "pairs", "consents")}
    assert import_report() == expected
    assert counts()["Pair"] - before["Pair"] == expected["pairs"]
    assert counts()["Consent"] - before["Consent"] == expected["consents"]
    assert done.counts["accepted"] > 50
    assert not ImportFile.objects.filter(content__isnull=False).exists()


def test_what_is_written_for_a_person(actor) -> None:
    import_at_once(actor=actor, uploads=[pupils(IVANOV, PETROV)])
    ivanov = Person.objects.get(surname="Иванов")
    assert (ivanov.name, ivanov.patronymic, ivanov.folded_name) == ("Иван", "Иванович", "иванов иван иванович")
    assert (ivanov.snils, ivanov.snils_key) == ("11223344595", snils_key("11223344595"))
    assert ivanov.name_key == name_key("иванов иван иванович", ivanov.birth_date)
    enrolment = ivanov.enrolments.get()
    assert (enrolment.kind, enrolment.admitted_on.isoformat(), enrolment.left_on) == ("pupil", "2026-09-01", None)
    room = Person.objects.get(surname="Петров").enrolments.get().school_class
    assert (room.title, room.grade, room.letter) == ("6Б", 6, "Б")
    assert list(ivanov.kinds.values_list("kind", flat=True)) == ["pupil"]


def test_a_newer_file_changes_adds_and_strikes_nobody_off(actor) -> None:
    import_at_once(actor=actor, uploads=[pupils(IVANOV, PETROV)])
    moved = [*IVANOV[:2], "6А", "", IVANOV[4], "20.10.2026"]
    job = import_at_once(actor=actor, uploads=[pupils(moved, ["Сидорова Анна", "03.03.2015", "4А", "", "01.09.2026"])])
    assert job is not None
    enrolment = Enrolment.objects.get(person__surname="Иванов")
    assert (enrolment.school_class.title, enrolment.left_on.isoformat()) == ("6А", "2026-10-20")
    assert Person.objects.filter(surname__in=["Иванов", "Петров", "Сидорова"]).count() == 3
    absent = absentees_of(job)
    assert "Петров" in [row.person.surname for row in absent]
    assert Enrolment.objects.get(person__surname="Петров").left_on is None
    assert (job.counts["people_new"], job.counts["enrolments_changed"]) == (1, 1)
    assert import_report()["people"] == {"pupils": 3, "teachers": 0}


def test_the_same_file_is_no_new_import(actor) -> None:
    assert import_at_once(actor=actor, uploads=uploads_of("sch04")) is not None
    before, report = counts(), import_report()
    assert import_at_once(actor=actor, uploads=uploads_of("sch04")) is None
    with pytest.raises(AlreadyImportedError):
        start_import(actor=actor, uploads=uploads_of("sch04"))
    assert (counts(), import_report(), ImportJob.objects.count()) == (before, report, 1)


def test_the_same_rows_in_another_file_change_nothing(actor) -> None:
    import_at_once(actor=actor, uploads=[pupils(IVANOV)])
    before = counts()
    job = import_at_once(actor=actor, uploads=[pupils(IVANOV, ["Итого: 1"], name="ещё.xlsx")])
    assert job is not None
    assert (counts(), job.counts["enrolments_changed"], job.counts["people_changed"]) == (before, 0, 0)
    assert import_report()["people"]["pupils"] == 1
    assert [row["why"] for row in import_report()["rows_refused"]] == ["total_line_ignored"]


def test_two_drafts_of_one_file_are_applied_once(actor) -> None:
    # One file, not one made twice: a workbook holds the second in which it was made.
    upload = pupils(IVANOV)
    drafts = [start_import(actor=actor, uploads=[upload]) for _ in range(2)]
    for draft in drafts:
        check_import(actor=actor, job_id=draft.pk)
    assert apply_import(actor=actor, job_id=drafts[0].pk).state == ImportJob.State.DONE
    assert apply_import(actor=actor, job_id=drafts[0].pk).state == ImportJob.State.DONE
    with pytest.raises(AlreadyImportedError):
        apply_import(actor=actor, job_id=drafts[1].pk)
    assert job_for(actor=actor, job_id=drafts[1].pk).state == ImportJob.State.CANCELLED
    assert Person.objects.filter(surname="Иванов").count() == 1


def test_wrong_files_are_refused_as_a_whole(actor) -> None:
    with pytest.raises(FilesRefusedError) as refused:
        start_import(actor=actor, uploads=[pupils(IVANOV), Upload("старый.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")])
    assert [(fault.file, fault.code) for fault in refused.value.faults] == [("старый.xls", "old_excel")]
    assert "Сохранить как" in refused.value.faults[0].sentence
    empty = write_workbook([Table("Лист1", [Column("Привет")], [])])
    with pytest.raises(FilesRefusedError) as refused:
        start_import(actor=actor, uploads=[Upload("пусто.xlsx", empty)])
    assert refused.value.faults[0].code == "nothing_recognised"
    assert ImportJob.objects.count() == 0


def test_columns_can_be_corrected_before_the_check(actor) -> None:
    table = Table("Список", [Column("Ребята ФИО"), Column("Родились"), Column("Пришли"), Column("Класс")],
                  [["Иванов Иван", "01.02.2014", "01.09.2026", "5А"]])  # fmt: skip
    job = start_import(actor=actor, uploads=[Upload("с.xlsx", write_workbook([table]))])
    file = job.files.get()
    assert file.layouts[0]["columns"] == {"full_name": 0, "birth_date": 1, "class_name": 3}
    choice = SheetChoice(SheetKind.PUPILS, 1, {"admitted_on": 2, "class_name": None, "left_on": 99})
    set_layouts(actor=actor, job_id=job.pk, choices={(file.pk, 0): choice})
    file.refresh_from_db()
    assert file.layouts[0]["columns"] == {"full_name": 0, "birth_date": 1, "admitted_on": 2}
    check_import(actor=actor, job_id=job.pk)
    apply_import(actor=actor, job_id=job.pk)
    assert Enrolment.objects.get(person__surname="Иванов").school_class is None


def test_a_sheet_can_be_left_out_and_read_as_something_else(actor) -> None:
    job = start_import(actor=actor, uploads=[pupils(IVANOV)])
    file = job.files.get()
    set_layouts(actor=actor, job_id=job.pk, choices={(file.pk, 0): SheetChoice(None, 1, {})})
    assert check_import(actor=actor, job_id=job.pk).counts["accepted"] == 0
    set_layouts(actor=actor, job_id=job.pk, choices={(file.pk, 0): SheetChoice(SheetKind.TEACHERS, 1, {})})
    assert check_import(actor=actor, job_id=job.pk).counts["accepted"] == 1
    apply_import(actor=actor, job_id=job.pk)
    assert Enrolment.objects.get(person__surname="Иванов").kind == "teacher"


def test_acts_out_of_turn_are_refused(actor) -> None:
    job = start_import(actor=actor, uploads=[pupils(IVANOV)])
    with pytest.raises(JobStateError):
        apply_import(actor=actor, job_id=job.pk)
    cancel_import(actor=actor, job_id=job.pk)
    for act in (check_import, apply_import, cancel_import):
        with pytest.raises(JobStateError):
            act(actor=actor, job_id=job.pk)
    with pytest.raises(JobStateError):
        set_layouts(actor=actor, job_id=job.pk, choices={})
    assert not Person.objects.filter(surname="Иванов").exists()
    assert ImportFile.objects.get(job=job).content is None
    with pytest.raises(Http404):
        check_import(actor=actor, job_id=uuid4())


def test_a_cancelled_or_forgotten_import_keeps_nobody(actor) -> None:
    def checked() -> ImportJob:
        job = start_import(actor=actor, uploads=[pupils(["Сидоров", "", "5А"], IVANOV)])
        check_import(actor=actor, job_id=job.pk)
        assert ImportRow.objects.get(job=job).cells
        return job

    cancelled, old, fresh = checked(), checked(), checked()
    cancel_import(actor=actor, job_id=cancelled.pk)
    ImportJob.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    start_import(actor=actor, uploads=[pupils(PETROV)])
    assert job_for(actor=actor, job_id=old.pk).state == ImportJob.State.CANCELLED
    assert set(ImportRow.objects.values_list("job", flat=True)) == {fresh.pk}
    left = ImportFile.objects.filter(job__in=[cancelled.pk, old.pk], content__isnull=False)
    assert not left.exists()


def test_nobody_else_may(actor) -> None:
    job = start_import(actor=actor, uploads=[pupils(IVANOV)])
    visitor = anonymous()
    for act in (check_import, apply_import, cancel_import):
        with pytest.raises(RefusedError):
            act(actor=visitor, job_id=job.pk)
    with pytest.raises(RefusedError):
        start_import(actor=visitor, uploads=[pupils(PETROV)])
    with pytest.raises(Http404):
        job_for(actor=visitor, job_id=job.pk)
    assert apply_import(actor=actor, job_id=check_import(actor=actor, job_id=job.pk).pk).state == ImportJob.State.DONE


def test_each_act_leaves_one_audit_row_without_names(actor) -> None:
    def acts() -> list[str]:
        return list(
            AuditRecord.objects.filter(action__startswith="imports.").order_by("at").values_list("action", flat=True)
        )

    job = start_import(actor=actor, uploads=[pupils(IVANOV)])
    check_import(actor=actor, job_id=job.pk)
    apply_import(actor=actor, job_id=job.pk)
    assert acts() == ["imports.started", "imports.applied"]
    assert "Иванов" not in json.dumps(list(AuditRecord.objects.values_list("details", flat=True)), ensure_ascii=False)


@pytest.fixture
def in_worker(actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every file for a long one."""
    monkeypatch.setattr("schools.imports.services.ROWS_WHILE_WAITING", 1)
    monkeypatch.setattr("schools.imports.applying.ROWS_WHILE_WAITING", 1)


def test_long_files_go_to_the_worker(in_worker) -> None:
    coordinator = actor_with("coordinator")
    job = start_import(actor=coordinator, uploads=[pupils(IVANOV, PETROV)])
    assert check_import(actor=coordinator, job_id=job.pk).state == ImportJob.State.CHECKING
    check_import_task.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.progress_done, job.progress_total) == (ImportJob.State.CHECKED, 3, 3)
    assert apply_import(actor=coordinator, job_id=job.pk).state == ImportJob.State.APPLYING
    for _ in range(3):
        apply_import_task.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.confirmed_by) == (ImportJob.State.DONE, coordinator.pk)
    assert Person.objects.filter(surname__in=["Иванов", "Петров"]).count() == 2
    assert AuditRecord.objects.get(action="imports.applied").actor_id == coordinator.pk
    assert told_of(job) == [(coordinator.pk, "import-checked"), (coordinator.pk, "imported")]


def told_of(job: ImportJob) -> list[tuple[object, str]]:
    return list(Notice.objects.filter(about=job.pk).order_by("at").values_list("user", "news"))


def broken(*_args: object) -> None:
    raise RuntimeError


def test_an_error_while_writing_changes_nothing(actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start_import(actor=actor, uploads=[pupils(IVANOV)])
    check_import(actor=actor, job_id=job.pk)
    monkeypatch.setattr("schools.imports.applying.keep_result", broken)
    with pytest.raises(RuntimeError):
        apply_import(actor=actor, job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ImportJob.State.CHECKED
    assert not Person.objects.filter(surname="Иванов").exists()
    monkeypatch.undo()
    assert apply_import(actor=actor, job_id=job.pk).state == ImportJob.State.DONE


def test_an_error_in_the_worker_is_seen_and_changes_nothing(in_worker, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator = actor_with("coordinator")
    job = start_import(actor=coordinator, uploads=[pupils(IVANOV)])
    check_import(actor=coordinator, job_id=job.pk)
    check_import_task.run(str(job.pk))
    apply_import(actor=coordinator, job_id=job.pk)
    monkeypatch.setattr("schools.imports.applying.write_plan", broken)
    with pytest.raises(RuntimeError):
        apply_import_task.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == ImportJob.State.FAILED
    assert told_of(job)[-1] == (coordinator.pk, "import-stopped")
    assert not Person.objects.filter(surname="Иванов").exists()
    assert check_import(actor=coordinator, job_id=job.pk).state == ImportJob.State.CHECKING


def test_an_import_whose_worker_died_is_taken_up_again(in_worker) -> None:
    coordinator = actor_with("coordinator")
    job = start_import(actor=coordinator, uploads=[pupils(IVANOV)])
    check_import(actor=coordinator, job_id=job.pk)
    with pytest.raises(JobStateError):
        resume_import(actor=coordinator, job_id=job.pk)
    ImportJob.objects.update(worked_at=timezone.now() - timedelta(minutes=10))
    assert resume_import(actor=coordinator, job_id=job.pk).state == ImportJob.State.CHECKING
    assert not is_silent(job_for(actor=coordinator, job_id=job.pk))
    check_import_task.run(str(job.pk))
    with pytest.raises(JobStateError):
        resume_import(actor=coordinator, job_id=job.pk)


def test_files_that_nobody_confirmed_are_forgotten(actor) -> None:
    old = start_import(actor=actor, uploads=[pupils(IVANOV)])
    ImportJob.objects.update(created_at=timezone.now() - timedelta(days=8))
    kept = start_import(actor=actor, uploads=[pupils(PETROV)])
    assert job_for(actor=actor, job_id=old.pk).state == ImportJob.State.CANCELLED
    assert ImportFile.objects.get(job=old).content is None
    assert ImportFile.objects.get(job=kept).content is not None


def test_too_much_at_once_is_refused(actor) -> None:
    for uploads, code in (
        ([pupils(IVANOV, name=f"{n}.xlsx") for n in range(11)], "too_many_files"),
        ([Upload("а.xlsx", b"x" * 31 * 1024 * 1024)], "too_many_bytes"),
    ):
        with pytest.raises(FilesRefusedError) as refused:
            start_import(actor=actor, uploads=uploads)
        assert [fault.code for fault in refused.value.faults] == [code]


def test_a_school_keeps_only_so_much_in_unfinished_imports(actor, settings) -> None:
    first = start_import(actor=actor, uploads=[pupils(IVANOV)])
    settings.SCHOOL_STORED_UPLOADS_BYTES = ImportFile.objects.get(job=first).size_bytes + 1
    with pytest.raises(FilesRefusedError) as refused:
        start_import(actor=actor, uploads=[pupils(PETROV)])
    assert [fault.code for fault in refused.value.faults] == ["no_room_for_files"]
    cancel_import(actor=actor, job_id=first.pk)
    settings.SCHOOL_STORED_UPLOADS_BYTES *= 2
    start_import(actor=actor, uploads=[pupils(PETROV)])


def test_two_files_of_one_name_are_told_apart(actor) -> None:
    job = import_at_once(actor=actor, uploads=[pupils(IVANOV), pupils(["Дурново"], PETROV)])
    assert job is not None
    assert sorted(job.files.values_list("name", flat=True)) == ["(2) контингент.xlsx", "контингент.xlsx"]
    assert ImportRow.objects.get(job=job, is_refused=True).code == "no_name"


def test_refused_rows_keep_their_cells(actor) -> None:
    job = start_import(actor=actor, uploads=[pupils(["Дурново", "01.02.2014"], IVANOV)])
    check_import(actor=actor, job_id=job.pk)
    row = ImportRow.objects.get(job=job, is_refused=True)
    assert (row.file, row.sheet, row.row, row.code) == ("контингент.xlsx", "Обучающиеся", 2, "no_name")
    assert row.cells[:2] == ["Дурново", "01.02.2014"]


def test_another_school_knows_nothing_of_it(actor, in_school: Callable[[TestSchool], None]) -> None:
    import_at_once(actor=actor, uploads=[pupils(IVANOV)])
    with school(SCHOOL_B.schema):
        assert ImportJob.objects.count() == 0
        assert import_report()["people"] == {"pupils": 0, "teachers": 0}
        assert import_at_once(actor=system_actor("test"), uploads=[pupils(IVANOV)]) is not None


def test_control_characters_and_long_texts_do_not_break_the_import(actor) -> None:
    rows = [
        ["Иванов\x00 Иван\x07", "01.02.2014", "к" * 50, "", "01.09.2026"],
        ["Я" * 150 + " Иван", "01.02.2014", "5А", "", "01.09.2026"],
    ]
    job = import_at_once(actor=actor, uploads=[pupils(*rows)])
    assert job is not None
    assert job.counts["people_new"] == 2
    assert Person.objects.filter(surname="Иванов", name="Иван").exists()


def test_a_row_that_a_form_added_meanwhile_is_found_by_a_second_plan(actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from schools.imports import applying

    job = check_import(actor=actor, job_id=start_import(actor=actor, uploads=[pupils(IVANOV)]).pk)
    plans = []

    def plan_and_be_overtaken(read):
        plan = applying_plan_of(read)
        if not plans:
            plan.orders.append(NewOrder(SchoolClass.objects.first().pk, "7", None))
            Order.objects.create(number="7", signed_on=None, created_at=timezone.now())
        plans.append(plan)
        return plan

    applying_plan_of = applying.plan_of
    monkeypatch.setattr(applying, "plan_of", plan_and_be_overtaken)
    assert apply_import(actor=actor, job_id=job.pk).state == ImportJob.State.DONE
    assert len(plans) == 2
    assert Person.objects.filter(surname="Иванов", name="Иван").count() == 1


def test_a_second_enrolment_beside_an_open_one_is_remarked(actor) -> None:
    import_at_once(actor=actor, uploads=[pupils(IVANOV)])
    again = [*IVANOV[:4], "10.11.2026"]
    job = import_at_once(actor=actor, uploads=[pupils(again, name="снова.xlsx")])
    assert job is not None
    assert Enrolment.objects.filter(person__surname="Иванов").count() == 2
    assert list(ImportRow.objects.filter(job=job).values_list("code", flat=True)) == ["still_enrolled"]
