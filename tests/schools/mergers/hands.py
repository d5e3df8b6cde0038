"""Leads a merger of school B into school A through its steps, in the test's own transaction."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from core.authz import load_actor
from core.events.models import Outbox
from core.tenancy import region, school
from schools.mergers import services as decisions
from schools.mergers import taking, tasks
from tenants.mergers import packing
from tenants.mergers.driving import Tasks, advance_mergers
from tenants.mergers.models import Merger
from tenants.mergers.services import ask_for_merger, begin_merger
from tenants.tombstones.journal import read_line
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A, SCHOOL_B

TASKS = Tasks(hand_over=tasks.hand_over, plan=tasks.plan, take_in=tasks.take_in, forget=tasks.forget)
_BY_NAME = {
    tasks.hand_over.name: taking.hand_over,
    tasks.plan.name: taking.plan,
    tasks.take_in.name: taking.take_in,
    tasks.forget.name: taking.forget,
}


def in_the_tests_transaction(patch: pytest.MonkeyPatch) -> None:
    """Let packages be written inside the transaction of a test."""
    patch.setattr(packing, "one_moment", nullcontext)


def director_of(place: Any) -> Any:
    """Return a new director of a school; in its context."""
    return load_actor(make_user("director", login=f"director-{timezone.now():%f}", with_totp=False))


def admin() -> Any:
    """Return a new administrator of the region; in ``region()``."""
    return load_actor(make_user("region_admin", login=f"admin-{timezone.now():%f}", with_totp=False))


def asked(day: date | None = None) -> UUID:
    """Let the region ask both schools."""
    with region():
        day = day or timezone.localdate()
        return ask_for_merger(
            actor=admin(), from_id=SCHOOL_B.id, to_id=SCHOOL_A.id, day=day, basis="Постановление № 5"
        ).pk


def drive() -> list[str]:
    """Let the region ask for what is next and the schools do it; return the tasks that were done."""
    done = []
    for _round in range(6):
        moved = advance_mergers(TASKS)
        with region():
            rows = list(Outbox.objects.filter(task__in=_BY_NAME))
            Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for row in rows:
            with school(row.school_schema):
                if "tombstones" in row.payload:
                    taking.forget([read_line(line) for line in row.payload["tombstones"]])
                else:
                    _BY_NAME[row.task](UUID(row.payload["merger_id"]))
            done.append(row.task)
        if not rows and not moved:
            break
    return done


def agreed(key: UUID) -> None:
    """Let both directors agree, with the plan between them."""
    with school(SCHOOL_B.schema):
        decisions.agree(actor=director_of(SCHOOL_B), merger_id=key)
    drive()
    with school(SCHOOL_A.schema):
        decisions.agree(actor=director_of(SCHOOL_A), merger_id=key)


def begun(key: UUID) -> None:
    """Let the region begin."""
    with region():
        begin_merger(actor=admin(), merger_id=key)
        Outbox.objects.all().delete()


def merged(day: date | None = None) -> Merger:
    """Lead a merger to its end."""
    key = asked(day)
    agreed(key)
    begun(key)
    drive()
    with region():
        merger = Merger.objects.get(pk=key)
        assert merger.state == Merger.State.DONE
        return merger
