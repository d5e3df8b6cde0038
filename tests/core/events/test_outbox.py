"""A task leaves the outbox when it has been done, not when the broker has had it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from config.celery_app import app
from core.events import outbox
from core.events.models import Outbox
from core.events.outbox import HEADER, enqueue, enqueue_for_school, relay_once
from core.tenancy import region, school
from core.tenancy.tasks import RegionTask, SchoolTask
from core.webhooks.tasks import deliver_in_school
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


@app.task(base=RegionTask, name="tests.events.in_the_region")
def in_the_region() -> None:
    """Do nothing."""


@app.task(base=SchoolTask, name="tests.events.in_a_school")
def in_a_school(*, fails: bool = False) -> None:
    """Do nothing, or fail."""
    if fails:
        raise ValueError("on purpose")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what the broker is given."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(app, "send_task", lambda name, **more: given.append({"name": name, **more}))
    return given


def rows() -> list[Outbox]:
    with region():
        return list(Outbox.objects.order_by("created_at"))


def pass_time() -> None:
    with region():
        Outbox.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_a_row_stays_until_its_task_is_done(sent: list[dict[str, Any]]) -> None:
    with region():
        enqueue(in_the_region)
    assert (relay_once(), relay_once()) == (1, 0), "what the broker has is not sent at once again"
    (row,) = rows()
    assert (row.sendings, row.sent_at is None) == (1, False)
    assert sent[0]["headers"] == {HEADER: str(row.pk)}
    in_the_region.apply(headers=sent[0]["headers"])
    assert rows() == []


def test_a_forgetful_broker_is_given_it_again(sent: list[dict[str, Any]]) -> None:
    with region():
        enqueue_for_school(in_a_school, school_schema=SCHOOL_A.schema)
    relay_once()
    first = rows()[0].next_attempt_at
    pass_time()
    assert relay_once() == 1
    assert len(sent) == 2
    assert rows()[0].next_attempt_at > first, "it is given more time each time"
    in_a_school.apply(headers=sent[1]["headers"])
    assert rows() == []


def test_a_task_that_fails_is_sent_again_and_at_last_given_up(sent: list[dict[str, Any]]) -> None:
    with school(SCHOOL_A.schema):
        enqueue(in_a_school, fails=True)
    for number in range(outbox._MOST_SENDINGS):
        assert relay_once() == 1
        in_a_school.apply(headers=sent[-1]["headers"], kwargs=sent[-1]["kwargs"])
        assert [row.sendings for row in rows()] == [number + 1]
        pass_time()
    assert relay_once() == 0, "what is given up is not sent at the same time"
    (row,) = rows()
    assert (row.given_up_at is not None, row.sendings) == (True, outbox._MOST_SENDINGS)
    pass_time()
    assert relay_once() == 0, "what was given up waits for a person"
    with region():
        assert outbox.send_again(actor="check", outbox_id=row.pk)
        assert not outbox.send_again(actor="check", outbox_id=row.pk), "there is nothing to send any more"
    assert relay_once() == 1


def test_a_school_has_its_share_of_the_broker_and_no_more(
    sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred imports of one school do not stand before another school's first."""
    monkeypatch.setattr(settings, "TASKS_OF_A_SCHOOL_AT_ONCE", 2)
    with region():
        for _ in range(5):
            enqueue_for_school(in_a_school, school_schema=SCHOOL_A.schema)
        enqueue_for_school(in_a_school, school_schema=SCHOOL_B.schema)
        enqueue(in_the_region)
        enqueue(in_the_region)
        enqueue(in_the_region)
    assert relay_once() == 6
    assert [message["headers"].get("school") for message in sent].count(SCHOOL_A.schema) == 2
    assert relay_once() == 0
    in_a_school.apply(headers=next(one["headers"] for one in sent if one["headers"].get("school") == SCHOOL_A.schema))
    assert relay_once() == 1, "one done, the next goes out"
    assert len(rows()) == 8


def test_the_courier_has_a_line_of_his_own(sent: list[dict[str, Any]]) -> None:
    """A school's events for a slow server hold up neither its imports nor another school's."""
    with school(SCHOOL_A.schema):
        for _ in range(3):
            enqueue(deliver_in_school, delivery_id=str(uuid4()), attempt=0)
        enqueue(in_a_school)
    assert relay_once() == 2
    assert relay_once() == 0
    assert sorted(message["name"] for message in sent) == sorted([deliver_in_school.name, in_a_school.name])


def test_a_task_without_a_row_has_none_to_drop(sent: list[dict[str, Any]]) -> None:
    with region():
        enqueue(in_the_region)
    in_the_region.apply()
    assert len(rows()) == 1
