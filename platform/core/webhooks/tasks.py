"""The courier's tasks, in a queue of their own: somebody else's slow server delays nothing of ours."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.tenancy.tasks import RegionTask, SchoolTask
from core.webhooks.deliveries import attempt as make_attempt


@shared_task(base=SchoolTask, name="core.webhooks.deliver_in_school")
def deliver_in_school(delivery_id: str, attempt: int) -> None:
    """Attempt a delivery of a school."""
    make_attempt(UUID(delivery_id), attempt)


@shared_task(base=RegionTask, name="core.webhooks.deliver_in_region")
def deliver_in_region(delivery_id: str, attempt: int) -> None:
    """Attempt a delivery of the region."""
    make_attempt(UUID(delivery_id), attempt)
