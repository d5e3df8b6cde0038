"""Schools: list, add, the page of one, its code, name and district."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from tenants.provisioning.errors import CodeTakenError
from tenants.provisioning.presentation import school_facts, school_status, state_panel
from tenants.provisioning.services import create_school, rename_school
from tenants.registry import selectors, services
from tenants.registry.errors import StateError
from tenants.registry.forms import CodeForm, NewSchoolForm, SchoolForm, SchoolSearchForm
from tenants.registry.routing import host_of


@require_safe
@requires("schools.view")
def school_list(request: HttpRequest) -> HttpResponse:
    """List schools: name, district, state, found by words of the name or the code."""
    actor = actor_of(request)
    form = SchoolSearchForm(request.GET, actor=actor)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = selectors.schools_found(
        actor,
        text=chosen.get("q", ""),
        state=chosen.get("state", ""),
        district=chosen.get("district", ""),
    )
    page = paginate(request, rows)
    return render(
        request,
        "provisioning/schools.html",
        {
            "form": form,
            "page": page,
            "rows": [(school, school_status(school)) for school in page],
            "may_manage": bool(actor.has("schools.manage")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def school_new(request: HttpRequest) -> HttpResponse:
    """Ask for a school."""
    form = NewSchoolForm(request.POST or None, initial={"district": request.GET.get("district", "")})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            school = create_school(
                actor=actor_of(request), code=chosen["code"], title=chosen["title"], district=chosen["district"]
            )
        except CodeTakenError as error:
            form.add_error("code", str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return HttpResponseRedirect(reverse("registry:school", args=[school.pk]))
    return render(request, "provisioning/school_new.html", {"form": form})


@require_safe
@requires("schools.view")
def school_page(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Show one school: address, state, what can be done next, how it came to be so."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    return render(
        request,
        "provisioning/school.html",
        {
            "school": school,
            **state_panel(actor, school),
            "facts": school_facts(school, former=selectors.former_codes(school)),
            "changes": selectors.state_changes(school),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def school_edit(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Change a school's name or district."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    form = SchoolForm(request.POST or None, initial={"title": school.title, "district": school.district_id})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_school(actor=actor, school_id=school.pk, **form.cleaned_data)
        except StateError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Карточка школы сохранена"))
            return HttpResponseRedirect(reverse("registry:school", args=[school.pk]))
    return render(request, "provisioning/school_edit.html", {"form": form, "school": school})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def school_rename(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Give a school another code and so another address."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    form = CodeForm(request.POST or None, initial={"code": school.code})
    if request.method == "POST" and form.is_valid():
        try:
            rename_school(actor=actor, school_id=school.pk, code=form.cleaned_data["code"])
        except CodeTakenError as error:
            form.add_error("code", str(error))
        except StateError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Адрес школы изменён, прежний ведёт на новый"))
            return HttpResponseRedirect(reverse("registry:school", args=[school.pk]))
    consequences = [
        _("Школа откроется по новому адресу, прежний %(host)s будет перенаправлять на него.")
        % {"host": host_of(school.code)},
        _("Всем, кто работает в школе, нужно будет войти ещё раз по новому адресу."),
        _("Данные, роли и приглашения не меняются."),
    ]
    return render(
        request, "provisioning/school_rename.html", {"form": form, "school": school, "consequences": consequences}
    )
