"""Pages of rounds: their list, a new one, the steps of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.components import Status, Task, TaskGroup
from core.ui.pagination import paginate
from schools.matching import policies, selectors, services
from schools.matching.editions import round_values
from schools.matching.forms import NewRoundForm, RoundForm
from schools.matching.models import Round
from schools.matching.words import status_of_round
from schools.pairs.words import form_titles
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import show_faults
from tenants.reference.selectors import forms_now


@requires("matching.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List rounds, the latest first."""
    actor = actor_of(request)
    rows = selectors.with_counts(selectors.rounds_visible_to(actor)).order_by("-created_at", "pk")
    page = paginate(request, rows)
    titles = form_titles()
    context = {
        "page": page,
        "rows": [
            {"round": row, "form": titles.get(row.form_code, row.form_code), "status": status_of_round(row)}
            for row in page
        ],
        "may_start": bool(policies.may_lead_rounds(actor)),
    }
    return render(request, "matching/list.html", context)


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Start a round."""
    actor = actor_of(request)
    offered = [row for row in forms_now() if policies.may_lead_rounds_of_form(actor, row.code)]
    form = NewRoundForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        try:
            found = services.start_round(actor=actor, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            return redirect("matching:round", found.pk)
    return render(request, "matching/new.html", {"form": form})


@requires("matching.view")
@require_safe
def card(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Show where a round stands and the one next step."""
    actor = actor_of(request)
    rows = selectors.with_counts(selectors.rounds_visible_to(actor))
    found = selectors.round_for(actor=actor, round_id=round_id)
    found = rows.get(pk=found.pk)
    steps = _steps(found)
    context = {
        "round": found,
        "form_title": form_titles().get(found.form_code, found.form_code),
        "status": status_of_round(found),
        "groups": [TaskGroup(_("Шаги подбора"), steps)],
        "next": next((step for step in steps if step.status.kind in ("wait", "work") and step.url), None),
        "may_edit": bool(policies.may_lead_rounds_of_form(actor, found.form_code)),
        "may_discard": found.state == Round.State.OPEN,
    }
    return render(request, "matching/round.html", context)


def _steps(found: Any) -> list[Task]:
    """Return the steps with their states; each can be opened at any time, none locks another."""
    address = {"round_id": found.pk}
    is_open = found.state == Round.State.OPEN
    has_both = found.mentees and found.mentors
    people = Task(
        _("Собрать участников"),
        _state(bool(has_both), is_now=is_open),
        reverse("matching:people", kwargs=address),
        _("Наставляемых: %(mentees)s, наставников: %(mentors)s") % {"mentees": found.mentees, "mentors": found.mentors},
    )
    meeting = Task(
        _("Провести групповую встречу и внести предпочтения"),
        _state(bool(found.asked), is_now=is_open and bool(has_both)),
        reverse("matching:meeting", kwargs=address),
        _("Высказались: %(asked)s") % {"asked": found.asked},
    )
    run = Task(
        _("Подобрать пары и проверить доску"),
        _state(bool(found.matched), is_now=is_open and bool(has_both)),
        reverse("matching:board", kwargs=address),
        _("С наставником: %(matched)s из %(mentees)s") % {"matched": found.matched, "mentees": found.mentees},
    )
    is_out = found.state != Round.State.OPEN
    publish = Task(
        _("Опубликовать пары"),
        _state(is_out, is_now=is_open and bool(found.matched)),
        reverse("matching:proposals" if is_out else "matching:publish", kwargs=address),
        _("Предложения участникам или сразу черновики для приказа"),
    )
    return [people, meeting, run, publish]


def _state(is_done: bool, *, is_now: bool) -> Status:
    if is_done:
        return Status("ok", _("сделано"))
    return Status("wait", _("сейчас")) if is_now else Status("none", _("ещё нет"))


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Change title and day."""
    actor = actor_of(request)
    found = selectors.round_for(actor=actor, round_id=round_id, permission="matching.edit")
    values = round_values(found)
    form = RoundForm(request.POST or None, initial={**values, "seen": edition_of(values)})
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in values}
        try:
            services.change_round(actor=actor, round_id=round_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed=typed)
        else:
            messages.success(request, _("Сохранено."))
            return redirect("matching:round", round_id)
    return render(request, "matching/edit.html", {"form": form, "round": found})


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Delete a round that was never published."""
    actor = actor_of(request)
    found = selectors.round_for(actor=actor, round_id=round_id, permission="matching.edit")
    if request.method == "POST":
        try:
            services.discard_round(actor=actor, round_id=round_id)
        except FaultyActError as refusal:
            messages.error(request, str(refusal.faults[0].sentence))
            return redirect("matching:round", round_id)
        messages.success(request, _("Подбор удалён."))
        return redirect("matching:list")
    return render(request, "matching/discard.html", {"round": found})
