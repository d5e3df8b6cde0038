"""Tasks of letters and digests. They carry a day and a word, never an address: who reads it is looked up inside."""

from __future__ import annotations

from datetime import date

from celery import shared_task

from core.tenancy.tasks import SchoolTask
from schools.notifications.digests import make_day_digests
from schools.notifications.domain import Window
from schools.notifications.posting import post_due_letters


@shared_task(base=SchoolTask, name="schools.notifications.post_letters")
def post_letters() -> None:
    """Send the school's due letters."""
    post_due_letters()


@shared_task(base=SchoolTask, name="schools.notifications.make_digests")
def make_digests(day: str, window: str) -> None:
    """Write the digests of a window of a day (ISO 8601)."""
    make_day_digests(date.fromisoformat(day), Window(window))
