"""What is done in a school by itself after another school has offered a pupil or decided."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.tenancy.tasks import SchoolTask
from schools.people.receiving import note_offer
from schools.people.releasing import settle_release


@shared_task(base=SchoolTask, name="schools.people.settle_release")
def settle_release_task(transfer_id: str) -> None:
    """Take note of how a transfer ended; safe to repeat."""
    settle_release(transfer_id=UUID(transfer_id))


@shared_task(base=SchoolTask, name="schools.people.tell_of_offer")
def tell_of_offer_task(transfer_id: str) -> None:
    """Tell of a pupil whom another school offers; safe to repeat."""
    note_offer(transfer_id=UUID(transfer_id))
