"""Applies a checked import: one transaction, one school at a time, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from core.events.outbox import enqueue
from core.spreadsheets import Workbook
from schools.imports import policies
from schools.imports.checking import keep_result, plan_of, progress_of, read_sheets, sheets_of
from schools.imports.domain.plan import Plan
from schools.imports.domain.reading import SheetToRead
from schools.imports.errors import AlreadyImportedError, JobStateError
from schools.imports.journal import Journal
from schools.imports.layouts import remember_layouts
from schools.imports.models import ImportFile, ImportJob
from schools.imports.selectors import locked_job
from schools.imports.services import (
    ROWS_WHILE_WAITING,
    Upload,
    begin,
    forget_contents,
    forget_everything,
    rows_of,
    start_import,
    written_digests,
)
from schools.imports.writing import write_plan
from schools.people.registers import hold_registers

_State = ImportJob.State


def apply_import(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Write a checked import into the school. Confirming twice does it once.

    The plan is made again against the school as it is now. Long files are written by the worker: the job is then
    ``applying`` when this returns.

    :raises JobStateError: the import was not checked, or was cancelled.
    :raises AlreadyImportedError: all its files were imported meanwhile; the import is cancelled.
    :raises RefusedError: when the actor may not.
    """
    from schools.imports.tasks import apply_import_task

    enforce(policies.may_bring_files(actor))
    with transaction.atomic():
        job = locked_job(actor=actor, job_id=job_id)
        if job.state in (_State.DONE, _State.APPLYING):
            return job
        if job.state != _State.CHECKED:
            raise JobStateError(job.state)
        if rows_of(job) > ROWS_WHILE_WAITING:
            job.confirmed_by = actor.pk
            begin(job, _State.APPLYING)
            enqueue(apply_import_task, job_id=str(job.pk))
            return job
    # Here nothing but the end is committed: a process that dies leaves the import as it was checked.
    return write_job(actor=actor, job_id=job_id, expected=_State.CHECKED)


def import_at_once(*, actor: Actor, uploads: Sequence[Upload]) -> ImportJob | None:
    """Import files as their guesses stand, without a preview, for commands; None when all were imported before.

    :raises FilesRefusedError: one of the files cannot be read, or no sheet of any looks like a list.
    :raises RefusedError: when the actor may not.
    """
    try:
        job = start_import(actor=actor, uploads=uploads)
    except AlreadyImportedError:
        return None
    books = {upload.sha256: upload.book for upload in uploads if "book" in vars(upload)}
    return write_job(actor=actor, job_id=job.pk, expected=_State.COLUMNS, books=books)


def write_job(
    *,
    actor: Actor,
    job_id: UUID,
    expected: ImportJob.State = _State.APPLYING,
    books: Mapping[str, Workbook] | None = None,
) -> ImportJob:
    """Write a confirmed import; what the worker calls, and safe to repeat.

    :param expected: the state in which the import still waits for this; in any other nothing is done.
    :param books: workbooks that the caller has read already, by the SHA-256 of their contents.
    :raises AlreadyImportedError: all its files were imported meanwhile; the import is cancelled.
    :raises RefusedError: when the actor may not, or may not any more.
    """
    enforce(policies.may_bring_files(actor))
    job = ImportJob.objects.get(pk=job_id)
    if job.state != expected:
        return job
    files = list(job.files.all())
    repeated = written_digests((file.sha256 for file in files), is_feed=job.is_feed)
    files = [file for file in files if file.sha256 not in repeated]
    # Reading is the long part and needs no lock; progress is seen because it stands outside the transaction.
    sheets = sheets_of(files, progress_of(job), books or {})
    try:
        return _write_once(actor, job_id, expected, files, sheets)
    except IntegrityError:
        # A form added, between our plan and its rows, something that a file holds too: a second plan finds it there.
        return _write_once(actor, job_id, expected, files, sheets)


def _write_once(
    actor: Actor, job_id: UUID, expected: ImportJob.State, files: list[ImportFile], sheets: list[SheetToRead]
) -> ImportJob:
    read = read_sheets(sheets)
    with transaction.atomic():
        hold_registers()
        job = ImportJob.objects.select_for_update().get(pk=job_id)
        if job.state != expected:
            return job
        is_repeat = not files or written_digests((file.sha256 for file in files), is_feed=job.is_feed)
        if is_repeat:
            job.state = _State.CANCELLED
            job.save(update_fields=["state"])
            forget_everything([job])
        else:
            _write(actor, job, plan_of(read), sheets, files)
    if is_repeat:
        raise AlreadyImportedError
    return job


def _write(actor: Actor, job: ImportJob, plan: Plan, sheets: list[SheetToRead], files: list[ImportFile]) -> None:
    now = timezone.now()
    journal = Journal()
    write_plan(plan, now, journal)
    journal.keep(job)
    keep_result(job, plan, sheets)
    remember_layouts(sheets, files)
    job.named = {
        "people": sorted([str(person_id), kind] for person_id, kind in plan.named_people),
        "pairs": sorted(map(str, plan.named_pairs)),
        "consents": sorted(map(str, plan.named_consents)),
    }
    job.state, job.applied_at, job.progress_done = _State.DONE, now, job.progress_total
    job.confirmed_by = job.confirmed_by or actor.pk
    job.save()
    forget_contents(job)
    record(actor=actor, action="imports.applied", object_type="imports.job", object_id=job.pk, details=job.counts)
    announce("import.finished", {"import": job.pk, "state": _State.DONE})
