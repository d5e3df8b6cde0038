"""Papers as files to download."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.papers import MEDIA, Way
from schools.papers import consent_services, requisites, services
from schools.papers.forms import RequisitesForm
from schools.people.editions import edition_of, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import show_faults


@requires("orders.view")
@require_safe
def order(request: HttpRequest, order_id: UUID, way: Way) -> HttpResponse:
    """Give an order as a file."""
    school = request.school.title  # type: ignore[attr-defined]
    content = services.order_file(actor=actor_of(request), school=school, order_id=order_id, way=way)
    return _file(content, "prikaz", way)


@requires("orders.approve", "orders.record_signed")
@require_safe
def draft_order(request: HttpRequest, way: Way) -> HttpResponse:
    """Give the order for the drafts to be printed and signed."""
    school = request.school.title  # type: ignore[attr-defined]
    return _file(services.draft_order_file(actor=actor_of(request), school=school, way=way), "prikaz", way)


@requires("programme.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def school_requisites(request: HttpRequest) -> HttpResponse:
    """Show what stands on the school's papers, and change it."""
    known = requisites.requisites_of_school()
    values = requisites.requisites_values(known)
    data = request.POST if request.method == "POST" else None
    form = RequisitesForm(data, initial={**values, "seen": edition_of(values)})
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in values}
        try:
            requisites.set_requisites(actor=actor_of(request), **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            take_newer(form, values=values, typed=typed)
        else:
            messages.success(request, _("Реквизиты сохранены: они стоят в бумагах, которые вы скачаете теперь."))
            return redirect("papers:requisites")
    return render(request, "papers/requisites.html", {"form": form, "known": known})


@requires("consents.view")
@require_safe
def consent(request: HttpRequest, person_id: UUID, way: Way) -> HttpResponse:
    """Give one person's consent document of a kind, to be printed and signed."""
    school = request.school.title  # type: ignore[attr-defined]
    kind = request.GET.get("kind", "")
    content = consent_services.consent_file(
        actor=actor_of(request), school=school, person_id=person_id, kind=kind, way=way
    )
    return _file(content, "soglasie", way)


@requires("participation.view")
@require_safe
def own_consent(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give a participant the document on himself or on his child, to be printed and signed at home."""
    content = consent_services.own_consent_file(
        actor=actor_of(request),
        school=request.school.title,  # type: ignore[attr-defined]
        person_id=person_id,
        kind=request.GET.get("kind", ""),
        way="pdf",
    )
    return _file(content, "soglasie", "pdf")


@requires("consents.edit")
@require_safe
def class_consents(request: HttpRequest, way: Way) -> HttpResponse:
    """Give the consent documents of a class in one file."""
    page = request.GET.get("page", "")
    content = consent_services.class_consents_file(
        actor=actor_of(request),
        school=request.school.title,  # type: ignore[attr-defined]
        room=request.GET.get("room", ""),
        kind=request.GET.get("kind", ""),
        way=way,
        missing="missing" in request.GET,
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 4 else 1,
    )
    return _file(content, "soglasiya", way)


def _file(content: bytes, name: str, way: Way) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA[way])
    response["Content-Disposition"] = f'attachment; filename="{name}.{way}"'
    response["Cache-Control"] = "private, no-store"
    return response
