"""Endpoints of imports: the wizard's steps for programmes; long files are worked on by the worker meanwhile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as framework

from core.api.operations import XLSX, ApiView, File, operation
from core.api.problems import Problem, ProblemError
from core.audit.services import record
from core.authz import Actor
from schools.imports import selectors, services
from schools.imports import serializers as shapes
from schools.imports.absence import record_leavings
from schools.imports.applying import apply_import
from schools.imports.columns import sheet_parts
from schools.imports.domain.fields import SheetKind
from schools.imports.forms import UploadForm
from schools.imports.models import ImportJob, ImportRow
from schools.imports.refused_file import refused_workbook
from schools.imports.samples import SAMPLES, sample_workbook
from schools.imports.school_data import reference_now
from schools.imports.undo_words import shown_obstacles
from schools.imports.undoing import obstacles_to_undo, undo_import
from schools.people.models import Enrolment
from schools.people.serializers import UndoAnswer

_NEEDS = ("imports.run",)
_State = ImportJob.State
_DRAFTS = (_State.COLUMNS, _State.CHECKED, _State.FAILED)


def _shown(actor: Actor, job_id: UUID) -> ImportJob:
    """Return an import with its files.

    :raises Http404: for one that the actor does not see.
    """
    found = selectors.job_for(actor=actor, job_id=job_id)
    return selectors.with_files(selectors.jobs_visible_to(actor).filter(pk=found.pk)).get()


class ImportsEndpoint(ApiView):
    """Imports."""

    tag = "imports"

    @operation(_("Загрузки"), needs=_NEEDS, answer=shapes.ImportAnswer, pages=("-created_at", "pk"))
    def get(self, actor: Actor) -> QuerySet[ImportJob]:
        """Return the imports, the newest first."""
        return selectors.with_files(selectors.jobs_visible_to(actor))


class ImportUploadEndpoint(ApiView):
    """The files of a new import."""

    tag = "imports"

    @operation(
        _("Передать файлы новой загрузки"),
        needs=_NEEDS,
        description=_("В школе ничего не меняется, пока загрузка не проверена и не выполнена."),
        body=shapes.FilesBody,
        answer=shapes.ImportAnswer,
        status=201,
        files=True,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> ImportJob:
        """Store the files and guess what their sheets and columns are."""
        form = UploadForm({}, self.request.FILES)
        if not form.is_valid():
            raise framework.ValidationError({name: [str(each) for each in said] for name, said in form.errors.items()})
        uploads = [services.Upload(file.name or "", file.read()) for file in form.cleaned_data["workbooks"]]
        return _shown(actor, services.start_import(actor=actor, uploads=uploads).pk)


class ImportEndpoint(ApiView):
    """One import."""

    tag = "imports"

    @operation(_("Загрузка"), needs=_NEEDS, answer=shapes.ImportAnswer)
    def get(self, actor: Actor, job_id: UUID) -> ImportJob:
        """Return it where it stands."""
        job = _shown(actor, job_id)
        record(actor=actor, action="imports.viewed", object_type="imports.job", object_id=job.pk)
        return job

    @operation(_("Отказаться от загрузки, которая не выполнена"), needs=_NEEDS)
    def delete(self, actor: Actor, job_id: UUID) -> None:
        """Drop it; its files are forgotten."""
        services.cancel_import(actor=actor, job_id=job_id)


class ImportColumnsEndpoint(ApiView):
    """How the sheets of an import are read."""

    tag = "imports"

    @operation(_("Исправить листы и столбцы"), needs=_NEEDS, body=shapes.ColumnsBody, answer=shapes.ImportAnswer)
    def put(self, actor: Actor, job_id: UUID, body: dict[str, Any]) -> ImportJob:
        """Take corrections."""
        choices = {
            (each["file"], each["place"]): services.SheetChoice(
                kind=SheetKind(each["kind"]) if each["kind"] else None,
                header_row=each["header_row"],
                columns=each["columns"],
                class_name=each["class_name"],
            )
            for each in body["sheets"]
        }
        services.set_layouts(actor=actor, job_id=job_id, choices=choices)
        return _shown(actor, job_id)


class ImportCheckEndpoint(ApiView):
    """The check of an import."""

    tag = "imports"

    @operation(_("Проверить загрузку"), needs=_NEEDS, answer=shapes.ImportAnswer)
    def post(self, actor: Actor, job_id: UUID) -> ImportJob:
        """Compute what it would do; nothing of the school changes."""
        job = selectors.job_for(actor=actor, job_id=job_id)
        if job.state in _DRAFTS:
            parts = sheet_parts(job, None)
            missing = [f"{part.file}, {part.sheet}: {', '.join(part.missing)}" for part in parts if part.missing]
            if missing or not any(part.is_read for part in parts):
                words = now("Проверка не начата: укажите, где нужные столбцы, или не загружайте лист.")
                raise ProblemError(Problem(422, "columns_missing", words, {"sheets": missing or [words]}))
        services.check_import(actor=actor, job_id=job_id)
        return _shown(actor, job_id)


class ImportApplyEndpoint(ApiView):
    """The confirmation of an import."""

    tag = "imports"

    @operation(_("Выполнить проверенную загрузку"), needs=_NEEDS, answer=shapes.ImportAnswer)
    def post(self, actor: Actor, job_id: UUID) -> ImportJob:
        """Write it into the school; confirming twice does it once."""
        apply_import(actor=actor, job_id=job_id)
        return _shown(actor, job_id)


class ImportResumeEndpoint(ApiView):
    """An import whose worker is silent."""

    tag = "imports"

    @operation(_("Продолжить загрузку, которая замерла"), needs=_NEEDS, answer=shapes.ImportAnswer)
    def post(self, actor: Actor, job_id: UUID) -> ImportJob:
        """Hand it to the worker again."""
        services.resume_import(actor=actor, job_id=job_id)
        return _shown(actor, job_id)


class ImportUndoEndpoint(ApiView):
    """An import taken back."""

    tag = "imports"

    @operation(
        _("Можно ли отменить выполненную загрузку"),
        needs=_NEEDS,
        description=_("Если нет, «obstacles» называет, что на неё опирается."),
        answer=UndoAnswer,
    )
    def get(self, actor: Actor, job_id: UUID) -> dict[str, Any]:
        """Return what stands on it; no names here."""
        job = selectors.job_for(actor=actor, job_id=job_id)
        record(actor=actor, action="imports.viewed", object_type="imports.job", object_id=job.pk)
        obstacles = shown_obstacles(obstacles_to_undo(job)) if job.state == _State.DONE else []
        return {"can_be_undone": job.state == _State.DONE and not obstacles, "obstacles": obstacles}

    @operation(
        _("Отменить выполненную загрузку"),
        needs=_NEEDS,
        description=_("Возможно, пока на неё ничто не опирается; иначе в «fields» перечислено, что именно."),
        answer=shapes.ImportAnswer,
    )
    def post(self, actor: Actor, job_id: UUID) -> ImportJob:
        """Take it back: what it added goes, what it changed is as it was."""
        undo_import(actor=actor, job_id=job_id)
        return _shown(actor, job_id)


class ImportRowsEndpoint(ApiView):
    """Rows of an import."""

    tag = "imports"

    @operation(
        _("Строки, которые не загружены или загружены с замечанием"),
        needs=_NEEDS,
        query=shapes.RowsQuery,
        answer=shapes.RowAnswer,
        pages=("pk",),
        viewed="imports.viewed",
    )
    def get(self, actor: Actor, job_id: UUID, query: dict[str, Any]) -> QuerySet[ImportRow]:
        """Return the rows with their reasons."""
        return selectors.rows_of_job(selectors.job_for(actor=actor, job_id=job_id), is_refused=query["refused"])


class ImportRefusedFileEndpoint(ApiView):
    """Rows of an import as a workbook."""

    tag = "imports"

    @operation(_("Не загруженные строки и замечания в Excel"), needs=_NEEDS, gives=XLSX)
    def get(self, actor: Actor, job_id: UUID) -> File:
        """Return the workbook and record the export."""
        job = selectors.job_for(actor=actor, job_id=job_id)
        content = refused_workbook(job)
        record(
            actor=actor,
            action="imports.refused_exported",
            object_type="imports.job",
            object_id=job.pk,
            details={"bytes": len(content)},
        )
        return File(f"ne-zagruzheno-{job.created_at:%Y-%m-%d}.xlsx", content)


class ImportSampleEndpoint(ApiView):
    """Sample workbooks."""

    tag = "imports"

    @operation(
        _("Образец файла для заполнения"),
        needs=_NEEDS,
        description=_("«sample»: kontingent, pary или soglasiya."),
        gives=XLSX,
    )
    def get(self, actor: Actor, sample: str) -> File:
        """Return a workbook with every column that is read and one invented row.

        :raises Http404: no such sample.
        """
        if sample not in SAMPLES:
            raise Http404
        return File(f"{sample}.xlsx", sample_workbook(sample, reference_now()))


class ImportAbsentEndpoint(ApiView):
    """People whom a newer list does not name."""

    tag = "imports"

    @operation(
        _("Кого нет в новом списке"),
        needs=_NEEDS,
        answer=shapes.AbsenteeAnswer,
        pages=("pk",),
        viewed="imports.absentees_viewed",
    )
    def get(self, actor: Actor, job_id: UUID) -> QuerySet[Enrolment]:
        """Return their open enrolments; they stay until somebody confirms that they have left."""
        return selectors.absentees_to_confirm(selectors.job_for(actor=actor, job_id=job_id))

    @operation(
        _("Записать выбытие тем, кого нет в новом списке"),
        needs=_NEEDS,
        body=shapes.LeavingsBody,
        answer=shapes.LeavingsAnswer,
    )
    def post(self, actor: Actor, job_id: UUID, body: dict[str, Any]) -> dict[str, int]:
        """Record one day of leaving for those named; others than the import's absentees are nobody here."""
        job = selectors.job_for(actor=actor, job_id=job_id)
        offered = set(selectors.absentees_to_confirm(job).values_list("pk", flat=True))
        if not set(body["enrolments"]) <= offered:
            words = now("Список изменился. Проверьте отметки и повторите.")
            raise framework.ValidationError({"enrolments": [words]})
        count = record_leavings(actor=actor, enrolment_ids=body["enrolments"], left_on=body["left_on"])
        return {"recorded": count}


urlpatterns = [
    path("imports/", ImportsEndpoint.as_view(), name="imports"),
    path("imports/upload/", ImportUploadEndpoint.as_view(), name="import-upload"),
    path("imports/<uuid:job_id>/", ImportEndpoint.as_view(), name="import"),
    path("imports/<uuid:job_id>/columns/", ImportColumnsEndpoint.as_view(), name="import-columns"),
    path("imports/<uuid:job_id>/check/", ImportCheckEndpoint.as_view(), name="import-check"),
    path("imports/<uuid:job_id>/apply/", ImportApplyEndpoint.as_view(), name="import-apply"),
    path("imports/<uuid:job_id>/resume/", ImportResumeEndpoint.as_view(), name="import-resume"),
    path("imports/<uuid:job_id>/undo/", ImportUndoEndpoint.as_view(), name="import-undo"),
    path("imports/<uuid:job_id>/rows/", ImportRowsEndpoint.as_view(), name="import-rows"),
    path("imports/<uuid:job_id>/refused.xlsx", ImportRefusedFileEndpoint.as_view(), name="import-refused-file"),
    path("imports/samples/<slug:sample>.xlsx", ImportSampleEndpoint.as_view(), name="import-sample"),
    path("imports/<uuid:job_id>/absent/", ImportAbsentEndpoint.as_view(), name="import-absent"),
]
