"""Pages of the region about mergers of schools."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import Actor, actor_of, requires
from core.ui.pagination import paginate
from tenants.mergers import services
from tenants.mergers.errors import MergerError
from tenants.mergers.forms import MergerForm
from tenants.mergers.models import Merger
from tenants.mergers.selectors import merger_visible_to, mergers_visible_to
from tenants.mergers.words import counts_taken, facts_of, facts_of_counts, status_of


@require_safe
@requires("schools.manage")
def listing(request: HttpRequest) -> HttpResponse:
    """List the mergers of the region."""
    page = paginate(request, mergers_visible_to(actor_of(request)))
    rows = [{"merger": merger, "status": status_of(merger.state)} for merger in page.object_list]
    return render(request, "mergers/list.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Propose a merger to two schools."""
    form = MergerForm(request.POST or None, initial={"from_id": request.GET.get("school", "")})
    if request.method == "POST" and form.is_valid():
        try:
            merger = services.ask_for_merger(actor=actor_of(request), **form.cleaned_data)
        except MergerError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Директора обеих школ увидят предложение на своих сайтах"))
            return redirect("mergers:card", merger_id=merger.pk)
    return render(request, "mergers/new.html", {"form": form})


@require_safe
@requires("schools.manage")
def card(request: HttpRequest, merger_id: UUID) -> HttpResponse:
    """Show how far a merger is."""
    merger = merger_visible_to(actor_of(request), merger_id)
    taken = counts_taken(merger)
    context = {
        "merger": merger,
        "status": status_of(merger.state),
        "facts": facts_of(merger),
        "taken": facts_of_counts(taken) if taken else [],
        "why_not_yet": services.why_not_yet(merger) if merger.state == Merger.State.ASKED else "",
        "is_asked": merger.state == Merger.State.ASKED,
        "is_running": merger.state == Merger.State.RUNNING,
    }
    return render(request, "mergers/card.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.manage")
def begin(request: HttpRequest, merger_id: UUID) -> HttpResponse:
    """Begin a merger that both schools have agreed to, after telling what it does."""
    merger = merger_visible_to(actor_of(request), merger_id)
    if request.method == "POST":
        words = _("Объединение началось: присоединяемая школа приостановлена, данные передаются")
        return _done(request, merger_id, services.begin_merger, words)
    return render(request, "mergers/begin.html", {"merger": merger})


@require_POST
@requires("schools.manage")
def call_off(request: HttpRequest, merger_id: UUID) -> HttpResponse:
    """Call a merger off."""
    return _done(request, merger_id, services.call_off_merger, _("Объединение отменено: школы работают как прежде"))


def _done(request: HttpRequest, merger_id: UUID, act: Callable[..., Merger], words: str) -> HttpResponse:
    actor: Actor = actor_of(request)
    try:
        act(actor=actor, merger_id=merger_id)
    except MergerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return HttpResponseRedirect(reverse("mergers:card", args=[merger_id]))
