"""What is done once a day in each world: apps say what is to be forgotten there, nobody has to remember.

A school's turn is a task of its own, at a time of its own within the spread: a thousand schools do not begin at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

import structlog
from django.db import transaction

from core.authz.registry import World
from core.events.models import DailyRound, Outbox

_log = structlog.get_logger(__name__)

SPREAD_SECONDS: Final = 2 * 3600
# Rounds of former days are of no use but to somebody who asks whether the last nights were kept.
_ROUNDS_KEPT_DAYS = 30
Chore = Callable[[], int]
_chores: dict[World, dict[str, Chore]] = {World.SCHOOL: {}, World.REGION: {}}


def register_chore(name: str, chore: Chore, *worlds: World) -> None:
    """Have something done once a day in these worlds; ``chore`` returns how many rows it dealt with.

    It must be safe to repeat. Called from ``AppConfig.ready``.
    """
    for world in worlds:
        _chores[world][name] = chore


def keep_house(world: World) -> dict[str, int]:
    """Do everything that is done once a day in the current world; return how many rows each chore dealt with.

    A chore that fails keeps no other from its turn; its error is raised after them, so that the task is tried again.
    """
    done, failed = {}, None
    for name, chore in sorted(_chores[world].items()):
        try:
            with transaction.atomic():
                done[name] = chore()
        except Exception as error:  # noqa: BLE001  the other chores must not wait; raised below
            _log.error("chore_failed", chore=name, error=type(error).__name__)
            failed = failed or error
    _log.info("house_kept", world=world.value, **done)
    if failed is not None:
        raise failed
    return done


def begin_round(now: datetime, schemas: list[str]) -> bool:
    """Write the day's tasks, the region's and one for each school, unless they are written; in ``region()``."""
    from core.events.tasks import keep_region_house, keep_school_house

    day = now.date()
    with transaction.atomic():
        _round, is_new = DailyRound.objects.get_or_create(day=day, defaults={"begun_at": now})
        if not is_new:
            return False
        DailyRound.objects.filter(day__lt=day - timedelta(days=_ROUNDS_KEPT_DAYS)).delete()
        tasks = [(keep_region_house.name, "", now)]
        tasks += [(keep_school_house.name, schema, turn_of(schema, now)) for schema in schemas]
        Outbox.objects.bulk_create(
            Outbox(task=name, school_schema=schema, created_at=when, next_attempt_at=when)
            for name, schema, when in tasks
        )
    _log.info("daily_round_begun", schools=len(schemas))
    return True


def turn_of(schema: str, begin: datetime) -> datetime:
    """Return when it is a school's turn in a round: always the same time after its beginning."""
    return begin + timedelta(seconds=SPREAD_SECONDS * crc32(schema.encode()) / 2**32)
