"""The roll-up's tasks. A message is only a wake-up: what is due stands in the database."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from core.tenancy.tasks import RollupTask
from reports.rollup.snapshots import freeze_due
from reports.rollup.work import audit, roll_up_due


@shared_task(base=RollupTask, name="reports.rollup.roll_up")
def roll_up() -> None:
    """Roll up whatever is due now."""
    roll_up_due(timezone.localdate())


@shared_task(base=RollupTask, name="reports.rollup.keep_calendar")
def keep_calendar() -> None:
    """Freeze the months whose day has come, and go on with the night's audit."""
    today = timezone.localtime()
    freeze_due(today.date())
    if today.hour >= settings.COVERAGE_AUDIT_HOUR:
        audit(today.date(), seconds=300)
