"""Tasks of this layer: events of the roll-up told by the region, and what is done once a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from celery import shared_task

from core.authz.registry import World
from core.events.catalogue import announce_later
from core.events.daily import keep_house
from core.tenancy.tasks import RegionTask, SchoolTask


@shared_task(base=RegionTask, name="core.events.announce_in_region")
def announce_in_region(name: str, at: str, data: dict[str, Any]) -> None:
    """Tell the region's subscribers."""
    announce_later(name, datetime.fromisoformat(at), data)


@shared_task(base=SchoolTask, name="core.events.keep_school_house")
def keep_school_house() -> None:
    """Do a school's daily chores."""
    keep_house(World.SCHOOL)


@shared_task(base=RegionTask, name="core.events.keep_region_house")
def keep_region_house() -> None:
    """Do the region's daily chores."""
    keep_house(World.REGION)
