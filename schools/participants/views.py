"""Pages of concerns: telling one, the list of those that reach the reader, one of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.selectors import names_of
from core.authz import actor_of, requires
from core.ui.pagination import paginate
from schools.pairs.confidence import CONCERNS, words_if_unheard
from schools.participants import selectors, services
from schools.participants.forms import ConcernForm, OutcomeForm
from schools.participants.models import Concern
from schools.participants.words import concern_status
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults


@requires("participation.view")
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Tell the curator and the psychologist that something is not right."""
    actor = actor_of(request)
    own = selectors.own_pair(actor=actor, pair_id=pair_id, day=timezone.localdate())
    unheard = words_if_unheard(actor, own.pair, CONCERNS)
    form = ConcernForm(request.POST or None, is_heard=not unheard)
    if request.method == "POST" and form.is_valid():
        services.tell_concern(actor=actor, pair_id=pair_id, text=form.cleaned_data["text"])
        if unheard:
            messages.warning(request, unheard)
        else:
            messages.success(request, _("Передали куратору и психологу. С вами поговорят."))
        return redirect("home")
    told = selectors.latest_by_pair(actor, [pair_id]).get(pair_id)
    status = concern_status(told) if told else None
    context = {"own": own, "form": form, "told": told, "status": status, "unheard": unheard}
    return personal_page(
        request,
        "participants/tell.html",
        context,
        action="pairs.own_viewed",
        object_type="pairs.pair",
        object_id=pair_id,
    )


@requires("concerns.answer")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the concerns that reach the reader, those that wait first."""
    page = paginate(request, selectors.concerns_to_answer(actor_of(request)))
    context = {"page": page, "rows": [{"concern": row, "status": concern_status(row)} for row in page]}
    return personal_page(
        request, "participants/list.html", context, action="participants.concerns_viewed", details={"rows": len(page)}
    )


@requires("concerns.answer")
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, concern_id: UUID) -> HttpResponse:
    """Show one concern; take it, or close it with what came of it."""
    actor = actor_of(request)
    concern = selectors.concern_for(actor=actor, concern_id=concern_id)
    is_closing = request.method == "POST" and request.POST.get("act") == "close"
    form = OutcomeForm(request.POST if is_closing else None)
    if request.method == "POST":
        try:
            if not is_closing:
                services.take_concern(actor=actor, concern_id=concern_id)
                messages.success(request, _("Отмечено, что вы этим занимаетесь: обратившийся это увидит."))
                return redirect("participants:concern", concern_id=concern_id)
            if form.is_valid():
                services.close_concern(actor=actor, concern_id=concern_id, outcome=form.cleaned_data["outcome"])
                messages.success(request, _("Обращение закрыто."))
                return redirect("participants:concerns")
        except FaultyActError as refusal:
            form = form if is_closing else OutcomeForm({})
            show_faults(form, refusal)
    names = names_of([concern.said_by, concern.taken_by])
    context = {
        "concern": concern,
        "status": concern_status(concern),
        "said_by": names.get(str(concern.said_by), "—"),
        "taken_by": names.get(str(concern.taken_by), "—"),
        "form": form,
        "is_new": concern.state == Concern.State.NEW,
        "is_taken": concern.state == Concern.State.TAKEN,
        "is_mine": concern.taken_by == actor.pk,
    }
    return personal_page(
        request,
        "participants/card.html",
        context,
        action="participants.concern_viewed",
        object_type="participants.concern",
        object_id=concern.pk,
    )
