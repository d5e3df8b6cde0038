"""Pages of who takes part in a round."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.components import Link, Status
from core.ui.pagination import paginate
from core.ui.private_search import private_search, search_data
from schools.clearances.selectors import Checklist, checklists
from schools.clearances.words import status_of_checklist
from schools.matching import policies, selectors, services
from schools.matching.answers import wishes_of
from schools.matching.editions import candidate_values
from schools.matching.forms import CandidateForm, EligibleFilter, PeopleForm
from schools.matching.models import Candidate, Round
from schools.matching.words import side_titles, wished_ages
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import classes_visible_to, place_of
from schools.training.selectors import trained
from schools.training.words import status_of_training
from tenants.reference.words import words_of_form

_Side = Candidate.Side


def side_of(request: HttpRequest) -> str:
    """Return the side that the address names; mentees otherwise."""
    side = request.GET.get("side", "")
    return side if side in _Side.values else _Side.MENTEE


@requires("matching.view")
@require_safe
def people(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """List the candidates of one side."""
    actor, day, side = actor_of(request), timezone.localdate(), side_of(request)
    found = selectors.round_for(actor=actor, round_id=round_id)
    rows = selectors.candidates_of(found)
    page = paginate(request, selectors.with_people(rows.filter(side=side), day))
    may_edit = found.state == Round.State.OPEN and bool(policies.may_lead_rounds_of_form(actor, found.form_code))
    mentors = [row.person for row in page] if side == _Side.MENTOR else []
    asked, taught = checklists(mentors, day), trained([person.pk for person in mentors], day)
    led = selectors.led_by([person.pk for person in mentors], day)
    context = {
        "round": found,
        "side": side,
        "page": page,
        "rows": [
            {
                "candidate": row,
                "place": place_of(row.person, day),
                "led": led[row.person_id],
                "ages": wished_ages(row.wishes),
                "cleared": _clearance_of(asked.get(row.person_id)),
                "trained": status_of_training(row.person_id in taught),
            }
            for row in page
        ],
        "tabs": _tabs(found, side, reverse("matching:people", kwargs={"round_id": found.pk})),
        "may_edit": may_edit,
    }
    details = {"rows": len(page)}
    return personal_page(request, "matching/people.html", context, action="matching.candidates_viewed", details=details)


def _clearance_of(found: Checklist | None) -> Status | None:
    """Return how a mentor from outside stands with his papers; None for those of whom nothing is asked."""
    return status_of_checklist(found) if found is not None and found.lines else None


def _tabs(found: Round, side: str, address: str) -> list[Link]:
    sides = list(selectors.candidates_of(found).values_list("side", flat=True))
    return [
        Link(title, f"{address}?side={code}", is_current=code == side, count=sides.count(code))
        for code, title in side_titles().items()
    ]


@private_search("eligible")
@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, round_id: UUID, side: str) -> HttpResponse:
    """Add people to one side: those whose kinds stand on it, by name and class."""
    actor = actor_of(request)
    if side not in _Side.values:
        raise Http404
    found = selectors.round_for(actor=actor, round_id=round_id, permission="matching.edit")
    everybody = "willing" in request.POST
    form = PeopleForm(request.POST or None)
    if request.method == "POST" and (form.is_valid() or everybody):
        try:
            if everybody:
                added = services.add_willing(actor=actor, round_id=round_id, side=side)
            else:
                people = form.cleaned_data["people"]
                added = services.add_candidates(actor=actor, round_id=round_id, side=side, person_ids=people)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            return _added(request, found, side, len(added))
    return _add_page(request, found, side, form)


def _added(request: HttpRequest, found: Round, side: str, count: int) -> HttpResponse:
    words = ngettext("Добавлен %(count)s участник.", "Добавлено участников: %(count)s.", count)
    messages.success(request, words % {"count": count})
    return redirect(f"{reverse('matching:people', kwargs={'round_id': found.pk})}?side={side}")


def _add_page(request: HttpRequest, found: Round, side: str, form: PeopleForm) -> HttpResponse:
    actor = actor_of(request)
    bar = EligibleFilter(search_data(request, "eligible"), rooms=classes_visible_to(actor))
    chosen = bar.cleaned_data if bar.is_valid() else {}
    rows = selectors.eligible_people(
        actor=actor,
        found=found,
        side=side,
        typed=chosen.get("q", ""),
        class_id=UUID(chosen["room"]) if chosen.get("room") else None,
    )
    page = paginate(request, rows)
    with_age = actor.reach("people.view").everything
    wishes = wishes_of([person.pk for person in page], side, form_code=found.form_code, day=timezone.localdate())
    words = words_of_form(found.form_code)
    side_words = _("Из %(base)s наставников") if side == _Side.MENTOR else _("Из %(base)s наставляемых")
    context: dict[str, Any] = {
        "round": found,
        "from_base": side_words % {"base": words.from_base},
        "side": side,
        "side_title": side_titles()[side],
        "filter_form": bar,
        "page": page,
        "rows": [
            {"person": row, "wish": wishes.get(row.id, {}).get("takes_part")}
            for row in selectors.eligible_rows(page, with_age=with_age)
        ],
        "marked": set(request.POST.getlist("people")),
        "form": form,
    }
    details = {"rows": len(page)}
    return personal_page(request, "matching/add.html", context, action="people.candidates_viewed", details=details)


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def candidate(request: HttpRequest, candidate_id: UUID) -> HttpResponse:
    """Change what a candidate wishes."""
    actor = actor_of(request)
    row = selectors.candidate_for(actor=actor, candidate_id=candidate_id, permission="matching.edit")
    is_mentor = row.side == _Side.MENTOR
    values = candidate_values(row)
    initial = {**values, "seen": edition_of(values)}
    form = CandidateForm(request.POST or None, with_capacity=is_mentor, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = {"capacity": 1, **form.cleaned_data}
        try:
            services.change_candidate(actor=actor, candidate_id=row.pk, **typed)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed={name: typed[name] for name in values})
        else:
            messages.success(request, _("Сохранено."))
            return redirect(_list_of(row))
    context = {"candidate": row, "round": row.round, "form": form, "is_mentor": is_mentor, "back": _list_of(row)}
    return personal_page(
        request,
        "matching/candidate.html",
        context,
        action="matching.candidate_viewed",
        object_type="people.person",
        object_id=row.person_id,
    )


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, candidate_id: UUID) -> HttpResponse:
    """Take somebody out of the round."""
    actor = actor_of(request)
    row = selectors.candidate_for(actor=actor, candidate_id=candidate_id, permission="matching.edit")
    if request.method == "POST":
        try:
            services.remove_candidate(actor=actor, candidate_id=row.pk)
        except FaultyActError as refusal:
            messages.error(request, str(refusal.faults[0].sentence))
        else:
            messages.success(request, _("Участник убран из подбора."))
        return redirect(_list_of(row))
    context = {"candidate": row, "round": row.round, "back": _list_of(row)}
    return personal_page(
        request,
        "matching/remove.html",
        context,
        action="matching.candidate_viewed",
        object_type="people.person",
        object_id=row.person_id,
    )


def _list_of(row: Candidate) -> str:
    return f"{reverse('matching:people', kwargs={'round_id': row.round_id})}?side={row.side}"
