"""Asking for a school's archive from the region: the director finds it on the school's host."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.authz import actor_of, requires
from tenants.provisioning.archive.asking import ask_for_archive, last_archive
from tenants.provisioning.archive.words import facts_for_region
from tenants.provisioning.errors import ArchiveError
from tenants.registry import selectors
from tenants.registry.errors import StateError


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def school_archive(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Show when a school's archive was made and taken; ask for a new one."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    if request.method == "POST":
        try:
            ask_for_archive(actor=actor, school_id=school.pk)
        except (ArchiveError, StateError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Архив готовится: директор найдёт его на сайте школы"))
        return HttpResponseRedirect(reverse("registry:school-archive", args=[school.pk]))
    last = last_archive(school)
    context = {"school": school, "facts": facts_for_region(last) if last else []}
    return render(request, "provisioning/school_archive.html", context)
