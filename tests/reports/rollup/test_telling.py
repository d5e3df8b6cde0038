"""Who wants to know is told which schools' figures have become other ones, and of nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from core.events.models import Outbox
from core.tenancy import region, school
from core.webhooks.models import Webhook
from reports.rollup.work import audit
from schools.people.models import Enrolment
from tests.reports.rollup.test_work import sweep
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 1)


def told() -> list[Any]:
    with region():
        rows = list(Outbox.objects.filter(task="core.events.announce_in_region").order_by("created_at"))
        Outbox.objects.all().delete()
    return [(row.payload["name"], row.payload["data"]) for row in rows]


def leave(day: date | None) -> None:
    with school(SCHOOL_A.schema):
        Enrolment.objects.update(left_on=day)


def test_changed_figures_are_told_to_who_wants_to_know():
    sweep(TODAY)
    assert told() == [], "nobody wants to know"
    with region():
        Webhook.objects.create(
            title="т", url="https://8.8.8.8/", events=["figures.changed"], secret="-", created_at=timezone.now()
        )
    leave(date(2026, 9, 20))
    sweep(TODAY)
    assert told() == [("figures.changed", {"schools": [str(SCHOOL_A.id)]})]
    leave(date(2026, 9, 21))
    sweep(TODAY)
    assert told() == [], "it was counted again and is the same"
    audit(TODAY)
    assert told() == []
