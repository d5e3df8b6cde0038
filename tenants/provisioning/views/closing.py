"""Announcing that a school closes, from the region."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.authz import actor_of, requires
from core.ui.components import Fact
from tenants.provisioning.archive.asking import last_archive
from tenants.provisioning.archive.words import facts_for_region
from tenants.provisioning.closing import announce_closing, call_off_closing, handed_over
from tenants.provisioning.errors import DayError, ReasonMissingError
from tenants.registry import selectors
from tenants.registry.errors import StateError
from tenants.registry.forms import ClosingForm
from tenants.registry.models import School


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def school_closing(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Announce the closing of a school, or change its day."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    form = ClosingForm(request.POST or None, initial={"day": school.closing_on, "reason": school.closing_reason})
    if request.method == "POST" and form.is_valid():
        try:
            announce_closing(actor=actor, school_id=school.pk, **form.cleaned_data)
        except DayError as error:
            form.add_error("day", str(error))
        except (ReasonMissingError, StateError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Закрытие объявлено: директор видит его на сайте школы"))
            return HttpResponseRedirect(reverse("registry:school", args=[school.pk]))
    context = {"school": school, "form": form, "facts": _facts(school)}
    return render(request, "provisioning/school_closing.html", context)


def _facts(school: School) -> list[Fact]:
    """Return how far the handover is; nothing while no closing is announced."""
    if school.closing_on is None:
        return []
    last = last_archive(school)
    is_taken = handed_over(school) is not None
    return [
        Fact(_("Последний день работы"), date_format(school.closing_on, "d.m.Y")),
        Fact(_("Архив после объявления забран"), _("да") if is_taken else _("нет")),
        *(facts_for_region(last) if last else []),
    ]


@require_POST
@requires("schools.manage")
def school_closing_off(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Call the closing off."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    try:
        call_off_closing(actor=actor, school_id=school.pk)
    except StateError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Закрытие отменено: школа работает дальше"))
    return HttpResponseRedirect(reverse("registry:school", args=[school.pk]))
