"""Pages of mergers inside a school; its director's alone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import actor_of, requires
from core.ui.components import Fact
from schools.mergers import services
from schools.mergers.forms import ClassesForm
from schools.people.errors import FaultyActError
from tenants.mergers.errors import MergerError
from tenants.mergers.steps import OwnMerger
from tenants.mergers.words import facts_of_counts, status_of


@requires("mergers.decide")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the mergers that the school takes part in."""
    rows = [{"merger": row, "status": status_of(row.state)} for row in services.mergers_of(actor_of(request))]
    return render(request, "school_mergers/list.html", {"rows": rows})


@requires("mergers.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, merger_id: UUID) -> HttpResponse:
    """Show a merger, its plan, and what is to decide; name classes that both schools have."""
    actor = actor_of(request)
    merger = services.merger_for(actor=actor, merger_id=merger_id)
    names_classes = merger.is_taking and merger.is_open and bool(merger.plan_classes)
    form = ClassesForm(request.POST or None, classes=merger.plan_classes) if names_classes else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.name_classes(actor=actor, merger_id=merger_id, titles=form.titles())
        except FaultyActError as refusal:
            form.add_error(None, " ".join(fault.sentence for fault in refusal.faults))
        else:
            messages.success(request, _("Названия классов сохранены."))
            return redirect("school-mergers:card", merger_id=merger_id)
    context = {
        "merger": merger,
        "status": status_of(merger.state),
        "facts": _facts(merger),
        "plan": None if merger.plan_counts is None else facts_of_counts(merger.plan_counts),
        "form": form,
        "may_agree": merger.is_open and not merger.has_agreed and not (merger.is_taking and merger.plan_counts is None),
        "may_plan_again": merger.is_taking and merger.is_open and merger.has_other_agreed,
    }
    return render(request, "school_mergers/card.html", context)


@requires("mergers.decide")
@require_POST
def agree(request: HttpRequest, merger_id: UUID) -> HttpResponse:
    """Agree."""
    return _done(request, merger_id, services.agree, _("Согласие записано. Начнёт объединение регион."))


@requires("mergers.decide")
@require_POST
def decline(request: HttpRequest, merger_id: UUID) -> HttpResponse:
    """Say no."""
    return _done(request, merger_id, services.decline, _("Отказ записан: школы работают как прежде."))


@requires("mergers.decide")
@require_POST
def plan_again(request: HttpRequest, merger_id: UUID) -> HttpResponse:
    """Have the plan made anew."""
    return _done(request, merger_id, services.plan_again, _("План составляется заново: обычно это минута."))


def _done(request: HttpRequest, merger_id: UUID, act: Callable[..., None], words: str) -> HttpResponse:
    try:
        act(actor=actor_of(request), merger_id=merger_id)
    except MergerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("school-mergers:card", merger_id=merger_id)


def _facts(merger: OwnMerger) -> list[Fact]:
    yes, no = _("есть"), _("пока нет")
    return [
        Fact(_("Присоединяется"), merger.from_title),
        Fact(_("К школе"), merger.to_title),
        Fact(_("С какого дня одна школа"), date_format(merger.day, "d.m.Y")),
        Fact(_("Основание"), merger.basis),
        Fact(_("Согласие вашего директора"), yes if merger.has_agreed else no),
        Fact(_("Согласие другой школы"), yes if merger.has_other_agreed else no),
    ]
