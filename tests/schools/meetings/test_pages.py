"""Pages of meetings: four fields, a double send, conflicts shown, who sees how much, the log as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.tenancy import school
from schools.meetings import selectors
from schools.meetings.models import Meeting, Plan
from schools.pairs.models import Group, Pair
from schools.people.models import Enrolment, Guardianship
from tests.schools.makers import TODAY, actor_with, audited, make_order, make_pair, make_person, search
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PAIR = f"/meetings/pair/{world.PAIR}/"
LOGGED = {"held_on": "2026-11-20", "kind": "", "result": "Познакомились", "act": "held"}


@pytest.fixture
def mentor(client_at: Callable[[str], Client]) -> Client:
    return sign_in(client_at, SCHOOL_A, "mentor", person_id=world.MENTOR)


def in_school() -> Any:
    return school(SCHOOL_A.schema)


def test_a_mentor_of_one_pair_sends_three_fields_once(mentor: Client):
    page = mentor.get("/meetings/new/")
    form = page.context["form"]
    assert [field.name for field in form.visible_fields()] == ["held_on", "kind", "result", "is_another"]
    assert (form["kind"].value(), form["held_on"].value()) == ("first", TODAY)
    assert b"is_another" not in page.content
    body = {**LOGGED, "unit": form["unit"].value(), "key": form["key"].value()}
    for _attempt in range(2):
        answer = mentor.post("/meetings/new/", body)
        assert (answer.status_code, answer["Location"]) == (302, PAIR)
    with in_school():
        meeting = Meeting.objects.get()
        assert (meeting.kind, meeting.state, meeting.is_for_mentor) == ("first", "held", False)
    assert "второй раз она не добавлена" in mentor.get(PAIR).content.decode()
    assert mentor.get("/meetings/new/").context["form"]["kind"].value() == "trial"


def test_a_script_learns_where_to_go_and_of_a_conflict(mentor: Client):
    body = {**LOGGED, "unit": f"pair:{world.PAIR}"}
    send = lambda **more: mentor.post("/meetings/new/", body | more, headers={"Accept": "application/json"})  # noqa: E731
    assert send(key=uuid4()).json() == {"url": PAIR}
    assert send(key=uuid4()).status_code == 422
    shown = mentor.post("/meetings/new/", body | {"key": uuid4()})
    assert shown.status_code == 200
    assert "Встреча этого дня уже записана" in shown.content.decode()
    assert "Это другая встреча того же дня" in shown.content.decode()
    assert send(key=uuid4(), is_another="on").json() == {"url": PAIR}


def test_signing_out_forgets_drafts(mentor: Client):
    assert b"data-drafts" in mentor.get("/meetings/new/").content
    assert mentor.post("/accounts/logout/")["Clear-Site-Data"] == '"storage"'


def test_each_sees_as_much_as_is_his(mentor: Client, client_at: Callable[[str], Client]):
    with in_school():
        said = {"kind": "first", "state": "held", "held_on": TODAY, "created_at": "2026-11-21T08:00Z"}
        meeting = Meeting.objects.create(pair_id=world.PAIR, result="РЕЗУЛЬТАТ", note="ЗАМЕТКА", **said)
        Plan.objects.create(
            pair_id=world.PAIR, kind="individual", goal="ЦЕЛЬ", version=1, changed_at="2026-11-21T08:00Z"
        )
        parent = make_person("Родителева Ольга", TODAY.replace(year=1985), kinds=("parent",))
        Guardianship.objects.create(guardian=parent, ward_id=world.MENTEE)
    mentee = sign_in(client_at, SCHOOL_A, "mentee", person_id=world.MENTEE)
    of_child = sign_in(client_at, SCHOOL_A, "parent", person_id=parent.pk)
    card = f"/meetings/{meeting.pk}/"

    def words(client: Client, path: str) -> set[str]:
        text = client.get(path).content.decode()
        return {word for word in ("РЕЗУЛЬТАТ", "ЗАМЕТКА", "ЦЕЛЬ", "21.11.2026") if word in text}

    assert words(mentor, card) == {"РЕЗУЛЬТАТ", "ЗАМЕТКА", "21.11.2026"}
    assert words(mentee, card) == {"РЕЗУЛЬТАТ", "21.11.2026"}
    assert words(mentee, PAIR) == {"РЕЗУЛЬТАТ", "ЦЕЛЬ", "21.11.2026"}
    assert words(of_child, PAIR) == {"21.11.2026"}
    assert of_child.get(card).status_code == 404
    assert of_child.get(f"{PAIR}plan/")["Location"] == PAIR
    for client, path in ((mentee, "/meetings/new/"), (of_child, "/meetings/new/"), (mentee, f"{PAIR}plan/edit/")):
        assert client.get(path).status_code == 403
    assert "ЗАМЕТКА" not in mentee.get(f"/api/v1/meetings/{meeting.pk}/").content.decode()
    assert of_child.get(f"/api/v1/meetings/pairs/{world.PAIR}/plan/").status_code == 404


def test_a_correction_on_the_page_and_its_history(mentor: Client):
    with in_school():
        said = {"kind": "first", "state": "planned", "held_on": TODAY, "created_at": "2026-11-21T08:00Z"}
        meeting = Meeting.objects.create(pair_id=world.PAIR, **said)
    path = f"/meetings/{meeting.pk}/"
    form = mentor.get(f"{path}correct/").context["form"]
    assert [code for code, _title in form.fields["state"].choices] == ["planned", "held", "missed", "cancelled"]
    body = {"state": "held", "held_on": "2026-11-21", "kind": "first", "result": "Встретились", "version": "0"}
    assert mentor.post(f"{path}correct/", body).status_code == 302
    stale = mentor.post(f"{path}correct/", body | {"result": "Позже"})
    assert stale.context["form"].data["version"] == "1"
    assert mentor.post(f"{path}correct/", stale.context["form"].data.dict() | {"state": "cancelled"}).status_code == 302
    text = mentor.get(path).content.decode()
    assert "Запланирована" not in text
    assert "запланирована" in text
    assert "Встретились" in text
    assert mentor.get(f"{path}correct/")["Location"] == path
    assert mentor.post(f"{path}correct/", body)["Location"] == path


def test_a_plan_in_rows_with_versions_and_a_report(mentor: Client):
    start = mentor.get(f"{PAIR}plan/edit/")
    rows = {"rows-TOTAL_FORMS": "3", "rows-INITIAL_FORMS": "0"}
    rows |= {"rows-0-section": "1", "rows-0-task": "Прочитать =книгу", "rows-0-term": "до каникул"}
    rows |= {"rows-1-section": "0", "rows-1-task": "Разобрать ошибки", "rows-2-section": "0"}
    head = {"kind": start.context["form"]["kind"].value(), "version": "0", "goal": "Поступить"}
    assert mentor.post(f"{PAIR}plan/edit/", head | rows)["Location"] == f"{PAIR}plan/"
    shown = mentor.get(f"{PAIR}plan/").content.decode()
    assert shown.index("Разобрать ошибки") < shown.index("Прочитать =книгу")
    late = mentor.post(f"{PAIR}plan/edit/", head | rows | {"goal": "Другое"})
    assert late.status_code == 200
    assert "план изменил другой человек" in late.content.decode()
    again = head | rows | {"goal": "Другое", "version": late.context["form"].data["version"], "more": "1"}
    assert mentor.post(f"{PAIR}plan/edit/", again)["Location"] == f"{PAIR}plan/edit/"
    assert "Прежние версии" in mentor.get(f"{PAIR}plan/").content.decode()
    assert mentor.post(f"{PAIR}report/", {"done": " "}).status_code == 200
    opened = {"seen": mentor.get(f"{PAIR}report/").context["form"]["seen"].value()}
    assert mentor.post(f"{PAIR}report/", {"done": "Сделали", "proposals": "Продолжить", **opened})["Location"] == PAIR
    # Somebody had the page open since before: he learns of it, keeps his words, and may send them once more.
    clash = mentor.post(f"{PAIR}report/", {"done": "Вторая рука", **opened})
    assert "отчёт изменил другой человек" in clash.content.decode()
    again = {name: clash.context["form"][name].value() for name in ("done", "seen")}
    assert again["done"] == "Вторая рука"
    assert mentor.post(f"{PAIR}report/", {**again, "done": "Сделали", "proposals": "Продолжить"}).status_code == 302
    with in_school():
        plan = Plan.objects.get(pair=world.PAIR)
        assert (plan.version, len(plan.versions), plan.goal) == (2, 1, "Другое")
        assert plan.report == {"done": "Сделали", "conclusions": "", "proposals": "Продолжить"}


def test_a_script_saves_a_plan_and_a_report_and_an_answer_that_got_lost_is_no_conflict(mentor: Client):
    """What is typed waits on the device until the server says where to go; sent twice, it is saved once."""
    empty = {"rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0", "kind": "individual", "version": "0"}
    sent = {"plan/edit/": {**empty, "goal": "Поступить"}, "report/": {"done": "Сделали", "seen": ""}}
    there = {"plan/edit/": f"{PAIR}plan/", "report/": PAIR}
    for path, body in sent.items():
        send = lambda path=path, **body: mentor.post(f"{PAIR}{path}", body, headers={"Accept": "application/json"})  # noqa: E731
        page = mentor.get(f"{PAIR}{path}").content.decode()
        subject = path.partition("/")[0]
        assert f'data-unsaved="{subject}:{world.PAIR}"' in page
        assert "data-bound" not in page
        assert [send(**body).json(), send(**body).json()] == [{"url": there[path]}] * 2
        assert send(**{**body, "goal": "Другое", "done": "Другое"}).status_code == 422
        shown = mentor.post(f"{PAIR}{path}", {**body, "goal": "Другое", "done": "Другое"}).content.decode()
        assert "data-bound" in shown
    with in_school():
        plan = Plan.objects.get(pair=world.PAIR)
        assert (plan.version, plan.goal, plan.report["done"]) == (1, "Поступить", "Сделали")
        assert [row[0] for row in audited()].count("meetings.report_written") == 1
    assert 'data-unsaved="log:' in mentor.get("/meetings/new/").content.decode()


def test_a_teachers_programme_says_what_a_plan_does_not(mentor: Client):
    """АЗ-1128: the parts are asked where the pair's plan is a programme, kept in versions, read and written by API."""
    plain = mentor.get(f"{PAIR}plan/edit/").context["form"]
    assert not {"manner", "reason", "control"} & set(plain.fields)
    with in_school():
        Pair.objects.filter(pk=world.PAIR).update(form_code="teacher-teacher")
        Enrolment.objects.filter(person=world.MENTOR).update(
            kind="teacher", school_class=None, post="учитель химии", experience_years=21, left_on=None
        )
    page = mentor.get(f"{PAIR}plan/edit/")
    assert {"manner", "reason", "directions", "expected", "control"} <= set(page.context["form"].fields)
    assert '<option value="реверсивное">' in page.content.decode()
    body = {"kind": "personalised", "version": "0", "rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0"}
    body |= {"manner": " реверсивное ", "reason": "Мало опыта\nработы с классом", "expected": "Открытый урок"}
    assert mentor.post(f"{PAIR}plan/edit/", body).status_code == 302
    shown = mentor.get(f"{PAIR}plan/").content.decode()
    assert all(
        word in shown for word in ("реверсивное", "работы с классом", "Контрольные точки", "учитель химии", "21")
    )
    address = f"/api/v1/meetings/pairs/{world.PAIR}/plan/"
    read = mentor.get(address).json()
    assert read["programme"] == {
        "manner": "реверсивное",
        "reason": "Мало опыта\nработы с классом",
        "expected": "Открытый урок",
    }
    sent = {name: read[name] for name in ("kind", "version", "rows")} | {"programme": {"manner": "я" * 121}}
    assert mentor.put(address, sent, content_type="application/json").status_code == 422
    sent["programme"] = {"manner": "скоростное"}
    assert mentor.put(address, sent, content_type="application/json").json()["programme"] == {"manner": "скоростное"}
    former = mentor.get(f"{PAIR}plan/").content.decode().partition("Прежние версии")[2]
    assert "реверсивное" in former
    with in_school():
        assert Plan.objects.get(pair=world.PAIR).versions[0]["programme"]["expected"] == "Открытый урок"


def test_lists_cost_the_same_however_long_and_the_log_is_a_workbook(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")

    def queries(path: str) -> int:
        director.get(path)
        with CaptureQueriesContext(connection) as found:
            assert director.get(path).status_code == 200
        return len(found)

    def crowd(number: int) -> Any:
        with in_school():
            teacher = make_person("Педагог Общий", TODAY.replace(year=1980), ("teacher",))
            order = make_order(f"77-{number}")
            said = {"kind": "first", "state": "held", "held_on": TODAY, "result": "=1+1", "logged_by": uuid4()}
            for index in range(number):
                pair = make_pair(teacher, make_person(f"Ученик Имя{index}"), order=order)
                make_pair(teacher, make_person(f"Тихий Имя{index}"), order=order)
                for row in (pair.pk, world.PAIR):
                    Meeting.objects.create(pair_id=row, created_at="2026-11-21T08:00Z", **said)
        return pair

    paths = ("/meetings/", "/meetings/?rhythm=none", PAIR, "/meetings/new/", "/meetings/export/")
    crowd(1)
    before = {path: queries(path) for path in paths}
    pair = crowd(4)
    assert {path: queries(path) for path in paths} == before
    sheet = load_workbook(BytesIO(director.get("/meetings/export/").content)).active
    assert sheet.max_row == 11
    assert {sheet.cell(row, 6).data_type for row in range(2, 12)} == {"s"}
    assert load_workbook(BytesIO(director.get(f"/meetings/export/?pair={pair.pk}").content)).active.max_row == 2
    with in_school():
        assert audited()[-1][0] == "meetings.exported"


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Of three pairs two are listed; the last one is a group's. Seen from outside the school."""
    monkeypatch.setattr(selectors, "MOST_UNITS", 2)
    with in_school():
        Pair.objects.update(ends_on="2026-09-02", starts_on="2026-09-01")
        teacher = make_person("Педагог Общий", TODAY.replace(year=1980), ("teacher",))
        group = Group.objects.create(title="Робототехника")
        first, second = (make_pair(teacher, make_person(f"Ёжиков {name}")) for name in ("Ад", "Ян"))
        return first, second, make_pair(teacher, make_person("Яблоков Ян"), group=group)


def test_of_many_pairs_some_are_offered_and_any_is_found(many: Any):
    first, second, last = (f"pair:{pair.pk}" for pair in many)
    group = f"group:{many[2].group_id}"
    with in_school():
        director = actor_with("director")

        def offered(**asked: str) -> tuple[list[str], bool]:
            units, has_more = selectors.units_to_log(director, TODAY, **asked)
            return [unit.code for unit in units], has_more

        with CaptureQueriesContext(connection) as seen:
            assert offered() == ([first, second], True)
        assert len(seen) == 1
        assert offered(typed="яблоков") == offered(typed=" робото ") == ([group, last], False)
        assert offered(typed="ежиков ян") == ([second], False)
        assert offered(typed="Никтович") == ([], False)
        # From its own page, or from a device where it waited for a line.
        with CaptureQueriesContext(connection) as seen:
            assert offered(chosen=group) == ([group, first, second], True)
        assert len(seen) == 2
        for wrong in (f"pair:{uuid4()}", "group:чушь", f"pair:{world.PAIR}", ""):
            assert offered(chosen=wrong) == ([first, second], True)


def test_the_page_searches_without_a_script_and_takes_what_it_does_not_list(
    many: Any, client_at: Callable[[str], Client]
):
    director, last = sign_in(client_at, SCHOOL_A, "director"), f"pair:{many[2].pk}"
    found = search(director, "/meetings/new/", "Ёжиков Ян")
    assert found.request["QUERY_STRING"] == "found=1"
    assert found.context["form"]["unit"].value() == f"pair:{many[1].pk}"
    page = director.post("/meetings/new/", {**LOGGED, "unit": last, "key": uuid4()})
    assert page["Location"] == f"/meetings/pair/{many[2].pk}/"


def test_the_programme_and_a_wrong_address(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    send = lambda body: director.post("/api/v1/meetings/", body, content_type="application/json")  # noqa: E731
    body = {"pair": str(world.PAIR), "held_on": "2026-11-20", "kind": "first", "key": str(uuid4())}
    assert send(body).json()["id"] == send(body).json()["id"]
    assert send(body | {"key": None}).json()["code"] == "same_day"
    assert send(body | {"pair": None}).status_code == 422
    assert director.get("/meetings/new/?pair=nonsense").status_code == 200
