"""Every operation of a school's API succeeds once, from seeded ids; each answer is as the document says it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.authz.registry import World
from core.spreadsheets import Column, Table, read_file, write_workbook
from core.tenancy import school
from schools.imports.models import ImportJob
from schools.people.models import Person
from tests.core.api.attachments_round import attachments
from tests.core.api.clearances_round import clearances
from tests.core.api.conform import Programme, webhooks
from tests.core.api.matching_round import matching, proposals
from tests.core.api.meetings_round import life, meetings
from tests.core.api.questionnaires_round import questionnaires
from tests.core.api.training_round import training
from tests.core.api.worklist_round import worklist
from tests.permissions.walk import endpoints
from tests.support import seeds, world
from tests.support.accounts import make_user, token_for
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
PUPIL = {
    "surname": "Ёлкин",
    "name": "Пётр",
    "birth_date": "2013-04-05",
    "kinds": ["pupil"],
    "enrolments": [{"kind": "pupil", "admitted_on": "2026-09-01", "class_name": "7-а"}],
}


@pytest.fixture
def programme(client_at) -> Programme:
    seeds.seed_all()
    secret = token_for("sch-a", "director", person_id=world.MENTOR)
    with school(SCHOOL_A.schema):
        from core.accounts.models import ApiToken, RoleGrant

        token = ApiToken.objects.get(title="Проверка")
        RoleGrant.objects.create(user_id=token.user_id, role="mentor")
        ApiToken.objects.filter(pk=token.pk).update(roles=[["director", ""], ["mentor", ""]])
    return Programme(client_at("sch-a"), World.SCHOOL, secret)


def workbook(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    heads = ("ФИО", "Дата рождения", "Дата зачисления", "Класс")
    content = write_workbook([Table("Контингент", [Column(head) for head in heads], list(rows))])
    return SimpleUploadedFile("контингент.xlsx", content, "application/octet-stream")


def people(ask: Any) -> tuple[str, str]:
    pupil = ask("POST", "people/", PUPIL)["id"]
    parent = ask(
        "POST",
        "people/",
        {"surname": "Ёлкина", "name": "Анна", "birth_date": "1985-01-02", "kinds": ["parent", "teacher"]},
    )["id"]
    card = ask("GET", "people/{person_id}/", person_id=pupil)
    stay = card["enrolments"][0]
    assert (stay["class_name"], stay["is_continuation"], stay["counts_from"]) == ("7А", False, None)
    changed = ask(
        "PUT",
        "people/{person_id}/",
        {"surname": "Ёлкин", "name": "Пётр", "birth_date": "2013-04-06", "kinds": ["pupil"]},
        person_id=pupil,
    )
    assert (changed["birth_date"], changed["former_names"], changed["children"]) == ("2013-04-06", [], [])
    enrolment = ask(
        "POST",
        "people/{person_id}/enrolments/",
        {"kind": "teacher", "admitted_on": "2020-09-01", "post": "учитель"},
        person_id=parent,
    )["id"]
    ask("PUT", "enrolments/{enrolment_id}/leaving/", {"left_on": "2026-08-31"}, enrolment_id=enrolment)
    moved = card["enrolments"][0]["id"]
    ask("PUT", "enrolments/{enrolment_id}/class/", {"class_name": "7Б"}, enrolment_id=moved)
    days = {"admitted_on": "2026-09-02", "left_on": None}
    assert ask("PUT", "enrolments/{enrolment_id}/days/", days, enrolment_id=moved)["admitted_on"] == "2026-09-02"
    guardian = ask("POST", "people/{person_id}/guardians/", {"guardian": parent, "kinship": "мать"}, person_id=pupil)[
        "id"
    ]
    assert len(ask("GET", "people/{person_id}/guardians/", person_id=pupil)["items"]) == 1
    (child,) = ask("GET", "people/{person_id}/", person_id=parent)["children"]
    assert (child["person"], child["kinship"]) == (pupil, "мать")
    ask(
        "DELETE",
        "people/{person_id}/guardians/{guardianship_id}/",
        person_id=pupil,
        guardianship_id=guardian,
    )
    found = ask("POST", "people/search/", {"q": "елкин петр", "presence": "here"})["items"]
    assert [row["id"] for row in found] == [pupil]
    assert len(ask("GET", "people/", query="?kind=pupil&consent=no")["items"]) >= 1
    assert {row["title"] for row in ask("GET", "classes/")["items"]} >= {"7А", "7Б"}
    assert ask("POST", "people/candidates/", {"q": "елкин", "kinds": ["pupil"]})["items"][0]["id"] == pupil
    return pupil, parent


def twice(ask: Any) -> None:
    first, second, third = (
        ask("POST", "people/", {**PUPIL, "surname": "Липин", "name": name, "phone": phone})["id"]
        for name, phone in (("Семён", ""), ("Симён", "123"), ("Семэн", ""))
    )
    alike = {(row["first"]["id"], row["second"]["id"]) for row in ask("GET", "people/duplicates/")["items"]}
    assert {(first, second), (first, third)} <= alike
    merged = ask("POST", "people/{person_id}/merge/", {"gone": second, "from_gone": ["phone"]}, person_id=first)
    assert merged["phone"] == "123"
    ask("POST", "people/{person_id}/apart/", {"other": third}, person_id=first)
    assert (first, third) not in {
        (row["first"]["id"], row["second"]["id"]) for row in ask("GET", "people/duplicates/")["items"]
    }
    assert text_of(ask("POST", "people/export/", {"q": "липин"})).count("Липин") == 2


def text_of(workbook: bytes) -> str:
    """Return the texts of a workbook."""
    book = read_file(workbook, "файл.xlsx")
    return " ".join(str(cell) for sheet in book.sheets for row in sheet.rows for cell in row if cell is not None)


def consents(ask: Any, pupil: str) -> None:
    body = {"kind": "processing", "signer": "representative", "given_on": "2026-09-02", "number": "17"}
    found = ask("POST", "consents/missing/search/", {"q": "ёлкин"})["items"]
    assert [row["id"] for row in found] == [pupil]
    consent = ask("POST", "people/{person_id}/consents/", body, person_id=pupil)
    found = ask("POST", "consents/search/", {"q": "елкин", "kind": "processing"})["items"]
    assert [row["id"] for row in found] == [consent["id"]]
    assert ask("POST", "consents/search/", {"q": "елкин", "among": "to-check"})["items"] == []
    assert ask("POST", "consents/search/", {"q": "елкин", "among": "soon"})["items"] == []
    assert consent["state"] == "in_force"
    assert len(ask("GET", "people/{person_id}/consents/", person_id=pupil)["items"]) == 1
    ask("GET", "consents/{consent_id}/", consent_id=consent["id"])
    ask("GET", "consents/", query="?kind=processing")
    ask("GET", "consents/to-check/")
    ask("GET", "consents/soon/")
    head = {"full_name": "", "address": "", "place": "", "director_post": "", "director_name": ""}
    read = ask("PUT", "requisites/", {**head, "place": "с. Ключи"})
    assert read == {**head, "place": "с. Ключи", "version": read["version"]}
    assert ask("PUT", "requisites/", {**read, "address": ""})["place"] == "с. Ключи"
    assert ask("GET", "requisites/")["place"] == "с. Ключи"
    assert ask("GET", "people/{person_id}/consents/paper.docx", person_id=pupil)[:2] == b"PK"
    assert ask("GET", "people/{person_id}/consents/paper.pdf", person_id=pupil)[:4] == b"%PDF"
    assert ask("GET", "consents/class.docx", query="?room=adults")[:2] == b"PK"
    assert ask("GET", "consents/class.pdf", query="?room=adults")[:4] == b"%PDF"
    slip = {"signer": "representative", "given_on": "2026-09-05", "number": "17"}
    assert ask("PUT", "consents/{consent_id}/", slip, consent_id=consent["id"])["number"] == "17"
    row = {"person": pupil, "signer": "representative", "given_on": "2026-09-05", "number": "4"}
    sheet = {"kind": "transfer", "rows": [row]}
    assert ask("POST", "consents/sheet/", sheet) == {"recorded": 1, "corrected": 0}
    withdrawal = "consents/{consent_id}/withdrawal/"
    ask("PUT", withdrawal, {"withdrawn_on": "2026-09-19"}, consent_id=consent["id"])
    undone = ask("POST", f"{withdrawal}undo/", {"reason": "no_withdrawal"}, consent_id=consent["id"])
    assert undone["withdrawn_on"] is None
    ask("PUT", withdrawal, {"withdrawn_on": "2026-09-20"}, consent_id=consent["id"])
    missing = ask("GET", "consents/missing/")["items"]
    assert pupil in {row["id"] for row in missing}
    paper = {"people": [pupil], "kind": "processing", "given_on": "2026-10-01"}
    assert ask("POST", "consents/paper/", paper) == {"recorded": 1}


def own_consents(ask: Any) -> None:
    """The teacher of the template represents the seeded pupil."""
    consent, child = str(seeds.OWN["consent_id"]), str(seeds.OWN["person_id"])
    assert consent in {row["id"] for row in ask("GET", "participation/consents/")["items"]}
    assert ask("GET", "participation/people/{person_id}/consent.pdf", person_id=child)[:4] == b"%PDF"
    assert ask("PUT", "participation/consents/{consent_id}/withdrawal/", consent_id=consent)["state"] == "withdrawn"


def pairs(ask: Any, pupil: str) -> None:
    body = {"form_code": "teacher-pupil", "mentor": str(world.MENTOR), "mentees": [pupil], "starts_on": "2026-10-01"}
    assert pupil in {row["id"] for row in ask("GET", "pairs/unpaired/")["items"]}
    assert [row["id"] for row in ask("POST", "pairs/unpaired/search/", {"q": "ёлкин"})["items"]] == [pupil]
    (pair,) = ask("POST", "pairs/", body)["pairs"]
    (draft,) = ask("POST", "pairs/", {**body, "starts_on": "2025-10-01", "ends_on": "2025-12-01"})["pairs"]
    assert pair in {row["id"] for row in ask("GET", "pairs/drafts/")["items"]} | {pair}
    ask("DELETE", "pairs/{pair_id}/", pair_id=draft)
    period = {"starts_on": "2026-10-02", "ends_on": "2027-05-31", "role_variant": ""}
    assert ask("PUT", "pairs/{pair_id}/", period, pair_id=pair)["starts_on"] == "2026-10-02"
    order = ask("POST", "orders/approve/", {"pairs": [pair], "number": "84-од", "signed_on": "2026-10-02"})
    assert order["approved_at"]
    card = ask("GET", "pairs/{pair_id}/", pair_id=pair)
    assert card["order"]["number"] == "84-од"
    later = {**body, "starts_on": "2028-01-01", "ends_on": "2028-05-31", "group_title": "Шахматы"}
    (other,) = ask("POST", "pairs/", later)["pairs"]
    group = ask("GET", "pairs/{pair_id}/", pair_id=other)["group"]
    (joined,) = ask("POST", "pairs/", {**body, "starts_on": "2029-01-01", "group": group})["pairs"]
    assert ask("GET", "pairs/{pair_id}/", pair_id=joined)["group_title"] == "Шахматы"
    ask("POST", "orders/signed/", {"pairs": [other], "number": "85-од", "signed_on": "2026-10-03"})
    ask("PUT", "orders/{order_id}/", {"number": "84-ОД", "signed_on": "2026-10-02"}, order_id=order["id"])
    ask("GET", "orders/{order_id}/", order_id=order["id"])
    assert ask("GET", "orders/{order_id}/paper.docx", order_id=order["id"])[:2] == b"PK"
    assert ask("GET", "orders/{order_id}/paper.pdf", order_id=order["id"])[:4] == b"%PDF"
    assert ask("GET", "orders/draft.docx")[:2] == b"PK"
    assert ask("GET", "orders/draft.pdf")[:4] == b"%PDF"
    assert len(ask("GET", "orders/{order_id}/pairs/", order_id=order["id"])["items"]) == 1
    ask("PUT", "pairs/{pair_id}/end/", {"ends_on": "2026-11-01", "code": "left", "reason": ""}, pair_id=pair)
    assert pair in {row["id"] for row in ask("GET", "orders/changes/")["items"]}
    ask("POST", "orders/signed/", {"endings": [pair], "number": "87-од", "signed_on": "2026-11-02"})
    assert pair not in {row["id"] for row in ask("GET", "orders/changes/")["items"]}
    made = ask("POST", "orders/{order_id}/cancel/", {"number": "86", "signed_on": "2026-10-20"}, order_id=order["id"])
    assert (made["number"], made["cancels"], made["cancelled_by"]) == ("86", order["id"], None)
    assert ask("GET", "orders/{order_id}/", order_id=order["id"])["cancelled_by"] == made["id"]
    assert {row["id"] for row in ask("POST", "pairs/search/", {"q": "ёлкин"})["items"]} >= {pair, other}
    assert {row["id"] for row in ask("GET", "pairs/", query=f"?person={pupil}")["items"]} >= {pair, other}
    assert "Ёлкин" in text_of(ask("POST", "pairs/export/", {"q": "елкин"}))
    assert "Ёлкин" in text_of(ask("GET", "pairs/export/", query="?form=teacher-pupil"))
    ask("GET", "orders/")
    ask("GET", "pairs/", query="?form=teacher-pupil&state=acting")
    assert len(ask("GET", "pairs/own/")["items"]) >= 1
    ended = ask("PUT", "pairs/{pair_id}/end/", {"ends_on": "2026-10-15", "reason": "Завершено"}, pair_id=pair)
    assert ended["ends_on"] == "2026-10-15"


def imports(ask: Any) -> None:
    rows = [("Новиков Лев Ильич", "01.02.2014", "01.09.2026", "6А"), ("", "", "", "6А")]
    job = ask("POST", "imports/upload/", {"workbooks": workbook(*rows)})
    sheet = job["files"][0]["sheets"][0]
    correction = {
        "file": job["files"][0]["id"],
        "place": 0,
        "kind": "pupils",
        "header_row": sheet["header_row"],
        "columns": sheet["columns"],
    }
    path = {"job_id": job["id"]}
    ask("PUT", "imports/{job_id}/columns/", {"sheets": [correction]}, **path)
    assert ask("POST", "imports/{job_id}/check/", **path)["state"] == "checked"
    ask("GET", "imports/{job_id}/rows/", query="?refused=true", **path)
    assert "6А" in text_of(ask("GET", "imports/{job_id}/refused.xlsx", **path))
    assert "Образцова" in text_of(ask("GET", "imports/samples/{sample}.xlsx", sample="kontingent"))
    assert ask("POST", "imports/{job_id}/apply/", **path)["state"] == "done"
    with school(SCHOOL_A.schema):
        assert Person.objects.filter(surname="Новиков", name="Лев").count() == 1
    ask("GET", "imports/{job_id}/", **path)
    absent = ask("GET", "imports/{job_id}/absent/", **path)["items"]
    chosen = [row["enrolment"] for row in absent[:1]]
    if chosen:
        ask("POST", "imports/{job_id}/absent/", {"enrolments": chosen, "left_on": "2026-11-20"}, **path)
    other = ask(
        "POST", "imports/upload/", {"workbooks": workbook(("Орлова Ия Львовна", "03.02.2014", "01.09.2026", "6А"))}
    )
    with school(SCHOOL_A.schema):
        long_ago = timezone.now() - timedelta(hours=1)
        ImportJob.objects.filter(pk=other["id"]).update(state=ImportJob.State.CHECKING, worked_at=long_ago)
    ask("POST", "imports/{job_id}/resume/", job_id=other["id"])
    ask("DELETE", "imports/{job_id}/", job_id=other["id"])
    stands = ask("GET", "imports/{job_id}/undo/", **path)
    assert stands == {"can_be_undone": True, "obstacles": []}
    ask("POST", "imports/{job_id}/undo/", **path)
    assert ask("GET", "imports/{job_id}/undo/", **path)["can_be_undone"] is False
    with school(SCHOOL_A.schema):
        assert not Person.objects.filter(surname="Новиков", name="Лев").exists()
    ask("GET", "imports/")


def rights(ask: Any) -> None:
    asked = {"asked_by": "subject", "basis": "withdrawn", "asked_on": "2026-10-05"}
    for name, act, body in (
        ("Ненужный", "drop", {"because": "taken_back"}),
        ("Удаляемый", "execution", {"confirmation": "уничтожить"}),
    ):
        person = ask("POST", "people/", {**PUPIL, "surname": name})["id"]
        held = ask("GET", "people/{person_id}/held/", person_id=person)
        assert name in str(held["held"])
        made = ask("POST", "people/{person_id}/destruction/", asked, person_id=person)
        ask("POST", f"destructions/{{destruction_id}}/{act}/", body, destruction_id=made["id"])
    assert ask("GET", "destructions/{destruction_id}/", destruction_id=made["id"])["destroyed"]
    assert ask("GET", "destructions/", query="?state=dropped")["items"]


def feed(ask: Any) -> None:
    rule = {"is_automatic": True, "most_refused_percent": 50, "most_absent": 1000}
    set_to = ask("PUT", "feed/policy/", rule)
    assert ask("GET", "feed/policy/") == set_to == {**rule, "version": set_to["version"]}
    row = {"surname": "Осин", "first_name": "Пётр", "birth_date": "2013-05-06", "admitted_on": "2026-09-01"}
    sent = ask("POST", "feed/people/rows/", {"pupils": [row, {**row, "surname": ""}]})
    assert sent["outcome"] == "applied"
    assert [(each["row"], each["code"]) for each in sent["refused"]] == [(3, "no_surname")]
    file = workbook(("Вязова Ия Львовна", "03.02.2014", "01.09.2026", "6А"))
    assert ask("POST", "feed/people/files/", {"workbooks": file})["outcome"] == "applied"
    assert ask("GET", "feed/{job_id}/", job_id=sent["id"])["outcome"] == "applied"
    assert len(ask("GET", "feed/")["items"]) == 3


def accounts(ask: Any) -> None:
    me = ask("GET", "me/")
    assert {"role": "director", "scope": ""} in me["roles"]
    ask("GET", "roles/")
    ask("GET", "staff/", query="?q=seeded")
    user = {"user_id": seeds.OWN["user_id"]}
    ask("GET", "staff/{user_id}/", **user)
    grant = ask("POST", "staff/{user_id}/grants/", {"role": "psychologist"}, **user)
    ask("DELETE", "staff/{user_id}/grants/{grant_id}/", grant_id=grant["id"], **user)
    grown = {**PUPIL, "surname": "Соснова", "birth_date": "1980-01-02", "kinds": ["teacher"], "enrolments": []}
    card = ask("POST", "people/", grown)["id"]
    assert ask("PUT", "staff/{user_id}/card/", {"person": card}, **user)["person_id"] == card
    assert ask("POST", "staff/{user_id}/card/untie/", {"reason": "wrong_card"}, **user)["person_id"] is None
    with school(SCHOOL_A.schema):
        make_user("mentor", login="second-login", with_totp=False)
    joined = ask("POST", "staff/{user_id}/join/", {"login": "second-login"}, **user)
    assert "mentor" in {held["role"] for held in joined["grants"]}
    assert ask("PUT", "staff/{user_id}/active/", {"is_active": False}, **user)["is_active"] is False
    ask("POST", "staff/{user_id}/password-code/", **user)
    ask("DELETE", "staff/{user_id}/second-factor/", **user)
    made = ask("POST", "invitations/", {"name": "Кто-то", "roles": [{"role": "mentor"}]})
    ask("GET", "invitations/")
    ask("DELETE", "invitations/{invitation_id}/", invitation_id=made["invitation"]["id"])
    token = ask("POST", "tokens/", {"title": "Второй", "roles": [{"role": "director"}], "days": 2})
    ask("GET", "tokens/")
    ask("DELETE", "tokens/{token_id}/", token_id=token["token"]["id"])
    archive = ask("GET", "archive/")
    assert ask("GET", "closing/")["closing_on"] is None
    ask("GET", "archive/{archive_id}/file.zip", archive_id=archive["id"])
    assert ask("POST", "archive/")["state"] == "asked"


def years(ask: Any) -> None:
    plan = ask("GET", "rollover/")
    room = plan["classes"][0]
    assert (room["title"], room["outcome"], room["next_title"]) == ("7А", "promote", "8А")
    body = {
        "version": plan["version"],
        "day": f"{plan['year']}-11-15",
        "classes": [{"id": room["id"], "outcome": "promote", "title": "8-б"}],
    }
    pupils = ask("GET", "rollover/classes/{class_id}/", class_id=room["id"])["items"]
    assert {row["outcome"] for row in pupils} == {"promote"}
    people_ = [{"enrolment": str(seeds.OWN["enrolment_id"]), "outcome": "leave"}]
    assert ask("PUT", "rollover/", {**body, "people": people_})["counts"]["leave"] == 1
    assert ask("POST", "rollover/done/", {})["is_done"] is True
    left = ask("GET", "pairs/leavers/")["items"]
    assert {"id": str(seeds.OWN["pair_id"]), "ends_on": f"{plan['year']}-11-14"}.items() <= left[0].items()
    assert ask("POST", "pairs/leavers/", {"pairs": [left[0]["id"]], "reason": "Выбыл"}) == {
        "ended": 1,
        "substitutes": [],
    }
    assert ask("GET", "rollover/done/") == {"can_be_undone": True, "obstacles": []}
    ask("DELETE", "rollover/done/")
    assert ask("GET", "rollover/done/")["can_be_undone"] is False


def transfers(ask: Any, pupil: str) -> None:
    (found,) = ask("GET", "transfers/schools/", query="?q=школа б")["items"]
    body = {"to_code": found["code"], "leaves_on": "2026-11-15", "basis": "Заявление", "with_guardians": True}
    made = ask("POST", "people/{person_id}/release/", body, person_id=pupil)
    states = {row["id"]: row["state"] for row in ask("GET", "transfers/outgoing/")["items"]}
    assert states[made["id"]] == "offered"
    ask("DELETE", "transfers/outgoing/{transfer_id}/", transfer_id=made["id"])
    waiting = {"transfer_id": seeds.OWN["transfer_id"]}
    assert ask("GET", "transfers/incoming/{transfer_id}/", **waiting)["full_name"] == "Переводов Приходящий"
    person = ask("POST", "transfers/incoming/{transfer_id}/acceptance/", {"class_name": "7Б"}, **waiting)["person"]
    assert ask("GET", "people/{person_id}/", person_id=person)["enrolments"][0]["class_name"] == "7Б"
    with school(SCHOOL_B.schema):
        from tenants.transfers.services import offer_transfer

        card = {"surname": "Второй", "name": "Лев", "patronymic": "", "birth_date": "2013-01-02"}
        other, _title = offer_transfer(to_code=SCHOOL_A.code, leaves_on=world.SEPTEMBER, card=card)
    assert [row["id"] for row in ask("GET", "transfers/incoming/")["items"]] == [str(other)]
    ask("DELETE", "transfers/incoming/{transfer_id}/", transfer_id=other)


def programme_year(ask: Any) -> None:
    year = ask("POST", "programme/years/", {"starts_on": "2027-09-01", "profiles": ["r-145"]})
    path = {"year_id": year["id"]}
    year = ask("POST", "programme/years/{year_id}/profiles/", {"profiles": ["az-1128"]}, **path)
    assert [row["version"] for row in year["profiles"]] == [1, 1]
    assert year["id"] in {row["id"] for row in ask("GET", "programme/years/")["items"]}
    tasks = ask("GET", "programme/years/{year_id}/", **path)["tasks"]
    assert (tasks[0]["stage"], tasks[-1]["stage"]) == (1, 14)
    own = {"title": "Сделать стенд", "stage": 14, "responsible": [str(world.MENTOR)], "due_on": "2027-10-01"}
    task = {"task_id": ask("POST", "programme/years/{year_id}/tasks/", own, **path)["id"]}
    assert ask("PUT", "programme/tasks/{task_id}/", {**own, "term": "осень"}, **task)["term"] == "осень"
    assert ask("PUT", "programme/tasks/{task_id}/mark/", {"state": "work", "note": "идёт"}, **task)["state"] == "work"
    assert ask("PUT", "programme/tasks/{task_id}/mark/", {"state": "todo"}, **task)["note"] == "идёт"
    told = ask("GET", "programme/tasks/{task_id}/", **task)
    assert (told["responsible"], told["evidence"]) == ([str(world.MENTOR)], None)
    assert "Сделать стенд" in text_of(ask("GET", "programme/years/{year_id}/roadmap/", **path))
    ask("DELETE", "programme/tasks/{task_id}/", **task)
    copy = ask("POST", "programme/years/", {"starts_on": "2028-09-01", "copy_of": year["id"]})
    changed = {"title": "Новая программа", "starts_on": "2028-08-25", "ends_on": "2029-05-31"}
    assert ask("PUT", "programme/years/{year_id}/", changed, year_id=copy["id"])["title"] == "Новая программа"
    ask("DELETE", "programme/years/{year_id}/", year_id=copy["id"])
    form = {"title": "выпускник – ученик", "mentor_kinds": ["alumnus"], "mentee_kinds": ["pupil"]}
    own = ask("POST", "programme/forms/", form)
    assert own["code"] in {row["code"] for row in ask("GET", "reference/")["forms"]}
    path = {"own_form_id": own["id"]}
    assert ask("PUT", "programme/forms/{own_form_id}/", {**form, "is_offered": False}, **path)["is_offered"] is False
    assert own["id"] in {row["id"] for row in ask("GET", "programme/forms/")["items"]}


def mergers(ask: Any) -> None:
    path = {"merger_id": seeds.MERGER}
    assert [row["id"] for row in ask("GET", "mergers/")["items"]] == [str(seeds.MERGER)]
    ask("PUT", "mergers/{merger_id}/plan/", {"titles": {"5А": "5 «А» новая"}}, **path)
    assert ask("GET", "mergers/{merger_id}/", **path)["plan_classes"] == {"5А": "5 «А» новая"}
    ask("POST", "mergers/{merger_id}/agreement/", **path)
    ask("POST", "mergers/{merger_id}/plan/", **path)
    ask("DELETE", "mergers/{merger_id}/", **path)


def test_every_operation_of_a_school_succeeds(programme: Programme):
    ask = programme.ask
    pupil, _parent = people(ask)
    twice(ask)
    consents(ask, pupil)
    pairs(ask, pupil)
    matching(ask, pupil)
    proposals(ask, pupil)
    meetings(ask)
    questionnaires(ask)
    life(ask)
    attachments(ask)
    worklist(ask)
    clearances(ask)
    training(ask)
    own_consents(ask)
    transfers(ask, pupil)
    mergers(ask)
    imports(ask)
    years(ask)
    accounts(ask)
    webhooks(ask, "order.signed")
    feed(ask)
    ask("GET", "coverage/", query="?day=2026-10-31")
    ask("GET", "coverage/missing/", query="?day=2026-10-31")
    ask("GET", "reference/")
    programme_year(ask)
    rights(ask)  # forgets archives: after them
    log = ask("GET", "audit/", query="?limit=200")["items"]
    assert {"people.person_created", "consents.withdrawn", "orders.approved"} <= {row["action"] for row in log}
    served = {
        (
            method,
            "/" + endpoint.route.replace("<uuid:", "{").replace("<slug:", "{").replace("<int:", "{").replace(">", "}"),
        )
        for endpoint in endpoints(World.SCHOOL)
        for method, declared in endpoint.operations.items()
        if not declared.hidden
    }
    assert served - programme.succeeded == set()
    print(f"P11: {len(programme.succeeded)} of {len(served)} operations of a school succeeded and conform")


@pytest.mark.parametrize("route", ["people/", "pairs/", "consents/", "consents/missing/", "pairs/unpaired/", "staff/"])
def test_a_longer_list_costs_no_more_queries(programme: Programme, route: str):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            programme.ask("GET", route)
        return len(caught)

    def add(letter: str) -> None:
        pupil = programme.ask("POST", "people/", {**PUPIL, "surname": f"Ёлкин{letter}"})["id"]
        consent = {"kind": "transfer", "signer": "representative", "given_on": "2026-09-02"}
        programme.ask("POST", "people/{person_id}/consents/", consent, person_id=pupil)
        if route == "pairs/":
            pair = {"form_code": "teacher-pupil", "mentor": str(world.MENTOR), "mentees": [pupil]}
            programme.ask("POST", "pairs/", {**pair, "starts_on": "2026-10-01"})

    add("а")
    count()  # what is remembered for a while is remembered
    before = count()
    for letter in "бвгд":
        add(letter)
    with school(SCHOOL_A.schema):
        make_user("mentor", with_totp=False)
    assert count() == before


def test_nothing_of_it_reached_the_other_school(programme: Programme):
    people(programme.ask)
    with school(SCHOOL_B.schema):
        assert not Person.objects.filter(surname__startswith="Ёлкин").exists()


def test_the_services_words_stand_at_the_fields(programme: Programme, client_at):
    headers = programme.headers
    body = {**PUPIL, "snils": "123", "birth_date": "2031-01-01"}
    refused = client_at("sch-a").post("/api/v1/people/", body, content_type="application/json", headers=headers)
    assert refused.status_code == 422
    told = refused.json()
    assert told["fields"]["snils"] == ["В СНИЛС должно быть 11 цифр, например 112-233-445 95."]
    assert told["fields"]["birth_date"] == ["Дата рождения позже сегодняшнего дня. Проверьте год."]
    with school(SCHOOL_A.schema):
        assert not Person.objects.filter(surname="Ёлкин").exists()
