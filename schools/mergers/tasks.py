"""What two schools do of a merger by themselves, each in its own context."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.tenancy.tasks import SchoolTask
from schools.mergers import taking
from tenants.tombstones.journal import read_line


@shared_task(base=SchoolTask, name="schools.mergers.hand_over")
def hand_over(merger_id: str) -> None:
    """Pack this school for the other one; safe to repeat."""
    taking.hand_over(UUID(merger_id))


@shared_task(base=SchoolTask, name="schools.mergers.plan")
def plan(merger_id: str) -> None:
    """Plan the taking of the other school; safe to repeat."""
    taking.plan(UUID(merger_id))


@shared_task(base=SchoolTask, name="schools.mergers.take_in")
def take_in(merger_id: str) -> None:
    """Take the other school in; safe to repeat."""
    taking.take_in(UUID(merger_id))


@shared_task(base=SchoolTask, name="schools.mergers.forget")
def forget(tombstones: list[str]) -> None:
    """Destroy in a closed school whoever was destroyed in the one that took it in; safe to repeat."""
    taking.forget([read_line(line) for line in tombstones])
