"""The page of the platform's state: what it tells, to whom, with the broker and without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.celery_app import app
from core.audit.models import AuditRecord
from core.events import broker
from core.events.models import Mark, Outbox
from core.events.outbox import enqueue_for_school
from core.tenancy import region, rollup
from core.tenancy.tasks import SchoolTask
from reports.operations import presentation, selectors
from reports.operations.exporter import machinery_families
from reports.operations.selectors import MOST_ROWS, figures_now, machinery_now
from reports.rollup.fold import fold_marks, reconcile
from reports.rollup.models import SchoolState
from reports.rollup.work import roll_up_due
from tenants.provisioning.models import SchoolSchema
from tenants.registry.models import School
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
PAGE = "/operations/"


class Task(SchoolTask):
    """A task with a name."""

    name = "schools.imports.check_import"


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


@pytest.fixture
def quiet_broker(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A broker whose state is said here: the check's own is shared."""
    state: dict[str, Any] = {"queues": {"default": 0, "rollup": 0, "provisioning": 0}, "workers": {}}
    monkeypatch.setattr("reports.operations.selectors.broker_state", lambda: broker.Broker(**state))
    return state


def test_a_change_is_seen_until_it_is_rolled_up(quiet_broker: dict[str, Any]):
    with rollup():
        reconcile()
        fold_marks()
    roll_up_due(timezone.localdate())
    with region():
        fresh = figures_now()
        assert (fresh.marks_since, fresh.due_number, fresh.due_since) == (None, 0, None)
        assert fresh.run_at is not None
        assert fresh.run_schools >= 2
        assert presentation.figures_status(fresh).text == "Службы пересчёта не видно"
        assert presentation.figures_status(replace(fresh, swept_at=timezone.now())).kind == "ok"
        at = timezone.now() - timedelta(minutes=7)
        Mark.objects.create(school_schema=SCHOOL_A.schema, at=at)
        assert figures_now().marks_since == at
        assert presentation.figures_status(figures_now()).kind == "stop", "nobody has looked for seven minutes"
    with rollup():
        fold_marks()
    with region():
        seen = figures_now()
        assert (seen.marks_since, seen.due_number, seen.due_since) == (None, 1, at)
        assert [(one.code, one.since) for one in seen.due] == [(SCHOOL_A.code, at)]
    roll_up_due(timezone.localdate())
    with region():
        assert figures_now().due_number == 0
        assert not SchoolState.objects.filter(due_since__isnull=False).exists()


def test_the_page_tells_the_administrator_everything(quiet_broker: dict[str, Any], client_at: Callable[[str], Client]):
    quiet_broker["queues"]["default"] = 7
    quiet_broker["workers"] = {
        "worker@one": timezone.now(),
        "provisioner@one": timezone.now() - timedelta(minutes=9),
    }
    with region():
        SchoolSchema.objects.update_or_create(
            schema_name=SCHOOL_B.schema,
            defaults={"migration_set": "f" * 64, "error": "UndefinedColumn", "changed_at": timezone.now()},
        )
    body = sign_in(client_at, "region", "region_admin").get(PAGE).content.decode()
    for words in ("Есть очередь", "worker@one", "не видно", "UndefinedColumn", "Прежняя версия (ffffffffffff)"):
        assert words in body


def test_the_operator_sees_freshness_alone_and_the_district_nothing(
    quiet_broker: dict[str, Any], client_at: Callable[[str], Client]
):
    operator = sign_in(client_at, "region", "region_operator")
    body = operator.get(PAGE).content.decode()
    assert "Показатели" in body
    assert "Очереди и исполнители" not in body
    assert operator.get("/api/v1/operations/freshness/").status_code == 200
    assert operator.get("/api/v1/operations/queues/").status_code == 403
    assert sign_in(client_at, "region", "district_specialist").get(PAGE).status_code == 403


def test_without_a_broker_the_page_says_so_and_does_not_hang(no_broker: None, client_at: Callable[[str], Client]):
    admin = sign_in(client_at, "region", "region_admin")
    began = timezone.now()
    response = admin.get(PAGE)
    assert timezone.now() - began < timedelta(seconds=2)
    assert response.status_code == 200
    assert "Брокер не отвечает" in response.content.decode()
    assert admin.get("/api/v1/operations/queues/").json()["broker"] is None


def test_the_broker_of_the_check_answers():
    name = f"worker@{uuid4().hex}"
    broker.note_worker(name)
    state = broker.broker_state()
    with broker._client() as client:
        client.hdel(broker._WORKERS, name)
    assert state is not None
    assert timezone.now() - state.workers[name] < timedelta(seconds=30)
    assert set(state.queues) == {"default", "rollup", "provisioning", "webhooks"}


def test_a_task_given_up_is_sent_again_by_a_person(quiet_broker: dict[str, Any], client_at: Callable[[str], Client]):
    with region():
        enqueue_for_school(Task(), school_schema=SCHOOL_A.schema)
        row = Outbox.objects.get()
        Outbox.objects.update(given_up_at=timezone.now(), sendings=9)
    admin = sign_in(client_at, "region", "region_admin")
    body = admin.get(PAGE).content.decode()
    assert "Проверка файла" in body
    assert "Есть несделанные задания" in body
    address = f"/operations/outbox/{row.pk}/send/"
    assert sign_in(client_at, "region", "region_operator").post(address).status_code == 403
    assert "отправлено ещё раз" in admin.post(address, follow=True).content.decode()
    with region():
        again = Outbox.objects.get()
        assert (again.sendings, again.given_up_at, again.sent_at) == (0, None, None)
        assert AuditRecord.objects.filter(action="outbox.sent_again", object_id=str(row.pk)).count() == 1
    assert "уже нет" in admin.post(address, follow=True).content.decode()
    assert admin.post(f"/api/v1{address}").status_code == 409


def test_the_number_of_queries_does_not_grow(
    quiet_broker: dict[str, Any], django_assert_max_num_queries: Callable[[int], Any]
):
    with region():
        Outbox.objects.bulk_create(
            Outbox(
                school_schema=SCHOOL_A.schema if number % 2 else SCHOOL_B.schema,
                task="schools.imports.check_import",
                created_at=timezone.now(),
                next_attempt_at=timezone.now(),
                given_up_at=timezone.now(),
            )
            for number in range(60)
        )
    with rollup():
        SchoolState.objects.bulk_create(
            SchoolState(school_id=uuid4(), schema_name=f"s_{number:012d}") for number in range(60)
        )
    with region(), django_assert_max_num_queries(10):
        figures, machinery = figures_now(), machinery_now()
    assert (len(figures.due), figures.due_number >= 60) == (MOST_ROWS, True)
    assert (len(machinery.sendings.rows), machinery.sendings.failed) == (MOST_ROWS, 60)
    assert connection.in_atomic_block


def test_all_broken_schools_are_counted_and_the_exporter_asks_for_no_shares(
    quiet_broker: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(selectors, "MOST_ROWS", 1)
    monkeypatch.setattr(selectors, "_shares", lambda: pytest.fail("nobody wants them"))
    with region():
        SchoolSchema.objects.filter(pk__in=(SCHOOL_A.schema, SCHOOL_B.schema)).update(error="ProgrammingError")
        found = machinery_now()
        (told,) = [family for family in machinery_families(found, timezone.now()) if family.name.endswith("broken")]
    assert (len(found.fleet.broken), found.fleet.broken_in_all, told.samples[0].value) == (1, 2, 2)


def test_a_closed_school_counts_until_its_data_are_dropped(quiet_broker: dict[str, Any]):
    with region():
        School.objects.filter(pk=SCHOOL_B.id).update(state=School.State.CLOSED)
        SchoolSchema.objects.filter(pk=SCHOOL_B.schema).update(error="LockNotAvailable", migration_set="0" * 64)
        fleet = machinery_now().fleet
        assert sorted((version.schools, version.is_current) for version in fleet.versions) == [(1, False), (1, True)]
        assert [(one.code, one.error) for one in fleet.broken] == [(SCHOOL_B.code, "LockNotAvailable")]
        # Dropped: it stands in no ledger any more.
        School.objects.filter(pk=SCHOOL_B.id).update(schema_name="s_ffffffffffff")
        fleet = machinery_now().fleet
        assert ([version.schools for version in fleet.versions], fleet.broken) == ([1], [])


def test_every_task_that_can_fail_has_words():
    """Roll-ups and wake-ups stand in no outbox for long: the sweeper repeats them itself."""
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if name.partition(".")[0] in {"core", "tenants", "schools", "reports"}}
    wordless = {name for name in ours if presentation.task_words(name) == name}
    assert wordless == {"reports.rollup.roll_up", "reports.rollup.keep_calendar", "tenants.provisioning.provision_late"}


@pytest.mark.parametrize(("seconds", "words"), [(5, "5 с"), (125, "2 мин"), (7300, "2 ч"), (200_000, "2 дн.")])
def test_ages_in_words(seconds: int, words: str):
    now = timezone.now()
    assert presentation.age(now - timedelta(seconds=seconds), now) == words
