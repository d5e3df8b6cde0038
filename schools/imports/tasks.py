"""Long imports in the worker. Both tasks are safe to repeat: the job's state says what is left to do."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import shared_task
from django.db import transaction

from core.accounts.models import User
from core.authz import Actor, anonymous, load_actor
from core.events.catalogue import announce
from core.tenancy.tasks import SchoolTask
from schools.imports.applying import write_job
from schools.imports.checking import check_job, failing_visibly
from schools.imports.errors import AlreadyImportedError
from schools.imports.feed import go_on
from schools.imports.models import ImportJob
from schools.imports.policies import may_feed

_log = structlog.get_logger(__name__)


@shared_task(base=SchoolTask, name="schools.imports.check_import")
def check_import_task(job_id: str, goes_on: bool = False) -> None:
    """Check an import for its preview; one that a programme sent goes on, while whoever sent it may."""
    with failing_visibly(UUID(job_id)):
        check_job(UUID(job_id))
        job = ImportJob.objects.get(pk=UUID(job_id))
        sender = _user(job.created_by)
        if goes_on and may_feed(sender):
            go_on(actor=sender, job_id=job.pk)
        elif not job.is_feed and job.state == ImportJob.State.CHECKED:
            # Whoever brought the files has gone on with something else, and nothing is written before he confirms.
            with transaction.atomic():
                announce("import.finished", {"import": job.pk, "state": job.State.CHECKED})


@shared_task(base=SchoolTask, name="schools.imports.apply_import")
def apply_import_task(job_id: str) -> None:
    """Write an import that somebody confirmed, under his name and with the rights he has now."""
    with failing_visibly(UUID(job_id)):
        job = ImportJob.objects.get(pk=UUID(job_id))
        try:
            write_job(actor=_confirmer(job), job_id=job.pk)
        except AlreadyImportedError:
            _log.info("import_repeated", job=job_id)


def _confirmer(job: ImportJob) -> Actor:
    return _user(job.confirmed_by)


def _user(user_id: UUID | None) -> Actor:
    if user_id is None:
        return anonymous()
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return load_actor(user) if user is not None else anonymous()
