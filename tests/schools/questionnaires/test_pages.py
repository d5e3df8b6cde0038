"""Rounds from opening to answers: a class from paper on one page, one's own on a phone, and nothing for mentors."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.audit.models import AuditRecord
from core.tenancy import school
from schools.people.models import Person
from schools.questionnaires import services
from schools.questionnaires.models import Response, Round
from schools.questionnaires.selectors import latest_answers, responses_visible_to
from tests.schools.makers import actor_with, make_order, make_pair, make_person
from tests.schools.questionnaires.makers import make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import CLASS, MENTEE, MENTOR, SCHOOL_A


def test_a_class_is_entered_from_paper_and_errors_stand_at_the_cell(client_at, db):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    answer = client.post("/questionnaires/new/", {"code": "entry-mentee", "classes": [str(CLASS)]}, follow=True)
    assert "Ответили 0 из 1" in answer.content.decode()
    with school(SCHOOL_A.schema):
        asked = Response.objects.get(round=Round.objects.get())
    sheet, cell = f"/questionnaires/{asked.round_id}/grid/", f"c-{asked.pk}-"
    typed = {f"{cell}takes_part": "да", f"{cell}request": "1 99", f"{cell}expectations": "хочу всё успеть"}
    wrong = client.post(sheet, typed).content.decode()
    assert "Такого варианта в списке нет." in wrong
    assert 'value="1 99"' in wrong
    assert "хочу всё успеть" in wrong
    with school(SCHOOL_A.schema):
        kept = Response.objects.get()
        assert (kept.state, kept.draft) == ("draft", {"takes_part": True, "expectations": "хочу всё успеть"})
    assert client.post(sheet, {**typed, f"{cell}request": "1 3"}).status_code == 302
    with school(SCHOOL_A.schema):
        found = latest_answers([MENTEE], kind="entry", role="mentee")
        assert found[MENTEE]["request"] == ["study", "olympiads"]
    assert "Ответили 1 из 1" in client.get(f"/questionnaires/{asked.round_id}/").content.decode()
    # Who does not take part owes no other answer: his «нет» counts, where a draft would not.
    assert client.post(sheet, {f"{cell}takes_part": "нет"}).status_code == 302
    with school(SCHOOL_A.schema):
        assert Response.objects.get().state == "submitted"
        assert latest_answers([MENTEE], kind="entry", role="mentee") == {MENTEE: {"takes_part": False}}


def test_a_sheet_is_of_one_class_and_leads_to_its_other_side(client_at, db):
    with school(SCHOOL_A.schema):
        here, there = make_round(title="Наставляемые"), make_round(role="mentor", title="Наставники")
        one, two = make_person("Аа Аа", room="9А"), make_person("Бб Бб", room="10Б")
        first, second = (make_response(here, person) for person in (one, two))
        make_response(there, one)
        room = one.enrolments.get().school_class_id
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sheet = lambda asked, word: f"/questionnaires/{asked.pk}/grid/?room={word}"  # noqa: E731
    names = lambda page: [line.response.person.surname for line in page.context["lines"]]  # noqa: E731
    whole = client.get(sheet(here, "nonsense"))
    assert [(tab.label, tab.count) for tab in whole.context["tabs"]] == [("Все", 2), ("9А", 1), ("10Б", 1)]
    assert (names(whole), names(client.get(sheet(here, room)))) == (["Аа", "Бб"], ["Аа"])
    assert "Записать и перейти: Наставники" in whole.content.decode()
    wrong = client.post(sheet(here, room), {f"c-{first.pk}-comfort": "11", "other": "1"})
    assert (wrong.status_code, wrong.context["refused"]) == (200, 1)
    sent = client.post(sheet(here, room), {f"c-{first.pk}-comfort": "10", "other": "1"})
    assert (sent.status_code, sent["Location"]) == (302, sheet(there, room))
    # Whoever has changed class since the page was shown is written all the same.
    client.post(sheet(here, room), {f"c-{second.pk}-comfort": "10"})
    with school(SCHOOL_A.schema):
        assert {row.state for row in Response.objects.filter(round=here)} == {"submitted"}


def test_two_who_enter_one_class_do_not_undo_each_other(client_at, db):
    with school(SCHOOL_A.schema):
        asked = make_round()
        said = {"comfort": 5, "wishes": "чаще\nи дольше"}
        first, second = (make_response(asked, make_person(name), said, channel="paper") for name in ("Аа Аа", "Бб Бб"))
    one, two = (sign_in(client_at, SCHOOL_A, role) for role in ("coordinator", "director"))
    sheet = f"/questionnaires/{asked.pk}/grid/"
    sent = lambda page: dict(re.findall(r'name="([cs]-[^"]+)"[^>]*? value="([^"]*)"', page))  # noqa: E731
    opened = sent(one.get(sheet).content.decode())
    assert two.post(sheet, {**opened, f"c-{first.pk}-comfort": "9"}).status_code == 302
    # The other row of the one who had opened the sheet before is written, the first stays as it was mended.
    assert one.post(sheet, {**opened, f"c-{second.pk}-comfort": "7"}).status_code == 302
    answers = lambda: [row.answers["comfort"] for row in Response.objects.order_by("person__folded_name")]  # noqa: E731
    with school(SCHOOL_A.schema):
        assert answers() == [9, 7]
        assert Response.objects.get(pk=second.pk).answers["wishes"] == "чаще и дольше"
    clash = one.post(sheet, {**opened, f"c-{first.pk}-comfort": "3"}).content.decode()
    assert "Аа Аа: пока вы писали, эту анкету изменил другой сотрудник." in clash
    assert "сохранено черновиком" not in clash
    with school(SCHOOL_A.schema):
        assert answers() == [9, 7]
    assert one.post(sheet, sent(clash)).status_code == 302
    with school(SCHOOL_A.schema):
        assert answers() == [3, 7]


def test_a_pupil_answers_in_the_account_with_a_draft_first(client_at, db):
    with school(SCHOOL_A.schema):
        asked = make_response(make_round(), pupil := make_person("Ответова Ася"))
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=pupil.pk)
    assert "Ждёт ответа" in client.get("/questionnaires/mine/").content.decode()
    page = f"/questionnaires/mine/{asked.pk}/"
    client.post(page, {"liked": "yes", "wishes": "ничего", "draft": "1"})
    refused = client.post(page, {"liked": "yes", "wishes": "длинный рассказ"}).content.decode()
    assert "Ответьте на этот вопрос." in refused
    assert "длинный рассказ" in refused
    assert client.post(page, {"comfort": "9", "liked": "yes", "wishes": "ничего"}).status_code == 302
    with school(SCHOOL_A.schema):
        row = Response.objects.get(pk=asked.pk)
        assert (row.state, row.channel) == ("submitted", "account")
        assert row.answers == {"comfort": 9, "liked": True, "wishes": "ничего"}
        assert AuditRecord.objects.filter(action="questionnaires.submitted", object_id=str(asked.pk)).count() == 1
    assert "уже отправили" in client.get(page).content.decode()
    client.post(page, {"comfort": "1"})
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=asked.pk).answers["comfort"] == 9


@pytest.mark.parametrize("role", ["mentor", "director", "coordinator"])
def test_a_mentor_gets_no_answer_of_his_mentee_whatever_else_he_is(client_at, db, role):
    secret = "не хочу больше встречаться"
    with school(SCHOOL_A.schema):
        asked = make_round()
        given = make_response(asked, make_person("Другой Иван"), {"comfort": 5}, channel="paper")
        told = make_response(asked, Person.objects.get(pk=MENTEE), {"comfort": 1, "wishes": secret}, channel="paper")
    client = sign_in(client_at, SCHOOL_A, role, person_id=MENTOR)
    for path in (
        f"/questionnaires/{asked.pk}/",
        f"/questionnaires/{asked.pk}/grid/",
        f"/questionnaires/mine/{told.pk}/",
    ):
        answer = client.get(path)
        assert secret not in answer.content.decode()
        assert f"c-{told.pk}" not in answer.content.decode()
    other = sign_in(client_at, SCHOOL_A, "coordinator")
    page = other.get(f"/questionnaires/{asked.pk}/grid/").content.decode()
    assert secret in page
    assert f"c-{given.pk}-comfort" in page


def test_curators_and_class_teachers_see_their_own(inside):
    asked, anna = make_round(), make_person("Иванова Анна", room="8Я")
    mentor = make_person("Наставникова Нина", kinds=("teacher",))
    pair = make_pair(mentor, anna, order=make_order())
    about = make_response(asked, anna, {"comfort": 3}, pair=pair)
    room = anna.enrolments.get().school_class
    for role, scope, seen in (
        ("curator", "teacher-pupil", {about.pk}),
        ("curator", "pupil-pupil", set()),
        ("class_teacher", str(room.pk), {about.pk}),
        ("class_teacher", str(CLASS), set()),
        ("psychologist", "", set()),
        ("mentor", "", set()),
        ("parent", "", set()),
    ):
        found = responses_visible_to(actor_with(role, scope))
        assert set(found.values_list("pk", flat=True)) == seen, role


def test_a_mentor_of_two_tells_his_questionnaires_apart(client_at, db):
    with school(SCHOOL_A.schema):
        mentor, asked = make_person("Наставникова Нина", kinds=("teacher",)), make_round(role="mentor")
        order = make_order("7-к")
        for name in ("Первый Ян", "Второй Ян"):
            make_response(asked, mentor, pair=make_pair(mentor, make_person(name), order=order))
    client = sign_in(client_at, SCHOOL_A, "mentor", person_id=mentor.pk)
    for page in ("/questionnaires/mine/", "/"):
        shown = client.get(page).content.decode()
        assert "в паре с: Первый Ян" in shown
        assert "в паре с: Второй Ян" in shown


def test_what_one_wants_is_asked_once_and_of_each_pair_apart(inside):
    mentor = make_person("Учителева Инна", kinds=["teacher"])
    for name in ("Первов Ян", "Второв Ян"):
        make_pair(mentor, make_person(name), order=make_order(name))
    director = actor_with("director")
    for code, times in (("entry-mentor", 1), ("interim-mentor", 2)):
        opened = services.open_round(actor=director, code=code, with_pairs=True)
        assert Response.objects.filter(round=opened, person=mentor).count() == times


def test_people_are_chosen_in_the_order_of_the_wish(client_at, db):
    items = [{"code": "wanted", "text": "С кем?", "type": "people", "required": True, "most": 3}]
    with school(SCHOOL_A.schema):
        asked = make_response(make_round(kind="preference", items=items), pupil := make_person("Ответова Ася"))
        first, last = (make_person(name, kinds=("teacher",)) for name in ("Яшин Яков", "Агеев Аким"))
        for person in (first, last):
            make_response(make_round(role="mentor"), person)
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=pupil.pk)
    page = f"/questionnaires/mine/{asked.pk}/"
    wish = [str(first.pk), str(last.pk)]
    client.post(page, {"wanted": [*wish, ""], "draft": "1"})
    shown = client.get(page).content.decode()
    assert [key for key in re.findall('<option value="([^"]+)" selected>', shown) if key in wish] == wish
    client.post(page, {"wanted": [*wish, ""]})
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=asked.pk).answers == {"wanted": wish}


def test_rows_that_are_no_longer_the_sheets_are_named_with_what_was_typed(client_at, db):
    with school(SCHOOL_A.schema):
        asked = make_round()
        here, himself, gone = (make_response(asked, make_person(name)) for name in ("Аа Аа", "Бб Бб", "Вв Вв"))
    client, sheet = sign_in(client_at, SCHOOL_A, "coordinator"), f"/questionnaires/{asked.pk}/grid/"
    opened = dict(re.findall(r'name="([csw]-[^"]+)"[^>]*? value="([^"]*)"', client.get(sheet).content.decode()))
    with school(SCHOOL_A.schema):
        Response.objects.filter(pk=himself.pk).update(channel="link", state="draft", draft={"comfort": 2})
        gone.person.enrolments.update(left_on=date(2026, 9, 2))
    typed = {f"c-{row.pk}-comfort": mark for row, mark in ((here, "7"), (himself, "8"), (gone, "9"))}
    page = client.post(sheet, {**opened, **typed})
    assert [(row.who, row.typed) for row in page.context["lost"]] == [("Бб Бб", "1 – 8"), ("Вв Вв", "1 – 9")]
    assert "Было введено: 1 – 9" in page.content.decode()
    with school(SCHOOL_A.schema):
        assert Response.objects.get(pk=here.pk).answers == {"comfort": 7}
        assert Response.objects.get(pk=himself.pk).draft == {"comfort": 2}
        # The same by the service, and so by the API.
        rows = {himself.pk: {"comfort": 8}, MENTEE: {"comfort": 1}}
        written, refused = services.answer_from_paper(actor=actor_with("director"), rows=rows)
        assert (written, {key: found[0].code for key, found in refused.items()}) == (
            0,
            {himself.pk: "answered_himself", MENTEE: "gone"},
        )
    # A row that nobody touched is no loss.
    assert client.post(sheet, opened).status_code == 302
