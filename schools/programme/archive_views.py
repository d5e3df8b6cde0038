"""The archive of the school: asked for, watched, taken; and the school's closing. The director's alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from core.authz import actor_of, requires
from core.streaming import streamed
from core.ui.live import conditional_fragment, stop_polling
from schools.programme.closing import remaining, tasks_of
from tenants.provisioning.archive.asking import ask_for_own_archive, own_archive, take
from tenants.provisioning.archive.words import facts_of, file_name
from tenants.provisioning.errors import ArchiveError
from tenants.provisioning.models import Archive


def _panel(request: HttpRequest) -> dict[str, Any]:
    archive = own_archive(actor_of(request))
    is_ready = archive is not None and archive.state == Archive.State.READY
    return {
        "archive": archive,
        "is_waiting": archive is not None and archive.state == Archive.State.ASKED,
        "is_failed": archive is not None and archive.state == Archive.State.FAILED,
        "is_ready": is_ready,
        "facts": facts_of(archive) if archive is not None and is_ready else [],
    }


@requires("archive.take")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the newest archive, and make another when asked."""
    if request.method == "POST":
        try:
            ask_for_own_archive(actor=actor_of(request), about=request.school)  # type: ignore[attr-defined]
        except ArchiveError as error:
            messages.info(request, str(error))
        return HttpResponseRedirect(reverse("archive:page"))
    return render(request, "programme/archive.html", _panel(request))


def _version(request: HttpRequest) -> object:
    archive = own_archive(actor_of(request))
    return archive and (archive.pk, archive.state, archive.taken_at)


@requires("archive.take")
@require_safe
@conditional_fragment(_version)
def live(request: HttpRequest) -> HttpResponse:
    """Show the state of the archive alone, for the page that waits for it."""
    context = _panel(request)
    response = render(request, "programme/parts/archive.html", context)
    return response if context["is_waiting"] else stop_polling(response)


@requires("archive.take")
@require_GET
def file(request: HttpRequest, archive_id: UUID) -> StreamingHttpResponse:
    """Give the file piece by piece; who took it and when is recorded."""
    archive, pieces = take(actor=actor_of(request), archive_id=archive_id)
    response = streamed(pieces, size_bytes=archive.size_bytes, content_type="application/zip")
    name = file_name(request.school.code, archive)  # type: ignore[attr-defined]
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@requires("archive.take")
@require_safe
def closing(request: HttpRequest) -> HttpResponse:
    """Show what is left to do before the school closes."""
    found = remaining(actor_of(request), request.school, timezone.localdate())  # type: ignore[attr-defined]
    return render(request, "programme/closing.html", {"found": found, "groups": tasks_of(found)})
