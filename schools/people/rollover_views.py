"""Pages of the rollover: the plan by classes, the exceptions by pupils, the preview, the result, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.authz import ALLOWED, actor_of, requires
from core.ui.components import Fact
from schools.people import policies, rollover
from schools.people.editions import is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.models import Rollover
from schools.people.pages import personal_page, show_faults
from schools.people.rollover_forms import ConfirmRolloverForm, RolloverForm, RolloverPeopleForm
from schools.people.rollover_plan import (
    ClassPlan,
    Plan,
    names_of,
    plan_of,
    plan_values,
    pupils_of,
    pupils_without_class,
    save_plan,
)
from schools.people.school_year import Outcome, is_under_way, title_of_year
from schools.people.words import OUTCOMES

# So many people who do otherwise than their class are named before the act; all of them on their classes' pages.
_MOST_NAMED = 100


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show what becomes of every class and take corrections; once it is done, what was done."""
    actor = actor_of(request)
    found = plan_of(actor=actor)
    done = rollover.rollover_done(actor=actor, year=found.year) if found.is_done else None
    if done is not None:
        return _done(request, done)
    form = RolloverForm(request.POST if request.method == "POST" else None, plan=found)
    if request.method == "POST" and form.is_valid():
        try:
            typed = dict(form.cleaned_data)
            seen = typed.pop("seen")
            save_plan(actor=actor, day=typed["day"], classes=form.choices(), seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                values = plan_values(found, [row.id for row in found.classes], ())
                take_newer(form, values=values, typed=typed)
        else:
            return redirect("people:rollover-preview")
    context = {
        "plan": found,
        "form": form,
        "year": title_of_year(found.year),
        "is_under_way": is_under_way(found.year, timezone.localdate()),
        "without_class": pupils_without_class(found.day),
    }
    return render(request, "people/rollover.html", context)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def class_people(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Choose who of a class does otherwise than the class."""
    actor = actor_of(request)
    found = plan_of(actor=actor)
    pupils = pupils_of(found, class_id)
    room = next(row for row in found.classes if row.id == class_id)
    form = RolloverPeopleForm(request.POST if request.method == "POST" else None, plan=found, pupils=pupils)
    if request.method == "POST" and form.is_valid():
        try:
            typed = dict(form.cleaned_data)
            seen = typed.pop("seen")
            save_plan(actor=actor, day=found.day, classes={}, people=form.chosen(), seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=form.standing, typed=typed)
        else:
            messages.success(request, _("Записано для класса %(title)s.") % {"title": room.title})
            return redirect("people:rollover")
    context = {"room": room, "form": form, "outcome": OUTCOMES[room.outcome], "year": title_of_year(found.year)}
    return personal_page(
        request, "people/rollover_class.html", context, action="people.rollover_viewed", details={"rows": len(pupils)}
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """Show what would be done, class by class, and do it."""
    actor = actor_of(request)
    found = plan_of(actor=actor)
    if found.is_done:
        return redirect("people:rollover")
    form = ConfirmRolloverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rollover.roll_over(actor=actor, year=found.year, with_teachers=form.cleaned_data["with_teachers"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Школа переведена на новый учебный год."))
            return redirect("people:rollover")
    people = _exceptions(found)
    context = {
        "plan": found,
        "form": form,
        "year": title_of_year(found.year),
        "is_under_way": is_under_way(found.year, timezone.localdate()),
        "rows": [(row, _goes_to(row), *(row.counts.get(key, 0) for key in OUTCOMES)) for row in found.classes],
        "facts": _facts(found.counts),
        "people": people[:_MOST_NAMED],
        "more": max(len(people) - _MOST_NAMED, 0),
        "is_early": found.day > timezone.localdate(),
    }
    return personal_page(
        request,
        "people/rollover_preview.html",
        context,
        action="people.rollover_viewed",
        details={"rows": min(len(people), _MOST_NAMED)},
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest) -> HttpResponse:
    """Show what stands on the rollover and, if nothing does, take it back."""
    actor = actor_of(request)
    found = plan_of(actor=actor)
    if request.method == "POST":
        try:
            rollover.undo_rollover(actor=actor, year=found.year)
        except FaultyActError as refusal:
            messages.error(request, " ".join(fault.sentence for fault in refusal.faults))
        else:
            messages.success(request, _("Перевод отменён: в школе всё как до него, план сохранён."))
            return redirect("people:rollover")
    row = rollover.rollover_done(actor=actor, year=found.year)
    in_the_way = rollover.people_in_the_way(actor=actor, row=row) if row is not None else []
    may_return = policies.may_move_class_teachers(actor) if row is not None and row.grants else ALLOWED
    return personal_page(
        request,
        "people/rollover_undo.html",
        {
            "people": in_the_way,
            "is_done": row is not None,
            "refused": "" if may_return else may_return.reason,
            "year": title_of_year(found.year),
        },
        action="people.rollover_viewed",
        details={"rows": len(in_the_way)},
    )


def _done(request: HttpRequest, row: Rollover) -> HttpResponse:
    context = {
        "row": row,
        "facts": [Fact(_("День перевода"), f"{row.day:%d.%m.%Y}"), *_facts(row.counts)],
        "year": title_of_year(row.school_year),
        "teachers": len(row.grants),
    }
    return render(request, "people/rollover_done.html", context)


def _facts(counts: Mapping[str, int]) -> list[Fact]:
    return [Fact(capfirst(words), counts[key]) for key, words in OUTCOMES.items() if counts.get(key)]


def _goes_to(row: ClassPlan) -> str:
    return row.next_title if row.outcome == Outcome.PROMOTE else str(OUTCOMES[row.outcome])


def _exceptions(found: Plan) -> list[tuple[str, UUID, str, str]]:
    """Return (name, person, class, outcome in words) of those who do otherwise than their class, by name."""
    of_class = {row.id: row.outcome for row in found.classes}
    moves = [move for move in found.moves if move.outcome != of_class[move.stay.class_id]]
    names = names_of(moves)
    rows = [
        (names[move.stay.person_id], move.stay.person_id, move.stay.class_title, str(OUTCOMES[move.outcome]))
        for move in moves
    ]
    return sorted(rows)
