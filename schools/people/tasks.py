"""What is done in a school by itself after another school has decided."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.tenancy.tasks import SchoolTask
from schools.people.releasing import settle_release


@shared_task(base=SchoolTask, name="schools.people.settle_release")
def settle_release_task(transfer_id: str) -> None:
    """Take note of how a transfer ended; safe to repeat."""
    settle_release(transfer_id=UUID(transfer_id))
