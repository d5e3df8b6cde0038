"""The scheduled feed: the same import by a programme, written without a person only as the director lets it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from core.accounts.errors import TokenError
from core.accounts.models import ApiToken
from core.accounts.services.tokens import issue_token
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import school
from core.webhooks.models import Delivery, Webhook
from schools.imports import feed, services, tasks
from schools.imports.applying import apply_import
from schools.imports.domain.fields import SheetKind
from schools.imports.models import ImportFile, ImportJob, RememberedLayout
from schools.imports.rows_as_files import file_of_rows
from schools.imports.selectors import import_report
from schools.imports.services import Upload
from schools.people.models import Enrolment, Person
from schools.people.rollover import roll_over
from tests.support import seeds
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
ROWS = "/api/v1/feed/people/rows/"
FREE = {"is_automatic": True, "most_refused_percent": 40, "most_absent": 100}


def row(surname: str = "Осин", **more: str) -> dict[str, str]:
    return {
        "surname": surname,
        "first_name": "Пётр",
        "patronymic": "Ильич",
        "birth_date": "2013-05-06",
        "admitted_on": "2026-09-01",
        "class_name": "6А",
        **more,
    }


class Journal:
    """A programme with a token that can feed and nothing else."""

    def __init__(self, client: Any) -> None:
        self.client = client
        with school(SCHOOL_A.schema):
            self.user = make_user("coordinator")
            issued = issue_token(
                actor=load_actor(self.user),
                title="Журнал",
                roles=[("coordinator", "")],
                days=30,
                permissions=["imports.feed"],
            )
        self.headers = {"Authorization": f"Bearer {issued.secret}"}

    def send(self, *rows: dict[str, str], teachers: Sequence[dict[str, str]] = (), **headers: str) -> Any:
        body = json.dumps({"pupils": list(rows), "teachers": list(teachers)})
        sent = {**self.headers, **headers}
        return self.client.post(ROWS, body, content_type="application/json", headers=sent)


@pytest.fixture
def journal(client_at) -> Journal:
    return Journal(client_at("sch-a"))


def set_rule(**rule: Any) -> None:
    with school(SCHOOL_A.schema):
        director = load_actor(make_user("director"))
        feed.set_feed_policy(actor=director, **{**FREE, **rule})


def surnames() -> set[str]:
    with school(SCHOOL_A.schema):
        return set(Person.objects.values_list("surname", flat=True))


def test_a_plain_list_is_written_at_once_and_refused_rows_are_told(journal: Journal):
    set_rule()
    told = journal.send(row("Осин"), row("Липин"), row("")).json()
    assert told["outcome"] == "applied"
    assert {"Осин", "Липин"} <= surnames()
    (refused,) = told["refused"]
    assert (refused["row"], refused["code"]) == (4, "no_surname")
    assert told["counts"]["people_new"] == 2


def test_the_same_list_again_changes_nothing(journal: Journal):
    set_rule()
    first = journal.send(row()).json()
    with school(SCHOOL_A.schema):
        before = list(ImportJob.objects.order_by("pk").values())
    again = journal.send(row()).json()
    assert (again["outcome"], again["id"]) == ("unchanged", first["id"])
    with school(SCHOOL_A.schema):
        assert list(ImportJob.objects.order_by("pk").values()) == before


def test_a_list_that_is_again_as_it_was_brings_the_school_back(journal: Journal):
    set_rule(most_refused_percent=50)
    first = journal.send(row(), row("")).json()
    assert journal.send(row(class_name="6Б"), row("")).json()["outcome"] == "applied"
    back = journal.send(row(), row("")).json()
    assert back["outcome"] == "applied"
    assert back["id"] != first["id"]
    with school(SCHOOL_A.schema):
        assert Enrolment.objects.get(person__surname="Осин").school_class.title == "6А"
        assert len(import_report()["rows_refused"]) == 2, "the same bytes report once"
    again = journal.send(row(), row("")).json()
    assert (again["outcome"], again["id"], again["refused"]) == ("unchanged", back["id"], [])


def test_a_list_of_which_a_part_was_written_before_is_known_when_it_comes_again(journal: Journal):
    set_rule()
    teacher = row("Педагогов", birth_date="1980-01-02", post="учитель", class_name="")
    assert journal.send(teachers=[teacher]).json()["outcome"] == "applied"
    set_rule(is_automatic=False)
    waiting = journal.send(row(), teachers=[teacher]).json()
    assert waiting["outcome"] == "waiting"
    assert journal.send(row(), teachers=[teacher]).json()["id"] == waiting["id"]


def test_of_two_at_once_the_newer_stays(in_school):
    in_school(SCHOOL_A)
    actor = load_actor(make_user("coordinator"))
    both = [
        services.start_import(actor=actor, uploads=[file_of_rows(SheetKind.PUPILS, [row(name)])], is_feed=True)
        for name in ("Осин", "Липин")
    ]
    # Each looks after both are stored.
    for _job in both:
        feed._leave_the_newest(actor)
    states = list(ImportJob.objects.filter(is_feed=True).order_by("created_at").values_list("state", flat=True))
    assert states == ["cancelled", "columns"]


def test_without_the_directors_word_everything_waits(journal: Journal):
    told = journal.send(row()).json()
    assert told["outcome"] == "waiting"
    assert [hold["code"] for hold in told["holds"]] == ["by_hand"]
    assert "Осин" not in surnames()
    again = journal.send(row()).json()
    assert again["id"] == told["id"], "the same list goes on waiting, it does not pile up"
    with school(SCHOOL_A.schema):
        person = load_actor(make_user("coordinator"))
        apply_import(actor=person, job_id=told["id"])
    assert "Осин" in surnames()


def test_many_refused_rows_or_many_missing_people_wait_for_a_person(journal: Journal):
    set_rule(most_refused_percent=40)
    told = journal.send(row(), row("Липин"), row(""), row("", first_name="Лев")).json()
    assert [hold["code"] for hold in told["holds"]] == ["many_refused"]
    set_rule(most_absent=0)
    newer = journal.send(row()).json()
    assert [hold["code"] for hold in newer["holds"]] == ["many_absent"]
    assert "Осин" not in surnames()
    with school(SCHOOL_A.schema):
        assert ImportJob.objects.get(pk=told["id"]).state == ImportJob.State.CANCELLED, "a newer list replaces it"
        assert not ImportFile.objects.filter(job=told["id"], content__isnull=False).exists()
    set_rule(most_absent=1000)
    assert journal.send(row("Вязов")).json()["outcome"] == "applied"


def test_a_list_that_moves_many_into_other_classes_waits_for_a_person(journal: Journal, monkeypatch):
    set_rule(most_absent=1000)
    monkeypatch.setattr(feed, "_FEW_CLASSES_CHANGED", 1)
    assert journal.send(row("Осин"), row("Липин"), row("Вязов")).json()["outcome"] == "applied"
    told = journal.send(row("Осин", class_name="7А"), row("Липин", class_name="7А"), row("Вязов")).json()
    assert [hold["code"] for hold in told["holds"]] == ["many_classes_changed"]
    assert told["counts"]["classes_changed"] == 2
    few = journal.send(row("Осин", class_name="7А"), row("Липин"), row("Вязов")).json()
    assert (few["outcome"], few["counts"]["classes_changed"]) == ("applied", 1)


def test_a_journal_that_moves_up_later_than_the_school_moves_nobody_back(journal: Journal):
    set_rule(most_absent=1000)
    assert journal.send(row(admitted_on="2025-09-01")).json()["outcome"] == "applied"
    with school(SCHOOL_A.schema):
        roll_over(actor=load_actor(make_user("director")), year=2026)
    told = journal.send(row(admitted_on="2025-09-01"), row("Липин")).json()
    assert (told["outcome"], told["counts"]["classes_changed"], told["counts"]["remarks"]) == ("applied", 0, 1)
    with school(SCHOOL_A.schema):
        rows = Enrolment.objects.filter(person__surname="Осин").order_by("admitted_on")
        assert [each.school_class.title for each in rows] == ["6А", "7А"]


def test_nobody_is_struck_off_by_a_feed(journal: Journal):
    set_rule(most_absent=1000)
    with school(SCHOOL_A.schema):
        before = set(Enrolment.objects.filter(left_on__isnull=True).values_list("pk", flat=True))
        assert before
    told = journal.send(row()).json()
    assert told["counts"]["absent"] >= 1
    with school(SCHOOL_A.schema):
        assert before <= set(Enrolment.objects.filter(left_on__isnull=True).values_list("pk", flat=True))


@pytest.mark.nightly  # by day kept answers are proved on a cheaper operation
def test_a_repeated_request_gets_the_first_answer(journal: Journal):
    set_rule()
    first = journal.send(row(), **{"Idempotency-Key": "night-1"})
    again = journal.send(row(), **{"Idempotency-Key": "night-1"})
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert journal.send(row("Липин"), **{"Idempotency-Key": "night-1"}).status_code == 422
    assert "Липин" not in surnames()


def test_a_long_list_is_worked_on_by_the_worker(journal: Journal, monkeypatch):
    set_rule()
    monkeypatch.setattr(services, "ROWS_WHILE_WAITING", 1)
    told = journal.send(row(), row("Липин")).json()
    assert told["outcome"] == "in_work"
    with school(SCHOOL_A.schema):
        tasks.check_import_task.run(job_id=told["id"], goes_on=True)
        assert ImportJob.objects.get(pk=told["id"]).state == ImportJob.State.DONE
    asked = journal.client.get(f"/api/v1/feed/{told['id']}/", headers=journal.headers).json()
    assert asked["outcome"] == "applied"


def test_whoever_lost_his_role_feeds_no_more_and_what_he_sent_waits(journal: Journal, monkeypatch):
    set_rule()
    monkeypatch.setattr(services, "ROWS_WHILE_WAITING", 1)
    told = journal.send(row(), row("Липин")).json()
    with school(SCHOOL_A.schema):
        journal.user.grants.all().delete()
        tasks.check_import_task.run(job_id=told["id"], goes_on=True)
        assert ImportJob.objects.get(pk=told["id"]).state == ImportJob.State.CHECKED
    assert journal.send(row()).status_code == 403
    assert "Осин" not in surnames()


def test_the_token_of_a_feed_can_do_nothing_else(journal: Journal):
    seeds.seed_all()
    get = lambda path: journal.client.get(f"/api/v1/{path}", headers=journal.headers).status_code  # noqa: E731
    for path in ("people/", "imports/", f"imports/{seeds.OWN['job_id']}/", "audit/", "staff/", "tokens/", "consents/"):
        assert get(path) == 403, path
    assert get(f"feed/{seeds.OWN['job_id']}/") == 404, "an import of a person is not a feed's"
    assert get("feed/") == 200
    told = journal.client.get("/api/v1/me/", headers=journal.headers).json()
    assert told["permissions"] == ["imports.feed"]


def test_a_narrow_token_issues_no_wider_one(in_school):
    in_school(SCHOOL_A)
    director = load_actor(make_user("director"))
    roles = [("director", "")]
    with pytest.raises(TokenError):
        issue_token(actor=director, title="т", roles=roles, days=5, permissions=["dashboards.view"])
    narrow = issue_token(
        actor=director, title="т", roles=roles, days=5, permissions=["tokens.manage", "imports.feed"]
    ).token
    from core.authz import narrowed

    actor = narrowed(director, roles, narrow.permissions)
    for wanted in ([], ["people.view"], ["imports.feed", "people.view"]):
        with pytest.raises(TokenError):
            issue_token(actor=actor, title="шире", roles=roles, days=5, permissions=wanted, means=narrow)
    assert not ApiToken.objects.filter(title="шире").exists()
    issue_token(actor=actor, title="уже", roles=roles, days=5, permissions=["imports.feed"], means=narrow)


def test_the_rule_is_the_directors(client_at, in_school):
    page = sign_in(client_at, "sch-a", "coordinator")
    assert "Правило меняет директор" in page.get("/import/feed/").content.decode()
    body = {"is_automatic": "on", "most_refused_percent": "3", "most_absent": "7"}
    assert page.post("/import/feed/", body).status_code == 403
    with school(SCHOOL_A.schema):
        assert not feed.feed_policy().is_automatic
    assert sign_in(client_at, "sch-a", "director").post("/import/feed/", body).status_code == 302
    in_school(SCHOOL_A)
    assert (feed.feed_policy().most_refused_percent, feed.feed_policy().most_absent) == (3, 7)
    assert AuditRecord.objects.filter(action="imports.feed_policy_set").count() == 1
    with pytest.raises(RefusedError):
        feed.set_feed_policy(actor=load_actor(make_user("coordinator")), **FREE)


def test_the_end_of_a_feed_is_told(journal: Journal):
    seeds.seed_all()
    with school(SCHOOL_A.schema):
        Webhook.objects.filter(pk=seeds.OWN["webhook_id"]).update(events=["import.finished"])
    waiting = journal.send(row()).json()
    set_rule()
    done = journal.send(row("Липин")).json()
    with school(SCHOOL_A.schema):
        told = Delivery.objects.filter(event="import.finished").order_by("created_at")
        assert [(each.payload["data"]["import"], each.payload["data"]["state"]) for each in told] == [
            (waiting["id"], "checked"),
            (done["id"], "done"),
        ]


@pytest.mark.parametrize("kind", [SheetKind.PUPILS, SheetKind.TEACHERS])
def test_rows_are_read_as_what_they_are(in_school, kind: SheetKind):
    in_school(SCHOOL_A)
    upload = file_of_rows(kind, [row(post="учитель; биологии", surname='Ос"ин')])
    assert upload.sha256 == file_of_rows(kind, [row(post="учитель; биологии", surname='Ос"ин')]).sha256
    job = services.start_import(actor=load_actor(make_user("coordinator")), uploads=[upload])
    ((sheet,),) = [file.layouts for file in job.files.all()]
    assert sheet["kind"] == kind
    assert len(sheet["columns"]) == (9 if kind == SheetKind.PUPILS else 10)


# Sheets that are left out


EXTRA = ("Справка", ["ФИО", "Дата рождения", "Рост"], [["Осин Пётр", "01.02.2014", "150"]])


def nightly(*rows: list[str], extra: tuple[str, list[str], list[list[str]]] = EXTRA) -> Upload:
    heads = ["ФИО", "Дата рождения", "Дата зачисления", "Класс"]
    tables = [("Обучающиеся", heads, [*rows]), extra]
    content = write_workbook([Table(name, [Column(head) for head in own], said) for name, own, said in tables])
    return Upload("выгрузка.xlsx", content)


def test_a_sheet_left_out_once_makes_the_feed_wait_no_more(in_school):
    in_school(SCHOOL_A)
    director = load_actor(make_user("director"))
    feed.set_feed_policy(actor=director, **FREE)
    osin, lipin = (
        ["Осин Пётр", "01.02.2014", "01.09.2026", "6А"],
        ["Липин Лев", "01.02.2013", "01.09.2026", "6А"],
    )
    job = feed.receive_feed(actor=director, uploads=[nightly(osin)]).job
    assert [hold.code for hold in feed.holds_of(job)] == ["columns"]
    (file,) = job.files.all()
    services.set_layouts(actor=director, job_id=job.pk, choices={(file.pk, 1): services.SheetChoice(None, 1, {})})
    services.check_import(actor=director, job_id=job.pk)
    assert apply_import(actor=director, job_id=job.pk).state == ImportJob.State.DONE
    next_night = feed.receive_feed(actor=director, uploads=[nightly(osin, lipin)]).job
    assert (next_night.state, next_night.counts["people_new"]) == (ImportJob.State.DONE, 1)
    # Chosen again, it is proposed again.
    again = services.start_import(actor=director, uploads=[nightly(lipin)])
    (file,) = again.files.all()
    assert [(sheet["kind"], sheet["is_remembered"]) for sheet in file.layouts] == [("pupils", False), ("", True)]
    choice = services.SheetChoice(SheetKind.PUPILS, 1, {})
    services.set_layouts(actor=director, job_id=again.pk, choices={(file.pk, 1): choice})
    services.check_import(actor=director, job_id=again.pk)
    apply_import(actor=director, job_id=again.pk)
    assert not RememberedLayout.objects.exists()


def test_of_sheets_alike_only_the_one_left_out_stays_out(in_school):
    in_school(SCHOOL_A)
    director = load_actor(make_user("director"))
    osin = ["Осин Пётр", "01.02.2014", "01.09.2026", "6А"]
    left = ("Выбывшие", ["ФИО", "Дата рождения", "Дата зачисления", "Класс"], [["Липин Лев", "", "", ""]])
    job = services.start_import(actor=director, uploads=[nightly(osin, extra=left)])
    (file,) = job.files.all()
    services.set_layouts(actor=director, job_id=job.pk, choices={(file.pk, 1): services.SheetChoice(None, 1, {})})
    services.check_import(actor=director, job_id=job.pk)
    apply_import(actor=director, job_id=job.pk)
    later = services.start_import(actor=director, uploads=[nightly(osin, osin, extra=left)])
    (file,) = later.files.all()
    assert [sheet["kind"] for sheet in file.layouts] == ["pupils", ""]
    alone = services.start_import(actor=director, uploads=[nightly(extra=("Выбывшие", *left[1:]))])
    assert alone.files.get().layouts[1]["is_remembered"]
