"""Reads of imports: the jobs, their rows, the report of all applied ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from core.authz import Actor
from schools.imports.models import ImportFile, ImportJob, ImportRow
from schools.people.models import Enrolment


def jobs_visible_to(actor: Actor) -> QuerySet[ImportJob]:
    """Return the imports of the school, the newest first: of feeds alone for who may feed, none for who may neither."""
    rows = ImportJob.objects.order_by("-created_at", "-id")
    if actor.reach("imports.run"):
        return rows
    return rows.filter(is_feed=True) if actor.reach("imports.feed") else rows.none()


def with_files(jobs: QuerySet[ImportJob]) -> QuerySet[ImportJob]:
    """Load the files of all imports, without their contents, in one query."""
    return jobs.prefetch_related(Prefetch("files", queryset=ImportFile.objects.defer("content")))


def job_for(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Return one import.

    :raises Http404: no such import among those the actor sees.
    """
    job = jobs_visible_to(actor).filter(pk=job_id).first()
    if job is None:
        raise Http404
    return job


def locked_job(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Return one import and hold it until the transaction ends.

    :raises Http404: no such import among those the actor sees.
    """
    job = jobs_visible_to(actor).select_for_update().filter(pk=job_id).first()
    if job is None:
        raise Http404
    return job


def files_of(job: ImportJob) -> list[ImportFile]:
    """Return the files of an import without their contents."""
    return list(job.files.defer("content"))


def rows_of_job(job: ImportJob, *, is_refused: bool) -> QuerySet[ImportRow]:
    """Return the refused rows of an import, or those taken with a remark, by file, sheet and row."""
    return ImportRow.objects.filter(job=job, is_refused=is_refused).order_by("file", "sheet", "row", "code", "id")


def refused_before(digests: Iterable[str]) -> tuple[int, ImportJob | None]:
    """Return how many rows of written files of these contents were refused, and the last import with such rows.

    Lines of totals are no refusals; of a content written more than once the last time counts.
    """
    files = ImportFile.objects.filter(job__state=ImportJob.State.DONE, sha256__in=set(digests)).defer("content")
    last: dict[str, ImportFile] = {}
    for file in files.select_related("job").order_by("-job__applied_at", "pk"):
        last.setdefault(file.sha256, file)
    count, latest = 0, None
    for file in last.values():
        rows = rows_of_job(file.job, is_refused=True).filter(file=file.name).exclude(code="total_line_ignored").count()
        count += rows
        latest = latest or (file.job if rows else None)
    return count, latest


def absentees_of(job: ImportJob) -> QuerySet[Enrolment]:
    """Return the enrolments that the newer list does not name and that are open still, by name."""
    rows = Enrolment.objects.filter(pk__in=[key for key, _likely in job.absent], left_on__isnull=True)
    return rows.select_related("person", "school_class").order_by("person__folded_name", "pk")


def absentees_to_confirm(job: ImportJob) -> QuerySet[Enrolment]:
    """Return those of :func:`absentees_of` whose leaving can be recorded: none before the import is done."""
    rows = absentees_of(job)
    return rows if job.state == ImportJob.State.DONE else rows.none()


def likely_leavers(job: ImportJob) -> set[str]:
    """Return the ids of those missing enrolments whose class, or whole kind, the newer list covers."""
    return {key for key, is_likely in job.absent if is_likely}


def import_report() -> dict[str, Any]:
    """Return what all applied imports of the current school come to, as contracts.md §5 has it.

    People are distinct and include those who left; a row that a later import repeated counts once, and so do the
    refused rows of a list that was fed again.
    """
    done = ImportJob.objects.filter(state=ImportJob.State.DONE)
    named = list(done.values_list("named", flat=True))
    rows = ImportRow.objects.filter(job__in=_without_repeats(done), is_refused=True)
    refused = rows.values_list("file", "sheet", "row", "code")
    return {
        "rows_refused": [
            {"file": file, "sheet": sheet, "row": row, "why": why} for file, sheet, row, why in sorted(refused)
        ],
        "people": {
            "pupils": len(_people_of(named, "pupil")),
            "teachers": len(_people_of(named, "teacher")),
        },
        "pairs": len({pair for item in named for pair in item["pairs"]}),
        "consents": len({consent for item in named for consent in item["consents"]}),
    }


def _without_repeats(done: QuerySet[ImportJob]) -> list[UUID]:
    """Return the imports, each content once: a feed may bring the same bytes again after others."""
    last = {
        frozenset(file.sha256 for file in job.files.all()): job.pk for job in with_files(done.order_by("applied_at"))
    }
    return list(last.values())


def _people_of(named: Sequence[dict[str, Any]], kind: str) -> set[str]:
    return {person for item in named for person, known in item["people"] if known == kind}
