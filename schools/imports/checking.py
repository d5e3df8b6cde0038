"""Computes what an import would do, for the preview and again when it is applied."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID, uuid4

import structlog
from django.db import transaction
from django.utils import timezone

from core.events.catalogue import announce
from core.spreadsheets import Workbook, read_file
from schools.imports.bulk import copy_rows
from schools.imports.domain.cells import cell_text
from schools.imports.domain.layout import own_headings, reason_column
from schools.imports.domain.plan import Plan
from schools.imports.domain.reading import SheetToRead, read_import
from schools.imports.domain.resolving import resolve
from schools.imports.domain.rows import Place, ReadImport
from schools.imports.errors import AlreadyImportedError
from schools.imports.layouts import layout_from_json
from schools.imports.models import ImportFile, ImportJob, ImportRow
from schools.imports.school_data import reference_now, stored_school

_log = structlog.get_logger(__name__)

_LONGEST_DETAIL = 200
# Excel's own names are at most 31 characters long; a workbook made by something else may say what it likes.
_LONGEST_SHEET = 64
_MOST_CELLS = 60
Progress = Callable[[int], None]


def check_job(job_id: UUID) -> None:
    """Check an import and keep the result: counts, refused rows, remarks; the job becomes ``checked``.

    Checking again replaces the result. A job that was cancelled meanwhile stays so.
    """
    job = ImportJob.objects.get(pk=job_id)
    sheets = sheets_of(job.files.all(), progress_of(job))
    plan = plan_of(read_sheets(sheets))
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job_id)
        if job.state in (ImportJob.State.CANCELLED, ImportJob.State.APPLYING, ImportJob.State.DONE):
            return
        keep_result(job, plan, sheets)
        job.state = ImportJob.State.CHECKED
        job.save()


@contextmanager
def failing_visibly(job_id: UUID) -> Iterator[None]:
    """Turn an error into a failed job that its page can show; the error itself goes on."""
    try:
        yield
    except AlreadyImportedError:
        raise
    except Exception as error:
        _log.warning("import_failed", job=str(job_id), error=type(error).__name__)
        waiting = (ImportJob.State.CHECKING, ImportJob.State.APPLYING)
        with transaction.atomic():
            if ImportJob.objects.filter(pk=job_id, state__in=waiting).update(state=ImportJob.State.FAILED):
                announce("import.finished", {"import": job_id, "state": ImportJob.State.FAILED})
        raise


def sheets_of(
    files: Iterable[ImportFile], progress: Progress, books: Mapping[str, Workbook] | None = None
) -> list[SheetToRead]:
    """Read the files and return their sheets with the layouts people confirmed, in the order of files and sheets.

    :param books: workbooks that were read already, by the SHA-256 of their contents.
    """
    sheets = []
    for file in sorted(files, key=lambda item: item.name):
        book = (books or {}).get(file.sha256) or read_file(bytes(file.content or b""), file.name)
        for sheet, layout in zip(book.sheets, file.layouts, strict=True):
            if layout["kind"]:
                sheets.append(SheetToRead(file.name, sheet, layout_from_json(layout)))
                progress(len(sheet.rows))
    return sheets


def read_sheets(sheets: list[SheetToRead]) -> ReadImport:
    """Return what the sheets say by the region's reference data of today."""
    return read_import(sheets, reference_now(), timezone.localdate())


def plan_of(read: ReadImport) -> Plan:
    """Return what the rows come to against the school as it is now."""
    return resolve(read, stored_school(), reference_now())


def progress_of(job: ImportJob) -> Progress:
    """Return a function that notes so many more rows of a job in work as read, visible to others at once."""

    def advance(rows: int) -> None:
        job.progress_done = min(job.progress_total, job.progress_done + rows)
        ImportJob.objects.filter(pk=job.pk).update(progress_done=job.progress_done, worked_at=timezone.now())

    return advance


def keep_result(job: ImportJob, plan: Plan, sheets: list[SheetToRead]) -> None:
    """Put the counts of a plan on the job, unsaved, and its refused rows and remarks into the table."""
    job.counts = counts_of(plan)
    job.absent = [[str(item.enrolment_id), item.is_likely] for item in plan.absentees]
    cells = {(item.file, item.sheet.name): (item.sheet.rows, _own_width(item)) for item in sheets}
    _keep_headings(job, {(item.place.file, item.place.sheet) for item in plan.refusals}, sheets)

    def texts(place: Place) -> str:
        rows, width = cells[place.file, place.sheet]
        return _as_json([cell_text(cell) for cell in rows[place.row - 1][:width]])

    ImportRow.objects.filter(job=job).delete()
    refused = ((True, item.place, item.why, item.detail, texts(item.place)) for item in plan.refusals)
    remarked = ((False, item.place, item.code, item.detail, "[]") for item in plan.remarks)
    copy_rows(
        ImportRow,
        ("id", "job_id", "is_refused", "file", "sheet", "row", "code", "detail", "cells"),
        (
            (
                uuid4(),
                job.pk,
                is_refused,
                place.file,
                place.sheet[:_LONGEST_SHEET],
                place.row,
                code,
                detail[:_LONGEST_DETAIL],
                row,
            )
            for rows in (refused, remarked)
            for is_refused, place, code, detail, row in rows
        ),
    )


def _own_width(item: SheetToRead) -> int:
    """Return how many cells of a row are the school's own, not the reason that we wrote beside them."""
    reasons = reason_column(item.sheet, item.layout.header_row)
    return _MOST_CELLS if reasons is None else min(_MOST_CELLS, reasons)


def _keep_headings(job: ImportJob, refused_from: set[tuple[str, str]], sheets: list[SheetToRead]) -> None:
    """Note on the files the headings of sheets with refused rows: with them such rows can be brought again."""
    if not refused_from:
        return
    headings = {
        (item.file, item.sheet.name): own_headings(item.sheet, item.layout.header_row)
        for item in sheets
        if (item.file, item.sheet.name) in refused_from
    }
    for file in job.files.defer("content"):
        file.layouts = [{**known, "headings": headings.get((file.name, known["sheet"]), [])} for known in file.layouts]
        file.save(update_fields=["layouts"])


def counts_of(plan: Plan) -> dict[str, int]:
    """Return the numbers that the pages show."""
    return {
        "accepted": plan.rows_accepted,
        "refused": sum(item.why != "total_line_ignored" for item in plan.refusals),
        "totals": sum(item.why == "total_line_ignored" for item in plan.refusals),
        "remarks": len(plan.remarks),
        "people_new": len(plan.people),
        "people_changed": len({item.id for item in plan.person_changes}),
        "enrolments_new": len(plan.enrolments),
        "enrolments_changed": len(plan.enrolment_changes),
        "classes_changed": sum("class_name" in change.values for change in plan.enrolment_changes),
        "orders_new": len(plan.orders),
        "pairs_new": len(plan.pairs),
        "pairs_changed": len(plan.pair_changes),
        "consents_new": len(plan.consents),
        "consents_changed": len(plan.consent_changes),
        "absent": len(plan.absentees),
    }


def _as_json(texts: list[str]) -> str:
    return json.dumps(texts, ensure_ascii=False)
