"""The roll-up's task. A message is only a wake-up: what is due stands in the database."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.tenancy.tasks import RollupTask
from reports.rollup.work import roll_up_due


@shared_task(base=RollupTask, name="reports.rollup.roll_up")
def roll_up() -> None:
    """Roll up whatever is due now."""
    roll_up_due(timezone.localdate())
