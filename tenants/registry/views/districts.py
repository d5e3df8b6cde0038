"""Districts: list, add, rename; and the region's own name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from tenants.registry import selectors, services
from tenants.registry.errors import TitleTakenError
from tenants.registry.forms import DistrictSearchForm, TitleForm


@require_safe
@requires("schools.view")
def district_list(request: HttpRequest) -> HttpResponse:
    """List districts with how many schools they have."""
    actor = actor_of(request)
    form = DistrictSearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    page = paginate(request, selectors.districts_found(actor, text=text))
    may_manage = bool(actor.has("districts.manage"))
    return render(request, "registry/districts.html", {"form": form, "page": page, "may_manage": may_manage})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("districts.manage")
def district_new(request: HttpRequest) -> HttpResponse:
    """Add a district."""
    form = TitleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            district = services.add_district(actor=actor_of(request), title=form.cleaned_data["title"])
        except TitleTakenError as error:
            form.add_error("title", str(error))
        else:
            messages.success(request, _("Район «%(title)s» добавлен") % {"title": district.title})
            return HttpResponseRedirect(reverse("registry:districts"))
    return render(request, "registry/district_form.html", {"form": form, "district": None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("districts.manage")
def district_rename(request: HttpRequest, district_id: UUID) -> HttpResponse:
    """Rename a district."""
    actor = actor_of(request)
    district = selectors.district_visible_to(actor, district_id)
    form = TitleForm(request.POST or None, initial={"title": district.title})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_district(actor=actor, district_id=district.pk, title=form.cleaned_data["title"])
        except TitleTakenError as error:
            form.add_error("title", str(error))
        else:
            messages.success(request, _("Название района сохранено"))
            return HttpResponseRedirect(reverse("registry:districts"))
    return render(request, "registry/district_form.html", {"form": form, "district": district})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("districts.manage")
def region_name(request: HttpRequest) -> HttpResponse:
    """Name the region."""
    form = TitleForm(request.POST or None, initial={"title": selectors.region_title()})
    if request.method == "POST" and form.is_valid():
        services.name_region(actor=actor_of(request), title=form.cleaned_data["title"])
        selectors.forget_region_title()
        messages.success(request, _("Название региона сохранено"))
        return HttpResponseRedirect(reverse("registry:districts"))
    return render(request, "registry/region_name.html", {"form": form})
