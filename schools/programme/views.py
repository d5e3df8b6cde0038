"""Home, and the record of acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.authz import Actor, actor_of, requires, signed_in
from core.ui.components import Fact
from core.ui.pagination import paginate
from schools.coverage.selectors import own_coverage
from schools.pairs.selectors import own_pairs, with_state
from schools.pairs.words import form_titles, status_of, term_of
from schools.people.pages import personal_page
from schools.people.words import transfer_tasks
from schools.programme import audit
from schools.programme.forms import AuditFilter
from schools.programme.home import Numbers, missing_to_target, next_step, numbers, tasks
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
    context: dict[str, Any] = {
        "step": next_step(actor, found, missing=missing_to_target(figures[0]) if figures else None),
        "figures": figures,
        "groups": [*home_tasks(actor, day), *transfer_tasks(), *tasks(actor, found)] if keeps_all else [],
        "facts": [] if keeps_all else _facts(actor, found),
        "today": day,
        "closing_on": request.school.closing_on if actor.has("archive.take") else None,  # type: ignore[attr-defined]
    }
    own = _own_pairs(actor)
    if not own:
        return render(request, "programme/home.html", context)
    return personal_page(
        request, "programme/home.html", {**context, "own": own}, action="pairs.own_viewed", details={"rows": len(own)}
    )


@requires("audit.view")
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Show who did what and when."""
    actor = actor_of(request)
    people = audit.accounts()
    bar = AuditFilter(request.GET or None, people=people)
    page = paginate(request, audit.records(actor, bar.cleaned_data if bar.is_valid() else {}))
    context = {"page": page, "lines": audit.in_words(page, dict(people)), "filter_form": bar}
    return personal_page(request, "programme/audit.html", context, action="audit.viewed", details={"rows": len(page)})


def _facts(actor: Actor, found: Numbers) -> list[Fact]:
    if not actor.has("people.view"):
        return []
    return [
        Fact(_("Обучающихся"), found.pupils),
        Fact(_("Педагогов"), found.teachers),
        Fact(_("Без согласия"), found.without_consent),
        Fact(_("Пар действует"), found.pairs_acting),
        Fact(_("Пар ждут приказа"), found.pairs_waiting),
    ]


def _own_pairs(actor: Actor) -> list[dict[str, Any]]:
    if not actor.has("participation.view"):
        return []
    day, titles = timezone.localdate(), form_titles()
    rows = own_pairs(actor).select_related("mentor", "mentee", "order")
    return [
        {
            "mentor": pair.mentor.full_name,
            "mentee": pair.mentee.full_name,
            "form": titles.get(pair.form_code, pair.form_code),
            "term": term_of(pair),
            "status": status_of(pair, day),
        }
        for pair in with_state(rows, day).order_by("-starts_on", "pk")
    ]
