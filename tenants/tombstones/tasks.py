"""The journal is written by the worker, which alone has its folder open for writing."""

from __future__ import annotations

from celery import shared_task

from core.tenancy.tasks import SchoolTask
from tenants.tombstones.journal import append_to_journal
from tenants.tombstones.services import own_tombstones


@shared_task(base=SchoolTask, name="tenants.tombstones.keep_journal")
def keep_journal() -> None:
    """Add the school's tombstones to the journal; safe to repeat."""
    append_to_journal(own_tombstones())
