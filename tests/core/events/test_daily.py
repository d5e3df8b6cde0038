"""Once a day each world forgets what nobody needs; schools take turns; a second sweeper does not repeat it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.accounts.models import Invitation
from core.api.models import KeptAnswer
from core.authz.registry import World
from core.events import daily
from core.events.daily import SPREAD_SECONDS, begin_round, keep_house, turn_of
from core.events.models import DailyRound, Outbox
from core.tenancy import region, school
from core.webhooks.models import Delivery
from schools.imports.models import ImportFile, ImportJob
from tenants.provisioning.daily import begin_round_if_due
from tenants.registry.models import School
from tests.support import seeds
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


def rows() -> list[Outbox]:
    return list(Outbox.objects.filter(task__startswith="core.events.keep_").order_by("next_attempt_at"))


def at(hour: int) -> datetime:
    return timezone.localtime().replace(hour=hour, minute=5)


def test_each_world_has_its_turn_once_a_day():
    assert not begin_round_if_due(at(2)), "it is not night enough"
    assert begin_round_if_due(at(3))
    assert not begin_round_if_due(at(4)), "a second sweeper, or one that was started again"
    with region():
        found = rows()
        assert [row.school_schema for row in found].count("") == 1
        assert {row.school_schema for row in found} == {"", SCHOOL_A.schema, SCHOOL_B.schema}
    assert begin_round_if_due(at(3) + timedelta(days=1))
    with region():
        assert len(rows()) == 6


@pytest.mark.parametrize("state", School.State)
def test_a_school_that_is_closed_or_being_restored_has_no_turn(state: School.State):
    with region():
        School.objects.filter(pk=SCHOOL_A.id).update(state=state)
    assert begin_round_if_due(at(3))
    with region():
        has_turn = SCHOOL_A.schema in {row.school_schema for row in rows()}
    assert has_turn == (state not in (School.State.CLOSED, School.State.RESTORING))


def test_a_thousand_schools_do_not_begin_at_once():
    begin = at(3)
    turns = sorted((turn_of(f"s_{number:012x}", begin) - begin).total_seconds() for number in range(1000))
    assert turns[0] >= 0
    assert turns[-1] <= SPREAD_SECONDS
    by_minute = [sum(60 * minute <= turn < 60 * (minute + 1) for turn in turns) for minute in range(120)]
    assert max(by_minute) <= 30
    assert turn_of("s_aaaaaaaaaaaa", begin) == turn_of("s_aaaaaaaaaaaa", begin)


def test_old_rounds_are_forgotten():
    with region():
        DailyRound.objects.create(day=at(3).date() - timedelta(days=40), begun_at=at(3))
        begin_round(at(3), [])
        assert DailyRound.objects.count() == 1


OLD = {
    "answers": lambda ago: KeptAnswer.objects.update(created_at=ago(days=2)),
    "invitations": lambda ago: Invitation.objects.update(expires_at=ago(days=8)),
    "deliveries": lambda ago: Delivery.objects.update(created_at=ago(days=31)),
    "import_drafts": lambda ago: ImportJob.objects.update(created_at=ago(days=8)),
}


def left() -> dict[str, int]:
    return {
        "answers": KeptAnswer.objects.count(),
        "invitations": Invitation.objects.count(),
        "deliveries": Delivery.objects.count(),
        "import_drafts": ImportFile.objects.filter(content__isnull=False).count(),
    }


@pytest.mark.parametrize("chore", [None, *OLD])
def test_what_is_old_is_forgotten_and_nothing_else(in_school: Any, chore: str | None):
    seeds.seed_all()
    in_school(SCHOOL_A)
    KeptAnswer.objects.create(sender=seeds.OWN["user_id"], route="r", key="k", body_hash="", created_at=timezone.now())
    ImportJob.objects.update(created_at=timezone.now())
    Delivery.objects.update(created_at=timezone.now())
    before = left()
    assert all(before.values())
    if chore is not None:
        OLD[chore](lambda days: timezone.now() - timedelta(days=days))
    keep_house(World.SCHOOL)
    assert left() == {**before, **({chore: 0} if chore else {})}
    keep_house(World.SCHOOL)


def test_the_other_school_is_left_alone(in_school: Any):
    seeds.seed_all()
    with school(SCHOOL_B.schema):
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=31))
    in_school(SCHOOL_A)
    keep_house(World.SCHOOL)
    from core.tenancy.context import nowhere

    with nowhere(), school(SCHOOL_B.schema):
        assert Delivery.objects.count() == 1


def test_a_used_invitation_is_kept_and_a_lost_delivery_is_given_up(in_school: Any):
    seeds.seed_all()
    in_school(SCHOOL_A)
    long_ago = timezone.now() - timedelta(days=8)
    Invitation.objects.update(expires_at=long_ago, used_at=long_ago, used_by=seeds.OWN["user_id"])
    Delivery.objects.update(state="pending", created_at=timezone.now(), retry_until=long_ago)
    keep_house(World.SCHOOL)
    assert Invitation.objects.count() == 1
    assert Delivery.objects.get().state == "failed"


def test_the_region_keeps_house_too():
    seeds.seed_all()
    with region():
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=31))
        assert keep_house(World.REGION)["deliveries"] == 1


def test_a_chore_that_fails_keeps_no_other_from_its_turn(db, monkeypatch):
    def broken() -> int:
        raise ValueError("broken")

    did = []
    chores = {World.REGION: {"a": broken, "b": lambda: did.append("b") or 1}, World.SCHOOL: {}}
    monkeypatch.setattr(daily, "_chores", chores)
    with region(), pytest.raises(ValueError, match="broken"):
        daily.keep_house(World.REGION)
    assert did == ["b"]
