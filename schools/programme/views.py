"""Home, and the record of acts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.accounts.selectors import all_names
from core.authz import Actor, actor_of, requires, signed_in
from core.ui.components import Fact, Link, TaskGroup
from core.ui.home import home_blocks
from core.ui.pagination import paginate
from schools.coverage.selectors import own_coverage
from schools.mergers.services import merger_to_decide
from schools.people.pages import personal_page
from schools.people.words import transfer_tasks
from schools.programme import audit
from schools.programme.evidence import known_to, offered_tasks
from schools.programme.forms import AuditFilter
from schools.programme.home import Numbers, missing_to_target, next_step, numbers, tasks, year_at_hand
from schools.programme.people import base_title
from schools.programme.year_words import folds, shelves
from schools.programme.years import current_year, stages_of
from schools.rights.words import home_tasks

_FIGURES = 3


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the one next step, and what is done; participants see their own pairs."""
    actor, day = actor_of(request), timezone.localdate()
    found = numbers(actor, day)
    sees_figures = found.enrolled and actor.has("coverage.view")
    figures = own_coverage(day)[:_FIGURES] if sees_figures else ()
    keeps_all = bool(actor.has("people.edit"))
    asks_year = bool(actor.reach("programme.view"))
    year = current_year(actor, day) if asks_year else None
    stages = stages_of(actor, year) if year is not None else None
    offered = offered_tasks(stages, known_to(actor, year, day, found)) if stages else frozenset()
    at_hand = year_at_hand(stages, day, year=year, offered=offered) if asks_year else None
    # The finished list of a year that lies behind is no work of today: it stays on the programme's own page.
    shown = None if at_hand is not None and at_hand.past else year
    context: dict[str, Any] = {
        "step": next_step(actor, found, missing=missing_to_target(figures[0]) if figures else None, year=at_hand),
        "year": shown,
        "shelves": shelves(shown, folds(shown, stages, day, offered)) if shown is not None and stages else [],
        "bases": _bases(actor) if year is not None else [],
        "blocks": home_blocks(request),
        "figures": figures,
        "groups": _groups(actor, day, found, has_year=shown is not None) if keeps_all else [],
        "facts": [] if keeps_all else _facts(actor, found),
        "today": day,
        "merger": merger_to_decide(actor),
        "closing_on": request.school.closing_on if actor.has("archive.take") else None,  # type: ignore[attr-defined]
    }
    return render(request, "programme/home.html", context)


@requires("audit.view")
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Show who did what and when."""
    actor = actor_of(request)
    people = all_names()
    bar = AuditFilter(request.GET or None, people=people)
    page = paginate(request, audit.records(actor, bar.cleaned_data if bar.is_valid() else {}))
    context = {"page": page, "lines": audit.in_words(page, dict(people)), "filter_form": bar}
    return personal_page(request, "programme/audit.html", context, action="audit.viewed", details={"rows": len(page)})


def _groups(actor: Actor, day: date, found: Numbers, *, has_year: bool) -> list[TaskGroup]:
    """Return what waits for somebody beside the year; without a year, the stages that the data show by themselves."""
    waiting = [*home_tasks(actor, day), *transfer_tasks()]
    return waiting if has_year else [*waiting, *tasks(actor, found)]


def _bases(actor: Actor) -> list[Link]:
    """Return the lists of those who take part, called as the year's profiles call them."""
    if not actor.has("people.view"):
        return []
    return [Link(base_title(side), f"{reverse('people:list')}?role={side}") for side in ("mentee", "mentor")]


def _facts(actor: Actor, found: Numbers) -> list[Fact]:
    if not actor.has("people.view"):
        return []
    # A class teacher reaches pupils alone: a nought would tell him that the school has no teachers.
    teachers = [Fact(_("Педагогов"), found.teachers)] if found.teachers else []
    return [
        Fact(_("Обучающихся"), found.pupils),
        *teachers,
        Fact(_("Без согласия"), found.without_consent),
        Fact(_("Пар действует"), found.pairs_acting),
        Fact(_("Пар ждут приказа"), found.pairs_waiting),
    ]
