"""The programme year: started, copied, kept and marked by the right people; pages cost the same whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.authz import RefusedError
from core.tenancy import region, school
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from schools.programme import year_services as services
from schools.programme import year_words, years
from schools.programme.home import NextStep, next_step, numbers, year_at_hand
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_services import TaskData, YearData
from tenants.reference.models import Profile
from tenants.reference.products import Product, register_products
from tests.schools.makers import TODAY, actor_with, audited, make_person
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
inside = [pytest.mark.usefixtures("inside"), pytest.mark.urls("config.urls.school")]
State = ProgrammeTask.State
FIRST = date(2026, 9, 1)


def started(**changes: object) -> ProgrammeYear:
    data = YearData(**{"starts_on": FIRST, **changes})  # type: ignore[arg-type]
    return services.start_year(actor=actor_with("coordinator"), data=data, profiles=["r-145"])


def codes(error: pytest.ExceptionInfo[FaultyActError]) -> list[str]:
    return [fault.code for fault in error.value.faults]


def step_on(actor: object, day: date, year: ProgrammeYear | None, **more: object) -> NextStep:
    """Return the next step on a day, with the people and pairs of today."""
    stages = years.stages_of(actor, year) if year else None
    step = next_step(actor, numbers(actor, TODAY), year=year_at_hand(stages, day, year=year, **more))
    assert step is not None
    return step


class TestStarting:
    pytestmark = inside

    def test_one_profile_or_both_become_stages_in_order(self):
        year = started()
        assert (year.title, year.profiles[0]["base_word"]) == ("Программа 2026/27", "base")
        stages = years.stages_of(actor_with("director"), year)
        assert [row.number for row in stages] == list(range(1, 8))
        assert stages[4].title == "Формирование наставнических пар / групп"
        both = services.start_year(
            actor=actor_with("director"), data=YearData(starts_on=date(2027, 1, 12)), profiles=["az-1128", "r-145"]
        )
        assert [row.profile for row in years.stages_of(actor_with("director"), both)] == ["r-145"] * 7 + ["az-1128"] * 7
        assert [row.title for row in both.tasks.all()][-1] == "Рассказать о лучших практиках"

    def test_a_copy_keeps_who_works_here_and_begins_anew(self):
        year = started()
        task = year.tasks.get(title="Утвердить пары приказом")
        gone = make_person("Ушедший Педагог", date(1970, 1, 1), ("teacher",))
        ProgrammeTask.objects.filter(pk=task.pk).update(
            responsible=[world.MENTOR, gone.pk], due_on=date(2028, 2, 29), state=State.DONE, note="готово"
        )
        gone.enrolments.update(left_on=FIRST)
        copy = services.start_year(
            actor=actor_with("director"), data=YearData(starts_on=date(2027, 9, 1), title="Новый"), copy_of=year.pk
        )
        again = copy.tasks.get(title=task.title)
        assert (again.responsible, again.due_on, again.state, again.note) == (
            [world.MENTOR], date(2029, 2, 28), State.TODO, "",
        )  # fmt: skip
        assert (copy.profiles, copy.copied_from, copy.tasks.count()) == (year.profiles, year.pk, year.tasks.count())
        assert year.tasks.get(pk=task.pk).state == State.DONE

    @pytest.mark.parametrize(
        ("profiles", "copied", "data", "code"),
        [
            ([], False, {}, "nothing_to_start_from"),
            (["nonsense"], False, {}, "nothing_to_start_from"),
            (["r-145"], True, {}, "nothing_to_start_from"),
            (["r-145"], False, {"ends_on": date(2027, 8, 31)}, "bad_period"),
            (["r-145"], False, {"starts_on": FIRST}, "year_taken"),
        ],
    )
    def test_what_is_wrong_is_said(self, profiles, copied, data, code):
        year = started()
        new = YearData(**{"starts_on": date(2027, 9, 1), **data})
        with pytest.raises(FaultyActError) as error:
            services.start_year(
                actor=actor_with("director"), data=new, profiles=profiles, copy_of=year.pk if copied else None
            )
        assert codes(error) == [code]
        assert ProgrammeYear.objects.count() == 1

    def test_a_profile_is_added_to_a_year_that_goes_on(self):
        year, director = started(), actor_with("director")
        marked = year.tasks.first()
        services.mark_task(actor=director, task_id=marked.pk, state="done")
        services.add_task(actor=director, year_id=year.pk, data=TaskData(title="Стенд", stage=None, new_stage="Своё"))
        before = list(year.tasks.values_list("pk", "state", "stage_number"))
        for wrong in (["r-145"], ["nonsense"], []):
            with pytest.raises(FaultyActError) as error:
                services.add_profiles(actor=director, year_id=year.pk, profiles=wrong)
            assert codes(error) == ["nothing_to_add"]
        with pytest.raises(RefusedError):
            services.add_profiles(actor=actor_with("curator", "pupil-pupil"), year_id=year.pk, profiles=["az-1128"])
        year = services.add_profiles(actor=director, year_id=year.pk, profiles=["az-1128", "r-145"])
        assert [row["code"] for row in year.profiles] == ["r-145", "az-1128"]
        assert list(year.tasks.values_list("pk", "state", "stage_number"))[: len(before)] == before
        stages = years.stages_of(director, year)
        assert [(row.number, row.profile) for row in stages] == [
            *((number, "r-145") for number in range(1, 8)), (8, ""), *((number, "az-1128") for number in range(9, 16)),
        ]  # fmt: skip
        assert services.profiles_to_add(year) == []
        assert audited()[-1] == ("programme.profiles_added", str(year.pk))

    def test_the_year_of_a_day(self):
        director = actor_with("director")
        assert years.current_year(director, FIRST) is None
        year, later = started(starts_on=date(2026, 10, 1)), started(starts_on=date(2027, 9, 1))
        assert [years.current_year(director, day) for day in (FIRST, date(2027, 6, 1), date(2027, 9, 1))] == [
            year, year, later,
        ]  # fmt: skip

    def test_only_a_year_in_which_nothing_has_begun_is_deleted(self):
        year, director = started(), actor_with("director")
        services.mark_task(actor=director, task_id=year.tasks.first().pk, state="done")
        with pytest.raises(FaultyActError):
            services.discard_year(actor=director, year_id=year.pk)
        services.mark_task(actor=director, task_id=year.tasks.first().pk, state="todo")
        services.discard_year(actor=director, year_id=year.pk)
        assert not ProgrammeTask.objects.exists()
        assert [action for action, _ in audited()][-1] == "programme.year_discarded"


class TestTasks:
    pytestmark = inside

    def test_own_tasks_are_added_moved_and_removed(self):
        year, director = started(), actor_with("director")
        data = TaskData(title="Сделать стенд", stage=7, responsible=[world.MENTOR, world.MENTOR], product="orders")
        task = services.add_task(actor=director, year_id=year.pk, data=data)
        assert (task.is_own, task.position, task.responsible) == (True, 7, [world.MENTOR])
        services.edit_task(actor=director, task_id=task.pk, data=replace(data, stage=None, new_stage="Своё"))
        assert years.stages_of(director, year)[-1].title == "Своё"
        services.remove_task(actor=director, task_id=task.pk)
        with pytest.raises(FaultyActError) as error:
            services.remove_task(actor=director, task_id=year.tasks.first().pk)
        assert codes(error) == ["task_of_profile"]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"stage": 99}, "no_stage"),
            ({"stage": None}, "no_stage"),
            ({"responsible": [world.MENTEE]}, "not_working_here"),
            ({"responsible": [uuid4()]}, "not_working_here"),
        ],
    )
    def test_faulty_tasks_are_refused(self, changes, code):
        year = started()
        with pytest.raises(FaultyActError) as error:
            services.add_task(
                actor=actor_with("director"), year_id=year.pk, data=TaskData(**{"title": "Дело", "stage": 1, **changes})
            )
        assert codes(error) == [code]

    def test_stages_never_lock_and_what_is_not_needed_does_not_count(self):
        year, director = started(), actor_with("director")
        last, first = year.tasks.last(), year.tasks.first()
        services.mark_task(actor=director, task_id=last.pk, state="done")
        services.mark_task(actor=director, task_id=first.pk, state="skip")
        stages = years.stages_of(director, year)
        assert [year_words.progress_of(stages[number]) for number in (0, 6)] == ["0 из 4", "1 из 6"]
        assert first.title not in [row.title for row in year_words.roadmap(stages, {}, TODAY)]

    def test_the_roadmap_is_folded_but_for_the_stage_of_the_next_step(self):
        year, director = started(), actor_with("director")
        task = next(task for task in year.tasks.all() if task.stage_number == 3)
        services.mark_task(actor=director, task_id=task.pk, state="work")
        stages = years.stages_of(director, year)
        step = year_at_hand(stages, FIRST).next
        shown = year_words.roadmap_stages(year, stages, {}, FIRST, next_task=step, is_whole=False)
        assert [stage.key for stage in shown if stage.is_open] == ["stage-3"]
        assert (len(shown), {stage.shelf for stage in shown}) == (7, {""})
        assert sum(len(stage.rows) for stage in shown) == len(year_words.roadmap(stages, {}, FIRST))
        # Somebody's few tasks, and what a link asks for, are not folded.
        few = year_words.roadmap_stages(year, stages[:1], {}, FIRST, next_task=step, is_whole=False)
        whole = year_words.roadmap_stages(year, stages, {}, FIRST, next_task=step, is_whole=True)
        assert all(stage.is_open for stage in (*few, *whole))

    def test_who_is_responsible_marks_and_nobody_else(self):
        year = started()
        own, other = year.tasks.all()[:2]
        ProgrammeTask.objects.filter(pk=own.pk).update(responsible=[world.MENTOR])
        teacher = actor_with("class_teacher", str(world.CLASS), person_id=world.MENTOR)
        assert [row.pk for stage in years.stages_of(teacher, year) for row in stage.tasks] == [own.pk]
        assert services.mark_task(actor=teacher, task_id=own.pk, state="work", note="начали").note == "начали"
        with pytest.raises(Http404):
            services.mark_task(actor=teacher, task_id=other.pk, state="done")
        curator = actor_with("curator", "pupil-pupil")
        with pytest.raises(RefusedError):
            services.mark_task(actor=curator, task_id=other.pk, state="done")
        with pytest.raises(RefusedError):
            services.edit_task(actor=teacher, task_id=own.pk, data=TaskData(title="x", stage=1))
        for stranger in (actor_with("mentor"), actor_with("parent")):
            with pytest.raises(Http404):
                years.task_for(actor=stranger, task_id=own.pk)
        assert set(ProgrammeTask.objects.exclude(pk=own.pk).values_list("state", flat=True)) == {State.TODO}

    def test_a_page_that_no_app_has_is_words_without_a_link(self):
        director = actor_with("director")
        assert year_words.address_of(director, "orders") == "/orders/"
        assert year_words.address_of(actor_with("mentor"), "orders") == ""
        assert year_words.address_of(director, "no-such") == ""
        register_products(Product("elsewhere", "нигде", "no:such", "orders.view"))
        assert year_words.address_of(director, "elsewhere") == ""

    def test_a_merge_and_a_card_that_is_gone(self):
        year = started()
        first, second = (make_person("Иванов Иван", date(1980, 1, 1), ("teacher",)) for _ in range(2))
        ProgrammeTask.objects.update(responsible=[second.pk, first.pk])
        merge_people(actor=actor_with("director"), kept_id=first.pk, gone_id=second.pk, from_gone=())
        task = year.tasks.first()
        assert task.responsible == [first.pk]
        assert years.names_of([task]) == {first.pk: first.full_name}


class TestNextStep:
    pytestmark = inside

    def test_the_year_speaks_when_the_data_are_well(self):
        director = actor_with("director")

        def step_of(year: ProgrammeYear | None, missing: int = 0) -> NextStep:
            stages = years.stages_of(director, year) if year else None
            step = next_step(director, numbers(director, TODAY), missing=missing, year=year_at_hand(stages, TODAY))
            assert step is not None
            return step

        def title(year: ProgrammeYear | None, missing: int = 0) -> str:
            return step_of(year, missing).title

        def hint(year: ProgrammeYear | None, missing: int = 0) -> str:
            return step_of(year, missing).hint

        before = title(None)
        assert before == "Начните год программы"
        year = started()
        assert title(year) == "Изучить методологию и собрать образцы документов"
        # The target does not hide what is to be done for it.
        assert (title(year, missing=5), hint(year, missing=5)) == (
            title(year),
            f"{hint(year)}. До цели не хватает: 5 чел.",
        )
        late = year.tasks.get(title="Обучить наставников")
        ProgrammeTask.objects.filter(pk=late.pk).update(due_on=date(2026, 11, 1))
        assert title(year, missing=5) == "Обучить наставников"

    def test_before_there_is_a_pair_the_year_says_what_comes_first(self):
        Pair.objects.all().delete()
        director, year = actor_with("director"), started()
        assert step_on(director, TODAY, None).title == "Составьте первую пару"
        assert step_on(director, TODAY, year).title == "Изучить методологию и собрать образцы документов"
        tasks = list(year.tasks.all())
        # What by the data is done waits for its mark in the list, and is nobody's next step.
        step = step_on(director, TODAY, year, offered={task.pk for task in tasks[:2]})
        assert (step.title, step.label) == (tasks[2].title, "Открыть дело")
        services.mark_task(actor=director, task_id=tasks[5].pk, state="work")
        assert step_on(director, TODAY, year).title == tasks[5].title

    def test_a_year_that_lies_behind_is_followed_by_another(self):
        director, curator = actor_with("director"), actor_with("curator", "teacher-pupil")
        year = started(ends_on=date(2027, 5, 31))
        ProgrammeTask.objects.filter(year=year, stage_number__lt=7).update(state=State.DONE)
        last = year.tasks.filter(stage_number=7).first()
        # What is left can be finished for a month; then, and from September anyway, a new year is begun.
        for day, expected in (
            (date(2027, 5, 31), last.title),
            (date(2027, 6, 20), last.title),
            (date(2027, 7, 2), "Начните новый год программы"),
            (date(2027, 9, 1), "Начните новый год программы"),
        ):
            assert step_on(director, day, years.current_year(director, day)).title == expected
        assert step_on(curator, date(2027, 9, 1), year).title == "Составьте пару"
        ProgrammeTask.objects.update(state=State.DONE)
        assert step_on(director, date(2027, 6, 1), year).title == "Начните новый год программы"
        # Without a last day it is the school year that ends it, and one that was begun in May is of the year ahead.
        endless = ProgrammeYear(starts_on=FIRST)
        assert [years.is_over(endless, day) for day in (date(2027, 8, 31), date(2027, 9, 1))] == [False, True]
        assert not years.is_over(ProgrammeYear(starts_on=date(2027, 5, 10)), date(2028, 8, 31))
        coming = services.start_year(actor=director, data=YearData(starts_on=date(2027, 9, 1)), copy_of=year.pk)
        assert [years.current_year(director, day) for day in (date(2027, 5, 31), date(2027, 6, 1))] == [year, coming]

    def test_a_copy_of_a_year_begun_in_winter_moves_its_days_too(self):
        year, director = started(starts_on=date(2027, 1, 12)), actor_with("director")
        ProgrammeTask.objects.filter(pk=year.tasks.first().pk).update(due_on=date(2027, 5, 25))
        data = YearData(starts_on=date(2027, 9, 1))
        copy = services.start_year(actor=director, data=data, copy_of=year.pk)
        assert copy.tasks.first().due_on == date(2028, 5, 25)

    def test_a_class_teacher_sees_his_own_task(self):
        year = started()
        teacher = actor_with("class_teacher", str(world.CLASS), person_id=world.MENTOR)
        found = numbers(teacher, TODAY)
        own = year.tasks.last()
        ProgrammeTask.objects.filter(pk=own.pk).update(responsible=[world.MENTOR])
        well = replace(found, consented=found.enrolled)
        step = next_step(teacher, well, year=year_at_hand(years.stages_of(teacher, year), TODAY))
        assert step is not None
        assert (step.title, step.url) == (own.title, f"/programme/tasks/{own.pk}/")


def test_a_later_version_of_the_profile_leaves_a_running_year_alone():
    with school(SCHOOL_A.schema):
        year = started()
    with region():
        Profile.objects.filter(code="r-145").update(stages=[], version=2)
    with school(SCHOOL_A.schema):
        assert year.tasks.count() > 30
        assert year.profiles[0]["version"] == 1


@pytest.fixture
def director(client_at: Callable[[str], Client]) -> Client:
    return sign_in(client_at, SCHOOL_A, "director")


def test_a_year_from_the_first_button_to_the_workbook(director: Client):
    assert "ещё не начат" in director.get("/programme/").content.decode()
    answer = director.post("/programme/start/", {"starts_on": "2026-09-01", "profiles": ["r-145"]})
    page = director.get(answer["Location"]).content.decode()
    assert "Формирование базы наставляемых" in page
    assert "редакция 1" in page
    assert "судя по данным, сделано" in page
    with school(SCHOOL_A.schema):
        year = ProgrammeYear.objects.get()
        task = year.tasks.get(product="orders")
    form = {"title": task.title, "stage": 5, "responsible_2": world.MENTOR, "due_on": "2026-09-30", "product": "orders"}
    address = f"/programme/tasks/{task.pk}/"
    with school(SCHOOL_A.schema):
        crowd = [make_person(f"Педагог Имя{n}", date(1980, 1, 1), ("teacher",)).pk for n in range(4)]
        ProgrammeTask.objects.filter(pk=task.pk).update(responsible=crowd)
    assert director.post(f"{address}edit/", form)["Location"] == address
    with school(SCHOOL_A.schema):
        # The form has three places; who stands beyond them was set by a programme and stays.
        assert ProgrammeTask.objects.get(pk=task.pk).responsible == [world.MENTOR, crowd[3]]
    page = director.get(address).content.decode()
    assert "Срок прошёл" in page
    assert "Судя по данным, дело сделано" in page
    assert director.post(f"{address}mark/", {"state": "done"}).status_code == 302
    assert "Судя по данным" not in director.get(address).content.decode()
    assert director.post(f"{address}mark/", {"state": "nonsense"}).status_code == 200
    home = director.get("/").content.decode()
    assert "1 из 6" in home
    book = load_workbook(BytesIO(director.get(f"/programme/years/{year.pk}/roadmap/file/").content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert SCHOOL_A.surname in next(row for row in rows if task.title in row)[4]
    with school(SCHOOL_A.schema):
        assert [action for action, _ in audited()][-1] == "programme.roadmap_exported"
    more = f"/programme/years/{year.pk}/profiles/"
    assert more in director.get("/programme/").content.decode()
    assert director.post(more, {"profiles": "nonsense"}).context["form"].errors.keys() == {"profiles"}
    added = director.post(more, {"profiles": ["az-1128"]}, follow=True).content.decode()
    assert ("Профиль добавлен." in added, more in added) == (True, False)


def test_pages_with_names_leave_one_record_and_cost_the_same(director: Client):
    with school(SCHOOL_A.schema):
        year = started()
        task = year.tasks.first()
    expected = {
        "/programme/": (20, None),
        f"/programme/years/{year.pk}/roadmap/": (7, "programme.roadmap_viewed"),
        f"/programme/tasks/{task.pk}/": (12, "programme.task_viewed"),
        f"/programme/tasks/{task.pk}/edit/": (7, "programme.task_viewed"),
        f"/programme/years/{year.pk}/tasks/new/": (7, "programme.year_viewed"),
    }
    expected["/"] = (_home_with_a_year(director), None)
    found: dict[str, list[int]] = {path: [] for path in expected}
    for more in (0, 40):
        with school(SCHOOL_A.schema):
            people = [make_person(f"Педагог Имя{n}", date(1980, 1, 1), ("teacher",)).pk for n in range(more // 8)]
            ProgrammeTask.objects.update(responsible=[world.MENTOR, *people])
            position = 50
            for number in range(more):
                task_more = replace_task(task, position + number)
                task_more.save(force_insert=True)
        for path, (_queries, action) in expected.items():
            with school(SCHOOL_A.schema):
                before = len(audited())
            with CaptureQueriesContext(connection) as queries:
                assert director.get(path).status_code == 200
            found[path].append(len(queries))
            with school(SCHOOL_A.schema):
                assert [said for said, _ in audited()][before:] == ([action] if action else [])
    assert found == {path: [queries] * 2 for path, (queries, _action) in expected.items()}


def test_in_september_the_home_page_shows_no_finished_list(director: Client, monkeypatch: pytest.MonkeyPatch):
    with school(SCHOOL_A.schema):
        year = started(ends_on=date(2027, 5, 31))
    assert "Программа 2026/27" in director.get("/").content.decode()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: date(2027, 9, 1))
    home = director.get("/")
    assert (home.context["step"].url, home.context["year"]) == ("/programme/start/", None)
    assert "Этот год уже позади" in director.get("/programme/").content.decode()
    form = director.get("/programme/start/").context["form"]
    assert (form["copy_of"].value(), form["starts_on"].value(), form["ends_on"].value()) == (
        str(year.pk), date(2027, 9, 1), date(2028, 5, 31),
    )  # fmt: skip


def _home_with_a_year(director: Client) -> int:
    """Return what home costs with a small year: its whole count is pinned beside the other lists."""
    director.get("/")  # reads the reference data once
    with CaptureQueriesContext(connection) as queries:
        director.get("/")
    return len(queries)


def replace_task(task: ProgrammeTask, position: int) -> ProgrammeTask:
    names = ("stage_number", "stage", "profile", "title", "responsible", "updated_at", "year_id")
    return ProgrammeTask(position=position, **{name: getattr(task, name) for name in names})
