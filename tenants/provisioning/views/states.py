"""A school's life on the page: watching it being created, suspending, resuming, closing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.live import conditional_fragment, stop_polling
from tenants.provisioning.closing import lacks_handover
from tenants.provisioning.errors import NotHandedOverError, ReasonMissingError
from tenants.provisioning.presentation import MOVES, Move, state_panel
from tenants.provisioning.services import change_state
from tenants.registry import selectors
from tenants.registry.errors import StateError
from tenants.registry.forms import CloseForm, ReasonForm
from tenants.registry.models import School


def _version(request: HttpRequest, school_id: UUID) -> object:
    """Return what the state panel depends on; the selector refuses a school the actor may not know of."""
    school = selectors.school_visible_to(actor_of(request), school_id)
    panel = state_panel(actor_of(request), school)
    return school.state, school.last_error, panel["is_late"], school.closing_on


@require_safe
@requires("schools.view")
@conditional_fragment(_version)
def school_state(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Show the state panel alone, for the page that waits for a school to be created."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    response = render(request, "provisioning/parts/state.html", {"school": school, **state_panel(actor, school)})
    return response if school.state == School.State.CREATING else stop_polling(response)


def _form(request: HttpRequest, school: School, step: Move) -> ReasonForm:
    """Return the form of a step; closing a school before its archive is taken asks whether anybody needs it."""
    if step.state != School.State.CLOSED:
        return ReasonForm(request.POST or None, is_required=step.needs_reason)
    return CloseForm(request.POST or None, asks_for_archive=lacks_handover(school))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def school_change_state(request: HttpRequest, school_id: UUID, move: str) -> HttpResponse:
    """Ask for confirmation and a reason, then take one step of a school's life."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    step = MOVES.get(move)
    if step is None:
        raise Http404(_("Такого действия нет"))
    here = reverse("registry:school", args=[school.pk])
    form = _form(request, school, step)
    if request.method == "POST" and form.is_valid():
        try:
            change_state(actor=actor, school_id=school.pk, state=step.state, **form.cleaned_data)
        except NotHandedOverError as error:
            form.add_error(None, str(error))
        except ReasonMissingError as error:
            form.add_error("reason", str(error))
        except StateError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(here)
        else:
            messages.success(request, str(step.done))
            return HttpResponseRedirect(here)
    return render(
        request,
        "provisioning/school_state.html",
        {"school": school, "step": step, "form": form, "cancel_url": here},
    )
