"""Pages of a pair's life: another mentor, a request for another partner, and what came of such requests."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.authz import Actor, actor_of, requires
from core.ui.pagination import paginate
from schools.pairs import mentor_change, partner_requests, selectors
from schools.pairs.confidence import REQUESTS, words_if_unheard
from schools.pairs.group_acts import change_mentor_of_group, running_in_group
from schools.pairs.life_forms import AskForm, MentorForm, OutcomeForm
from schools.pairs.models import Pair
from schools.pairs.substitutes import with_substitutes
from schools.pairs.words import with_group
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import candidates
from tenants.reference.selectors import forms_now

# What a search for people keeps.
_TYPED: Final = ("mentor_q", "starts_on", "until", "whole_group")


@requires("pairs.edit")
@require_http_methods(["GET", "POST"])
def mentor(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Give a mentee another mentor, for good or for a while."""
    actor = actor_of(request)
    pair = selectors.pair_for(actor=actor, pair_id=pair_id, permission="pairs.edit")
    others = len(running_in_group(actor, pair, timezone.localdate()))
    is_search = request.method == "POST" and "search" in request.POST
    if is_search or request.method != "POST":
        typed = {name: request.POST.get(name, "") for name in _TYPED} if is_search else {}
        form = MentorForm(initial={"starts_on": timezone.localdate(), **typed}, others=others)
    else:
        form = MentorForm(request.POST, others=others)
        if form.is_valid():
            chosen = form.cleaned_data
            data = mentor_change.NewMentor(
                mentor_id=chosen["mentor"], starts_on=chosen["starts_on"], until=chosen["until"]
            )
            try:
                act = change_mentor_of_group if chosen.get("whole_group") else mentor_change.change_mentor
                made = act(actor=actor, pair_id=pair_id, data=data)
            except FaultyActError as refusal:
                show_faults(form, refusal)
            else:
                said = with_group(_("Другой наставник записан. Новая пара ждёт приказа."), made.with_group)
                messages.success(request, with_substitutes(said, made.ended_with))
                return redirect("pairs:card", pair_id=made.pk)
    context = {"pair": pair, "form": form, **_found(actor, pair, request)}
    return _page(request, pair, "pairs/mentor.html", context)


@requires("partner_requests.make")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Ask the curator for another partner; the other side learns nothing of it."""
    actor = actor_of(request)
    pair = partner_requests.own_pair(actor=actor, pair_id=pair_id)
    own = list(partner_requests.own_requests(actor, pair))
    unheard = words_if_unheard(actor, pair, REQUESTS)
    waiting = next((row for row in own if not row.outcome), None)
    initial = {"wish": waiting.wish, "words": waiting.words} if waiting is not None else {}
    form = AskForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            partner_requests.ask_for_another(actor=actor, pair_id=pair_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            if unheard:
                messages.warning(request, unheard)
            else:
                messages.success(request, _("Просьба передана куратору. Второй участник пары её не увидит."))
            return redirect("pairs:ask", pair_id=pair_id)
    context = {"pair": pair, "form": form, "waiting": waiting, "own": own, "unheard": unheard}
    return _page(request, pair, "pairs/ask.html", context)


@requires("partner_requests.make")
@require_POST
def withdraw(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    partner_requests.withdraw_request(actor=actor_of(request), pair_id=pair_id)
    messages.success(request, _("Просьба отозвана."))
    return redirect("pairs:ask", pair_id=pair_id)


@requires("partner_requests.settle")
@require_http_methods(["GET"])
def requests(request: HttpRequest) -> HttpResponse:
    """List the requests for another partner, waiting ones first."""
    actor = actor_of(request)
    page = paginate(request, partner_requests.requests_to_settle(actor))
    context = {"page": page, "form": OutcomeForm(), "may_open": bool(actor.has("pairs.view"))}
    return personal_page(
        request, "pairs/requests.html", context, action="pairs.requests_viewed", details={"rows": len(page)}
    )


@requires("partner_requests.settle")
@require_POST
def settle(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Write down what came of a request."""
    try:
        partner_requests.settle_request(
            actor=actor_of(request), request_id=request_id, outcome=request.POST.get("outcome", "")
        )
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
    else:
        messages.success(request, _("Решение записано."))
    return redirect("pairs:requests")


def _found(actor: Actor, pair: Pair, request: HttpRequest) -> dict[str, Any]:
    """Return the people found for the mentor's side; whoever is marked stays listed."""
    form = next((row for row in forms_now(with_withdrawn=True) if row.code == pair.form_code), None)
    try:
        chosen = [UUID(request.POST.get("mentor", ""))]
    except ValueError:
        chosen = []
    kinds = form.mentor_kinds if form is not None else ()
    people, has_more = candidates(actor=actor, typed=request.POST.get("mentor_q", ""), kinds=kinds, chosen=chosen)
    fitting = [row for row in people if row.id not in (pair.mentor_id, pair.mentee_id)]
    return {"mentors": fitting, "mentor_ids": set(chosen), "more_mentors": has_more}


def _page(request: HttpRequest, pair: Pair, template: str, context: dict[str, Any]) -> HttpResponse:
    return personal_page(
        request, template, context, action="pairs.pair_viewed", object_type="pairs.pair", object_id=pair.pk
    )
