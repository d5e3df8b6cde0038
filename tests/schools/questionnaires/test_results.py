"""Results: means and counts of what the reader may read, open answers safe to open in a workbook."""

from __future__ import annotations

from datetime import date

from core.audit.models import AuditRecord
from core.spreadsheets import read_file
from core.tenancy import school
from schools.people.models import Person
from schools.questionnaires.results import results_of
from schools.questionnaires.selectors import sent_in
from tenants.reference.items import items_from
from tests.schools.makers import actor_with, make_pair, make_person
from tests.schools.questionnaires.makers import ITEMS, make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import MENTEE, MENTOR, SCHOOL_A


def test_means_counts_and_open_answers():
    given = [
        ("Анна", {"comfort": 10, "liked": True, "wishes": "чаще", "request": ["study", "project"]}),
        ("Борис", {"comfort": 7, "liked": False, "request": ["project"]}),
        ("Вера", {}),
    ]
    comfort, liked, wishes, request = results_of(items_from(ITEMS), given)
    assert (comfort.mean, comfort.answered, comfort.sent) == (8.5, 2, 3)
    assert [(row.title, row.count) for row in liked.shares] == [("да", 1), ("нет", 1)]
    assert [(row.full_name, row.text) for row in wishes.said] == [("Анна", "чаще")]
    assert [(row.code, row.count) for row in request.shares] == [("study", 1), ("project", 2)]
    assert results_of(items_from(ITEMS), [])[0].mean is None


def test_a_coordinator_never_reads_what_his_own_mentor_said(inside):
    asked, mentor, mentee = make_round(role="mentor"), make_person("Опытова Анна"), make_person("Молодова Яна")
    make_pair(mentor, mentee, "teacher-teacher", ends_on=date(2026, 10, 1))
    make_response(asked, mentor, {"comfort": 2, "wishes": "не справляется"})
    make_response(asked, make_person("Другова Инна"), {"comfort": 9})
    young = actor_with("coordinator", person_id=mentee.pk, login="young")
    assert [name for name, _answers in sent_in(young, asked)] == ["Другова Инна"]
    assert len(sent_in(actor_with("coordinator", login="other"), asked)) == 2
    # What the mentor was asked as somebody's mentee is not about him.
    other = make_round()
    make_response(other, mentor, {"comfort": 3})
    assert len(sent_in(young, other)) == 1


def test_page_and_workbook_leave_out_ones_own_mentee(client_at, db):
    secret, formula = "не хочу больше встречаться", "=1+1"
    with school(SCHOOL_A.schema):
        asked = make_round()
        make_response(asked, make_person("Другой Иван"), {"comfort": 5, "wishes": formula})
        make_response(asked, Person.objects.get(pk=MENTEE), {"comfort": 1, "wishes": secret})
        make_response(asked, make_person("Черновой Пётр"), draft={"comfort": 1}, state="draft")
    page = f"/questionnaires/{asked.pk}/results/"

    own = sign_in(client_at, SCHOOL_A, "director", person_id=MENTOR)
    other = sign_in(client_at, SCHOOL_A, "coordinator")
    for client, mean, sent, is_whole in ((own, "5,0", 1, False), (other, "3,0", 2, True)):
        shown = client.get(page).content.decode()
        assert f"В среднем {mean} из 10." in shown
        assert f"Прислано анкет: {sent}." in shown
        assert (secret in shown) is is_whole
        file = client.get(f"{page}export/")
        assert file["Cache-Control"] == "private, no-store"
        figures, open_answers = read_file(file.content, "итоги.xlsx").sheets
        texts = [row[3] for row in open_answers.rows]
        assert (secret in texts) is is_whole
        assert any(formula in str(text) for text in texts)
        assert figures.rows[1][5] == float(mean.replace(",", "."))
    with school(SCHOOL_A.schema):
        assert AuditRecord.objects.filter(action="questionnaires.results_exported").count() == 2
    assert sign_in(client_at, SCHOOL_A, "mentor", person_id=MENTOR).get(page).status_code == 403
