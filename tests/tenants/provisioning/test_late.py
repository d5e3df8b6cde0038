"""A school whose task was lost is asked for again by the sweeper, broker or not, and only when it waits too long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.tenancy import region
from reports.rollup.sweeper import Sweeper
from tenants.provisioning.services import LATE_AFTER, change_state, create_school
from tenants.provisioning.tasks import provision_late
from tenants.registry.models import School


@pytest.fixture
def published(monkeypatch):
    """Note what is published; ``fails`` makes the broker unreachable."""
    calls: list[dict] = []

    def publish(**options):
        calls.append(options)
        if publish.fails:
            raise OperationalError

    publish.fails = False
    publish.calls = calls
    monkeypatch.setattr(provision_late, "apply_async", publish)
    return publish


def waiting(actor, seconds: float) -> School:
    with region():
        row = create_school(actor=actor, code="late", title="Школа", district=None)
        School.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(seconds=seconds))
    return row


def calendar() -> None:
    Sweeper()._keep_calendar(timezone.localdate())


def test_a_school_that_waits_too_long_is_asked_for_again(actor, published):
    waiting(actor, LATE_AFTER.total_seconds() + 1)
    calendar()
    assert published.calls == [{"retry": False, "expires": 60}]


def test_a_fresh_school_is_left_to_its_own_task(actor, published):
    waiting(actor, 1)
    calendar()
    assert published.calls == []


def test_nobody_is_asked_for_a_school_that_was_given_up(actor, published):
    row = waiting(actor, 3600)
    with region():
        change_state(actor=actor, school_id=row.pk, state=School.State.CLOSED, reason="ошибка в коде")
    calendar()
    assert published.calls == []


def test_a_broken_broker_does_not_stop_the_sweeper(actor, published):
    published.fails = True
    waiting(actor, 3600)
    calendar()
    assert len(published.calls) == 1
