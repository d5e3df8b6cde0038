"""The pages of the waiting list: after a round, and beside the rounds."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import Actor, actor_of, enforce, requires
from core.ui.components import Link
from core.ui.pagination import paginate
from schools.matching import selectors
from schools.matching.editions import support_values
from schools.matching.forms import WaitEndForm
from schools.matching.policies import may_lead_rounds, may_lead_rounds_of_form
from schools.matching.waiting import mark_support
from schools.matching.waiting_ends import end_wait_of_candidate, end_wait_of_person
from schools.matching.waiting_people import (
    mark_support_of_person,
    person_waiting_for,
    support_of,
    waiting_people,
)
from schools.matching.words import age_in_words, status_of_waiting
from schools.pairs.policies import may_edit_pairs, may_edit_pairs_of_form
from schools.pairs.words import form_titles
from schools.people.editions import LONGEST_EDITION, edition_of
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import place_of


@requires("pairs.unpaired_view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List those who wait, the longest waiting first."""
    actor, day = actor_of(request), timezone.localdate()
    page = paginate(request, selectors.waiting_mentees(actor=actor, day=day))
    titles = form_titles()
    rows = [
        {
            "candidate": row,
            "place": place_of(row.person, day),
            "form": titles.get(row.round.form_code, row.round.form_code),
            "age": age_in_words(row.waiting_since, day) if row.waiting_since else "",
            "status": status_of_waiting(has_support=row.has_support),
            "seen": edition_of(support_values(row)),
            "may_pair": bool(may_edit_pairs_of_form(actor, row.round.form_code)),
            "may_end": bool(may_lead_rounds_of_form(actor, row.round.form_code)),
        }
        for row in page
    ]
    context = {"page": page, "rows": rows, "may_mark": bool(actor.has("waiting.support")), "tabs": _tabs("list")}
    details = {"rows": len(page)}
    return personal_page(request, "matching/waiting.html", context, action="matching.waiting_viewed", details=details)


@requires("pairs.unpaired_view")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List those who wait and stand in no round, the longest waiting first."""
    actor, day = actor_of(request), timezone.localdate()
    page = paginate(request, waiting_people(actor=actor, day=day))
    titles = form_titles()
    rows = [
        {
            "person": row,
            "place": place_of(row, day),
            "form": titles.get(row.form_code, row.form_code),
            "form_code": row.form_code,
            "since": row.waiting_since,
            "age": age_in_words(row.waiting_since, day),
            "has_support": row.has_support,
            "status": status_of_waiting(has_support=row.has_support),
            "seen": edition_of(support_of(row)),
            "may_end": _may_end(actor, row.form_code),
        }
        for row in page
    ]
    context = {
        "page": page,
        "rows": rows,
        "may_mark": bool(actor.has("waiting.support")),
        "may_pair": bool(may_edit_pairs(actor)),
        "may_end": bool(may_lead_rounds(actor)),
        "tabs": _tabs("people"),
    }
    details = {"rows": len(page)}
    return personal_page(
        request, "matching/waiting_people.html", context, action="matching.waiting_viewed", details=details
    )


def _may_end(actor: Actor, form_code: str) -> bool:
    return bool(may_lead_rounds_of_form(actor, form_code) if form_code else may_lead_rounds(actor))


def _tabs(current: str) -> list[Link]:
    titles = {"list": _("После подбора"), "people": _("Ещё не в подборе")}
    return [Link(words, reverse(f"waiting:{name}"), is_current=name == current) for name, words in titles.items()]


@requires("waiting.support")
@require_POST
def support_of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Mark or unmark the psychologist's support of somebody who stands in no round."""
    has_support, seen = request.POST.get("has_support") == "1", request.POST.get("seen", "")[:LONGEST_EDITION]
    try:
        mark_support_of_person(actor=actor_of(request), person_id=person_id, has_support=has_support, seen=seen or None)
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
    return redirect("waiting:people")


@requires("waiting.support")
@require_POST
def support(request: HttpRequest, waiting_id: UUID) -> HttpResponse:
    """Mark or unmark the psychologist's support."""
    has_support, seen = request.POST.get("has_support") == "1", request.POST.get("seen", "")[:LONGEST_EDITION]
    try:
        mark_support(actor=actor_of(request), candidate_id=waiting_id, has_support=has_support, seen=seen or None)
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
    return redirect("waiting:list")


@requires("matching.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, waiting_id: UUID) -> HttpResponse:
    """Take somebody who waits after a round off the list."""
    actor = actor_of(request)
    row = selectors.waiting_mentee_for(actor=actor, candidate_id=waiting_id)
    enforce(may_lead_rounds_of_form(actor, row.round.form_code))
    act = lambda reason: end_wait_of_candidate(actor=actor, candidate_id=waiting_id, reason=reason)  # noqa: E731
    return _end_page(request, row.person, act, "waiting:list")


@requires("matching.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def end_of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Take somebody who waits beside the rounds off the list."""
    actor = actor_of(request)
    person = person_waiting_for(actor=actor, person_id=person_id)
    act = lambda reason: end_wait_of_person(actor=actor, person_id=person_id, reason=reason)  # noqa: E731
    return _end_page(request, person, act, "waiting:people")


def _end_page(request: HttpRequest, person: Person, act: Callable[[str], None], back: str) -> HttpResponse:
    form = WaitEndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Больше не ждёт: %(name)s.") % {"name": person.full_name})
            return redirect(back)
    context = {
        "title": _("Больше не ждёт"),
        "lead": person.full_name,
        "help_text": _(
            "Так снимают с ожидания того, кому наставник больше не нужен. Причина остаётся в журнале действий."
        ),
        "consequences": [
            _("Человек исчезнет из списка ожидания, и по анкете его в подбор больше не добавят."),
            _("Он снова будет ждать, если ещё раз ответит на входную анкету или вы сами добавите его в подбор."),
        ],
        "form": form,
        "confirm_label": _("Больше не ждёт"),
        "cancel_url": reverse(back),
    }
    return personal_page(
        request,
        "ui/confirm.html",
        context,
        action="matching.waiting_viewed",
        object_type="people.person",
        object_id=person.pk,
    )
