"""Runs of matching in the worker; safe to repeat: the run's state says whether there is anything to do."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from core.tenancy.tasks import SchoolTask
from schools.matching.runs import compute


@shared_task(base=SchoolTask, name="schools.matching.compute_run")
def compute_run(run_id: str) -> None:
    """Compute a run that somebody asked for."""
    compute(UUID(run_id))
