"""Acts of an import before it is applied: upload, correct the columns, check, cancel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.outbox import enqueue
from core.spreadsheets import Sheet, SpreadsheetRefusedError, Workbook, read_file
from schools.imports import policies
from schools.imports.checking import check_job
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import Layout, Proposal, Remembered, corrected, proposed_layout, relayout
from schools.imports.errors import AlreadyImportedError, FileFault, FilesRefusedError, JobStateError
from schools.imports.layouts import layout_as_json, layout_from_json, proposal_as_json, remembered_layouts
from schools.imports.models import ImportFile, ImportJob, ImportRow
from schools.imports.selectors import job_for, locked_job, refused_before
from schools.people.registers import hold_store

# An import of so many rows is checked and written while the person waits; a longer one goes to the worker.
ROWS_WHILE_WAITING = 3_000
MOST_FILES = 10
MOST_BYTES = 30 * 1024 * 1024
# Files of an import that nobody confirmed are forgotten after so many days.
DRAFTS_LAST_DAYS = 7
# A worker that has given no sign of life for so long is taken for dead.
SILENCE_SECONDS = 120
_LONGEST_NAME = 200
_State = ImportJob.State
_DRAFTS = (_State.COLUMNS, _State.CHECKED, _State.FAILED)


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name without folders, and its bytes."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """Return what tells this content from every other: 64 hex digits."""
        return sha256(self.content).hexdigest()

    @cached_property
    def book(self) -> Workbook:
        """Return the sheets of the file, read once.

        :raises SpreadsheetRefusedError: it is no workbook that may be read.
        """
        return read_file(self.content, self.name)


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """How a person wants a sheet read; ``kind`` None leaves it out, an index None leaves a field out.

    ``class_name`` is the class of a whole sheet of pupils without a column for it; None leaves it as it is.
    """

    kind: SheetKind | None
    header_row: int
    columns: Mapping[str, int | None]
    class_name: str | None = None


def start_import(*, actor: Actor, uploads: Sequence[Upload], is_feed: bool = False) -> ImportJob:
    """Store the files of a new import and guess what their sheets and columns are. Nothing else changes.

    A file that is byte for byte one of an applied import, or of this upload, is passed over; a feed is taken whole or
    not at all.

    :raises FilesRefusedError: one of the files cannot be read, or no sheet of any looks like a list.
    :raises AlreadyImportedError: all files were imported before; of a feed: nothing was fed since.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_bring_files(actor))
    _refuse_too_much(uploads)
    digests = {upload.sha256: upload for upload in reversed(uploads)}
    fresh = {digest: digests[digest] for digest in digests.keys() - written_digests(digests, is_feed=is_feed)}
    if not fresh:
        raise already_imported(digests)
    faults: list[FileFault] = []
    names = _distinct_names(fresh)
    remembered = remembered_layouts()
    files = [
        ImportFile(
            name=names[digest],
            sha256=digest,
            size_bytes=len(upload.content),
            content=upload.content,
            layouts=_guess(upload, remembered, faults),
        )
        for digest, upload in sorted(fresh.items(), key=lambda item: (item[1].name, item[0]))
    ]
    if not faults and not any(sheet["kind"] or sheet["is_remembered"] for file in files for sheet in file.layouts):
        faults.append(FileFault(files[0].name, "nothing_recognised", _nothing_recognised()))
    if faults:
        raise FilesRefusedError(faults)
    with transaction.atomic():
        hold_store()
        forget_old_drafts()
        _refuse_beyond_the_share(files)
        job = ImportJob.objects.create(created_by=actor.pk, created_at=timezone.now(), is_feed=is_feed)
        for file in files:
            file.job = job
        ImportFile.objects.bulk_create(files)
        record(
            actor=actor,
            action="imports.started",
            object_type="imports.job",
            object_id=job.pk,
            details={"files": len(files), "bytes": sum(file.size_bytes for file in files)},
        )
    return job


def _refuse_too_much(uploads: Sequence[Upload]) -> None:
    if len(uploads) > MOST_FILES:
        sentence = _("Не больше %(limit)s файлов за один раз.") % {"limit": MOST_FILES}
        raise FilesRefusedError([FileFault("", "too_many_files", sentence)])
    if sum(len(upload.content) for upload in uploads) > MOST_BYTES:
        sentence = _("Вместе файлы больше %(limit)s МБ. Загрузите их по частям.") % {"limit": MOST_BYTES // 1024**2}
        raise FilesRefusedError([FileFault("", "too_many_bytes", sentence)])


def _refuse_beyond_the_share(files: Sequence[ImportFile]) -> None:
    """Refuse files for which the school has no room left beside those of its other unfinished imports.

    :raises FilesRefusedError: past ``SCHOOL_STORED_UPLOADS_BYTES``.
    """
    stored = ImportFile.objects.filter(content__isnull=False).aggregate(bytes=Sum("size_bytes"))["bytes"] or 0
    limit = settings.SCHOOL_STORED_UPLOADS_BYTES
    if stored + sum(file.size_bytes for file in files) > limit:
        sentence = _(
            "Файлы незавершённых загрузок школы занимают вместе больше %(limit)s МБ. Завершите или отмените прежние."
        ) % {"limit": limit // 1024**2}
        raise FilesRefusedError([FileFault("", "no_room_for_files", sentence)])


def forget_old_drafts() -> int:
    """Drop imports that nobody confirmed for days: their files are personal data that nobody needs; return how many."""
    before = timezone.now() - timedelta(days=DRAFTS_LAST_DAYS)
    old = ImportJob.objects.filter(state__in=_DRAFTS, created_at__lt=before)
    forget_everything(old)
    return old.update(state=_State.CANCELLED)


def written_digests(digests: Iterable[str], *, is_feed: bool) -> set[str]:
    """Return those of the contents that need not be written again.

    Of files that people bring: what any applied import had. Of a feed all of them when they are what was fed last, else
    none: a list that is again as it was once brings the school back to it.
    """
    wanted = set(digests)
    done = ImportJob.objects.filter(state=_State.DONE)
    if not is_feed:
        rows = ImportFile.objects.filter(job__in=done, sha256__in=wanted)
        return set(rows.values_list("sha256", flat=True))
    had = ImportFile.objects.filter(job=OuterRef("pk"), sha256__in=wanted)
    last = done.filter(Q(is_feed=True) | Exists(had)).order_by("-applied_at").first()
    held = set() if last is None else set(last.files.values_list("sha256", flat=True))
    return wanted if wanted <= held else set()


def already_imported(digests: Iterable[str]) -> AlreadyImportedError:
    """Return the refusal of contents that were written before, with what was not taken of them then."""
    count, job = refused_before(digests)
    return AlreadyImportedError(count, job.pk, job.applied_at) if job else AlreadyImportedError()


def set_layouts(*, actor: Actor, job_id: UUID, choices: Mapping[tuple[UUID, int], SheetChoice]) -> ImportJob:
    """Take a person's corrections of kinds, header rows and columns; what is not named stays as it is.

    Keys are (id of the file, place of the sheet among its sheets, from 0). After another kind or header row the columns
    are guessed anew; the columns of the choice are laid over the guess.

    :raises JobStateError: the import is being written, or is over.
    """
    enforce(policies.may_run_imports(actor))
    with transaction.atomic():
        job = locked_job(actor=actor, job_id=job_id)
        _require(job, *_DRAFTS)
        for file in job.files.all():
            sheets = read_file(bytes(file.content or b""), file.name).sheets
            for place, known in enumerate(file.layouts):
                choice = choices.get((file.pk, place))
                if choice is not None:
                    file.layouts[place] = {**known, **layout_as_json(_laid_out(sheets[place], known, choice))}
            file.save(update_fields=["layouts"])
        job.state = _State.COLUMNS
        job.save(update_fields=["state"])
        record(actor=actor, action="imports.columns_set", object_type="imports.job", object_id=job.pk)
    return job


def check_import(*, actor: Actor, job_id: UUID, goes_on: bool = False) -> ImportJob:
    """Compute what the import would do and keep it for the preview; nothing of the school changes.

    Long files are checked by the worker: the job is then ``checking`` when this returns.

    :param goes_on: the worker is to go on with it as a feed; what a person checks he confirms himself.
    :raises JobStateError: the import is being written, or is over.
    """
    from schools.imports.tasks import check_import_task

    enforce(policies.may_bring_files(actor))
    with transaction.atomic():
        job = locked_job(actor=actor, job_id=job_id)
        _require(job, *_DRAFTS)
        if rows_of(job) > ROWS_WHILE_WAITING:
            begin(job, _State.CHECKING)
            enqueue(check_import_task, job_id=str(job.pk), goes_on=goes_on)
            return job
    check_job(job.pk)
    return job_for(actor=actor, job_id=job_id)


def is_silent(job: ImportJob) -> bool:
    """Tell whether an import in work has given no sign of life for so long that its worker must have died."""
    if job.state not in (_State.CHECKING, _State.APPLYING) or job.worked_at is None:
        return False
    return timezone.now() - job.worked_at > timedelta(seconds=SILENCE_SECONDS)


def resume_import(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Hand an import to the worker again when the one that had it is silent; harmless if it was only slow.

    :raises JobStateError: nobody is silent: the import is in good hands, or is over.
    """
    from schools.imports.tasks import apply_import_task, check_import_task

    enforce(policies.may_run_imports(actor))
    with transaction.atomic():
        job = locked_job(actor=actor, job_id=job_id)
        if not is_silent(job):
            raise JobStateError(job.state)
        begin(job, _State(job.state))
        enqueue(check_import_task if job.state == _State.CHECKING else apply_import_task, job_id=str(job.pk))
        record(actor=actor, action="imports.resumed", object_type="imports.job", object_id=job.pk)
    return job


def cancel_import(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Drop an import that was not applied; its files and refused rows are forgotten.

    :raises JobStateError: the import is being written, or is over.
    """
    enforce(policies.may_run_imports(actor))
    with transaction.atomic():
        job = locked_job(actor=actor, job_id=job_id)
        _require(job, *_DRAFTS, _State.CHECKING)
        job.state = _State.CANCELLED
        job.save(update_fields=["state"])
        forget_everything([job])
        record(actor=actor, action="imports.cancelled", object_type="imports.job", object_id=job.pk)
    return job


def forget_contents(job: ImportJob) -> None:
    """Forget the uploaded files and, of refused rows, nothing: they are the import's report."""
    ImportFile.objects.filter(job=job).update(content=None)


def forget_everything(jobs: Iterable[ImportJob]) -> None:
    """Forget the files and the rows of imports that will never be applied: personal data that report nothing."""
    files = ImportFile.objects.filter(job__in=jobs)
    files.update(content=None)
    forget_headings(files.only("layouts"))
    ImportRow.objects.filter(job__in=jobs).delete()


def forget_headings(files: Iterable[ImportFile]) -> None:
    """Forget the texts of headings that were kept for refused rows: taken for headings by mistake, a row names people.

    Without them such rows are written under headings of ours.
    """
    known = [file for file in files if any(sheet.get("headings") for sheet in file.layouts)]
    for file in known:
        file.layouts = [{**sheet, "headings": []} for sheet in file.layouts]
    ImportFile.objects.bulk_update(known, ["layouts"])


def begin(job: ImportJob, state: ImportJob.State) -> None:
    """Mark a job as in work, its progress at the beginning."""
    job.state = state
    job.progress_done, job.progress_total = 0, rows_of(job)
    job.worked_at = timezone.now()
    job.save(update_fields=["state", "progress_done", "progress_total", "worked_at", "confirmed_by"])


def rows_of(job: ImportJob) -> int:
    """Return how many rows the sheets that are read have."""
    return sum(sheet["rows"] for file in job.files.all() for sheet in file.layouts if sheet["kind"])


def _require(job: ImportJob, *states: ImportJob.State) -> None:
    if job.state not in states:
        raise JobStateError(job.state)


def _distinct_names(uploads: Mapping[str, Upload]) -> dict[str, str]:
    """Return a name for each file, no two alike: rows are named by file, sheet and row."""
    names: dict[str, str] = {}
    for digest, upload in sorted(uploads.items(), key=lambda item: (item[1].name, item[0])):
        base = name = upload.name[-_LONGEST_NAME:] or "файл.xlsx"
        number = 2
        while name in names.values():
            name, number = f"({number}) {base}"[:_LONGEST_NAME], number + 1
        names[digest] = name
    return names


def _guess(upload: Upload, remembered: Remembered, faults: list[FileFault]) -> list[dict[str, Any]]:
    """Return the sheets of a file with what they seem to be; hidden sheets are listed and not read."""
    try:
        book = upload.book
    except SpreadsheetRefusedError as refused:
        faults.append(FileFault(upload.name, refused.code, _(refused.template) % refused.params))
        return []
    sheets = []
    for sheet in book.sheets:
        proposal = proposed_layout(sheet, upload.name, remembered) if sheet.is_visible else Proposal(None)
        sheets.append(
            {
                "sheet": sheet.name,
                "rows": len(sheet.rows),
                "is_visible": sheet.is_visible,
                **proposal_as_json(proposal),
            }
        )
    return sheets


def _laid_out(sheet: Sheet, known: Mapping[str, Any], choice: SheetChoice) -> Layout | None:
    if choice.kind is None:
        return None
    if choice.kind == known["kind"] and choice.header_row == known["header_row"]:
        before = layout_from_json(known)
    else:
        before = relayout(sheet, choice.kind, choice.header_row)
    width = max(map(len, sheet.rows), default=0)
    inside = {name: index for name, index in choice.columns.items() if index is None or 0 <= index < width}
    return corrected(before, inside, choice.class_name)


def _nothing_recognised() -> str:
    return _(
        "Ни на одном листе не нашлось заголовков таблицы в первых 15 строках. Нужны столбцы «ФИО» и «Дата рождения» "
        "или «ФИО наставника» и «ФИО наставляемого»."
    )
