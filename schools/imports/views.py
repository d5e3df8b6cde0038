"""The import wizard: files, columns, check, result. Every step is a page with forms that work without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.audit.services import record
from core.authz import actor_of, requires
from core.ui.components import Link
from core.ui.live import conditional_fragment
from core.ui.pagination import paginate
from schools.imports import presentation, selectors, services
from schools.imports.absence import record_leavings
from schools.imports.applying import apply_import
from schools.imports.columns import SheetPart, sheet_parts
from schools.imports.errors import AlreadyImportedError, FilesRefusedError, JobStateError
from schools.imports.forms import LeavingForm, UploadForm
from schools.imports.models import ImportJob
from schools.imports.refused_file import refused_workbook
from schools.imports.samples import SAMPLES, sample_workbook
from schools.imports.school_data import reference_now
from schools.imports.undo_words import shown_obstacles
from schools.imports.undoing import StandsOnImportError, obstacles_to_undo, undo_import
from schools.people.errors import FaultyActError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_State = ImportJob.State
_IN_WORK = (_State.CHECKING, _State.APPLYING)


def _steps() -> list[str]:
    return [_("Файлы"), _("Столбцы"), _("Проверка"), _("Готово")]


@requires("imports.run")
@require_http_methods(["GET", "POST"])
def job_list(request: HttpRequest) -> HttpResponse:
    """List the imports and take the files of a new one."""
    actor = actor_of(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    written: UUID | None = None
    if request.method == "POST" and form.is_valid():
        uploads = [services.Upload(file.name or "", file.read()) for file in form.cleaned_data["workbooks"]]
        try:
            job = services.start_import(actor=actor, uploads=uploads)
        except FilesRefusedError as refused:
            for fault in refused.faults:
                form.add_error("workbooks", f"{fault.file}: {fault.sentence}" if fault.file else fault.sentence)
        except AlreadyImportedError as again:
            form.add_error("workbooks", presentation.again_words(again))
            written = again.job_id
        else:
            _tell_of_files_left_out(request, job, uploads)
            return redirect("imports:columns", job.pk)
    page = paginate(request, selectors.with_files(selectors.jobs_visible_to(actor)))
    jobs = [(job, presentation.status_of(job), ", ".join(file.name for file in job.files.all())) for job in page]
    context = {"form": form, "page": page, "jobs": jobs, "steps": _steps(), "written": written}
    return render(request, "imports/list.html", context)


def _tell_of_files_left_out(request: HttpRequest, job: ImportJob, uploads: list[services.Upload]) -> None:
    """Say of files that are passed over, because they were written before, what was not taken of them then."""
    taken = {file.sha256 for file in selectors.files_of(job)}
    left_out = {upload.sha256: upload.name for upload in uploads if upload.sha256 not in taken}
    if left_out:
        files = ", ".join(left_out.values())
        words = presentation.again_words(services.already_imported(left_out))
        messages.info(request, _("Пропущены файлы: %(files)s. %(why)s") % {"files": files, "why": words})


@requires("imports.run")
@require_GET
def sample_file(request: HttpRequest, sample: str) -> HttpResponse:
    """Give a sample workbook to fill in."""
    if sample not in SAMPLES:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{sample}.xlsx"'}
    return HttpResponse(sample_workbook(sample, reference_now()), content_type=XLSX, headers=headers)


@requires("imports.run")
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show what was guessed about each sheet and take corrections."""
    actor = actor_of(request)
    job = selectors.job_for(actor=actor, job_id=job_id)
    if job.state not in (_State.COLUMNS, _State.CHECKED, _State.FAILED):
        return redirect("imports:job", job.pk)
    parts = sheet_parts(job, request.POST if request.method == "POST" else None)
    # Every form is asked, so that the page shows all mistakes at once.
    answers = [part.form.is_valid() for part in parts] if request.method == "POST" else [False]
    if all(answers):
        return _save_columns(request, job, parts)
    record(actor=actor, action="imports.viewed", object_type="imports.job", object_id=job.pk)
    return render(request, "imports/columns.html", {"job": job, "parts": parts, "steps": _steps()})


def _save_columns(request: HttpRequest, job: ImportJob, parts: list[SheetPart]) -> HttpResponse:
    actor = actor_of(request)
    try:
        services.set_layouts(
            actor=actor,
            job_id=job.pk,
            choices={(part.file_id, part.place): part.form.choice() for part in parts},
        )
        if "check" not in request.POST:
            return redirect("imports:columns", job.pk)
        faults = sheet_parts(selectors.job_for(actor=actor, job_id=job.pk), None)
        if any(part.missing for part in faults) or not any(part.is_read for part in faults):
            messages.error(
                request, _("Проверка не начата: укажите, где нужные столбцы, или отметьте лист «Не загружать».")
            )
            return redirect("imports:columns", job.pk)
        services.check_import(actor=actor, job_id=job.pk)
    except JobStateError:
        messages.warning(request, _("Загрузку уже изменил кто-то другой. Вот как она выглядит сейчас."))
    return redirect("imports:job", job.pk)


@requires("imports.run")
@require_GET
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show an import where it stands: progress, preview or result."""
    actor = actor_of(request)
    found = selectors.job_for(actor=actor, job_id=job_id)
    if found.state == _State.COLUMNS:
        return redirect("imports:columns", found.pk)
    record(actor=actor, action="imports.viewed", object_type="imports.job", object_id=found.pk)
    context: dict[str, Any] = {
        "job": found,
        "status": presentation.status_of(found),
        "files": selectors.files_of(found),
        "steps": _steps(),
    }
    if found.state in _IN_WORK:
        context["is_silent"] = services.is_silent(found)
        return render(request, "imports/progress.html", context)
    if found.state in (_State.FAILED, _State.CANCELLED, _State.UNDONE):
        return render(request, "imports/stopped.html", context)
    context |= _rows(request, found)
    template = "imports/result.html" if found.state == _State.DONE else "imports/preview.html"
    return render(request, template, context)


def _rows(request: HttpRequest, found: ImportJob) -> dict[str, Any]:
    """Return the tab that is open, refused rows or remarks, one page of it."""
    counts = found.counts
    all_refused = counts["refused"] + counts["totals"]
    wanted = request.GET.get("rows", "refused" if all_refused else "remarks")
    is_refused = wanted != "remarks"
    page = paginate(request, selectors.rows_of_job(found, is_refused=is_refused))
    return {
        "facts": presentation.facts_of(found),
        "page": page,
        "rows": presentation.shown(page),
        "is_refused": is_refused,
        "has_rows": bool(all_refused or counts["remarks"]),
        "absent_count": selectors.absentees_of(found).count() if found.absent else 0,
        "tabs": [
            Link(_("Не будет загружено") if found.state == _State.CHECKED else _("Не загружено"),
                 "?rows=refused", is_refused, all_refused),
            Link(_("Загружается с замечанием") if found.state == _State.CHECKED else _("Загружено с замечанием"),
                 "?rows=remarks", not is_refused, counts["remarks"]),
        ],
    }  # fmt: skip


def _version(request: HttpRequest, job_id: UUID) -> tuple[object, ...]:
    found = selectors.job_for(actor=actor_of(request), job_id=job_id)
    return found.state, found.progress_done, services.is_silent(found)


@requires("imports.run")
@require_GET
@conditional_fragment(_version)
def progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far the worker is; when it is over, the whole page moves on."""
    found = selectors.job_for(actor=actor_of(request), job_id=job_id)
    if found.state not in _IN_WORK:
        return redirect("imports:job", found.pk)
    return render(request, "imports/progress_part.html", {"job": found, "is_silent": services.is_silent(found)})


@requires("imports.run")
@require_POST
def resume(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Hand an import to the worker again."""
    actor = actor_of(request)
    selectors.job_for(actor=actor, job_id=job_id)
    try:
        services.resume_import(actor=actor, job_id=job_id)
    except JobStateError:
        messages.info(request, _("Загрузка уже идёт или закончена."))
    return redirect("imports:job", job_id)


@requires("imports.run")
@require_POST
def confirm(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Write the checked import into the school."""
    actor = actor_of(request)
    selectors.job_for(actor=actor, job_id=job_id)
    try:
        apply_import(actor=actor, job_id=job_id)
    except AlreadyImportedError:
        messages.warning(request, _("Эти файлы уже загружены без изменений. Повторная загрузка отменена."))
    except JobStateError:
        messages.warning(request, _("Загрузку уже изменил кто-то другой. Вот как она выглядит сейчас."))
    return redirect("imports:job", job_id)


@requires("imports.run")
@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Drop an import that was not applied."""
    actor = actor_of(request)
    selectors.job_for(actor=actor, job_id=job_id)
    try:
        services.cancel_import(actor=actor, job_id=job_id)
    except JobStateError:
        messages.warning(request, _("Загрузку уже изменил кто-то другой. Вот как она выглядит сейчас."))
        return redirect("imports:job", job_id)
    messages.success(request, _("Загрузка отменена, в школе ничего не изменилось."))
    return redirect("imports:list")


@requires("imports.run")
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show what stands on an applied import and, if nothing does, take it back."""
    actor = actor_of(request)
    found = selectors.job_for(actor=actor, job_id=job_id)
    if found.state != _State.DONE:
        return redirect("imports:job", found.pk)
    if request.method == "POST":
        try:
            undo_import(actor=actor, job_id=job_id)
        except StandsOnImportError:
            messages.error(request, _("Загрузку отменить нельзя: на неё опирается то, что перечислено ниже."))
        except JobStateError:
            messages.warning(request, _("Загрузку уже изменил кто-то другой. Вот как она выглядит сейчас."))
            return redirect("imports:job", job_id)
        else:
            messages.success(request, _("Загрузка отменена: в школе всё как до неё."))
            return redirect("imports:job", job_id)
    record(actor=actor, action="imports.viewed", object_type="imports.job", object_id=found.pk)
    context = {
        "job": found,
        "facts": presentation.facts_of(found),
        "obstacles": shown_obstacles(obstacles_to_undo(found)),
    }
    return render(request, "imports/undo.html", context)


@requires("imports.run")
@require_GET
def refused_file(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Give the refused rows and the remarks as an xlsx file."""
    actor = actor_of(request)
    found = selectors.job_for(actor=actor, job_id=job_id)
    content = refused_workbook(found)
    record(
        actor=actor,
        action="imports.refused_exported",
        object_type="imports.job",
        object_id=found.pk,
        details={"bytes": len(content)},
    )
    name = f"ne-zagruzheno-{found.created_at:%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@requires("imports.run")
@require_http_methods(["GET", "POST"])
def absent(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """List people whom the newer list does not name, and take the day of leaving of those who are marked."""
    actor = actor_of(request)
    found = selectors.job_for(actor=actor, job_id=job_id)
    rows = selectors.absentees_to_confirm(found)
    people = [(row.pk, presentation.absentee(row)) for row in rows]
    likely = selectors.likely_leavers(found)
    initial = {
        # Whoever sent the newer list knows of the leaving since then at the latest; the day can be changed.
        "left_on": timezone.localdate(found.created_at),
        "enrolments": [str(key) for key, _words in people if str(key) in likely],
    }
    form = LeavingForm(request.POST if request.method == "POST" else None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = [UUID(key) for key in form.cleaned_data["enrolments"]]
        try:
            count = record_leavings(actor=actor, enrolment_ids=chosen, left_on=form.cleaned_data["left_on"])
        except FaultyActError as refused:
            for fault in refused.faults:
                form.add_error(fault.field or None, fault.sentence)
        else:
            messages.success(request, _("Дата выбытия записана. Человек: %(count)s.") % {"count": count})
            return redirect("imports:job", found.pk)
    record(actor=actor, action="imports.absentees_viewed", object_type="imports.job", object_id=found.pk)
    return render(request, "imports/absent.html", {"job": found, "form": form, "people": people})
