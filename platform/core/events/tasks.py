"""Events of the roll-up, told by the region."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from celery import shared_task

from core.events.catalogue import announce_later
from core.tenancy.tasks import RegionTask


@shared_task(base=RegionTask, name="core.events.announce_in_region")
def announce_in_region(name: str, at: str, data: dict[str, Any]) -> None:
    """Tell the region's subscribers."""
    announce_later(name, datetime.fromisoformat(at), data)
