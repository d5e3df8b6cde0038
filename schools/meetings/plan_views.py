"""Pages of a pair's plan and of its mentor's closing report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.selectors import names_of
from core.authz import actor_of, requires
from core.ui.components import Fact
from schools.meetings import plans, policies, selectors
from schools.meetings.domain import PROGRAMME_PARTS
from schools.meetings.forms import MANNERS, PlanForm, PlanRows, ReportForm
from schools.meetings.log_views import go_on, refused, take, take_version, wants_json
from schools.meetings.models import Plan
from schools.meetings.selectors import Sight
from schools.meetings.words import (
    column_titles,
    facts_of_programme,
    is_personalised,
    manners_for,
    plan_kind_for,
    plan_title,
    programme_titles,
    remark_on_term,
    sections_of,
)
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults


@requires("meetings.view")
@require_safe
def plan(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Show a pair's plan as the table it is on paper, and what it said before."""
    actor = actor_of(request)
    pair = selectors.pair_with_meetings(actor=actor, pair_id=pair_id)
    sight = selectors.sight_of(actor, pair)
    if sight < Sight.WHOLE:
        return redirect("meetings:pair", pair_id=pair_id)
    found = selectors.plan_of(pair)
    sections = sections_of(pair)
    names = names_of([each["by"] for each in found.versions] + [found.changed_by] if found else [])
    context = {
        "pair": pair,
        "plan": found,
        "title": plan_title(pair, found),
        "columns": column_titles(),
        "sections": _by_section(found.rows, sections) if found else [],
        "remark": remark_on_term(found) if found else "",
        "programme": facts_of_programme(pair, found, timezone.localdate()) if found else [],
        "who": names.get(str(found.changed_by), "") if found else "",
        "versions": _former(found, names, sections) if found else [],
        "may_plan": sight is Sight.WRITES and bool(policies.may_write_plans(actor)),
    }
    return _page(request, pair, "meetings/plan.html", context)


@requires("plans.edit")
@require_http_methods(["GET", "POST"])
def edit_plan(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Write the plan: its term and goal, and rows with three spare ones at the end."""
    actor = actor_of(request)
    pair = selectors.pair_with_meetings(actor=actor, pair_id=pair_id, permission="plans.edit")
    found = selectors.plan_of(pair)
    sections = sections_of(pair)
    has_programme = is_personalised(pair, found) or bool(found and found.programme)
    form = PlanForm(request.POST or None, initial=_initial(pair, found), has_programme=has_programme)
    rows = PlanRows(
        request.POST or None,
        initial=[{**row, "section": str(row["section"])} for row in found.rows] if found else [],
        form_kwargs={"sections": sections},
        prefix="rows",
    )
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        typed = form.plan_head()
        version = typed.pop("version")
        data = plans.PlanData(rows=[row.cleaned_data for row in rows], **typed)
        try:
            plans.write_plan(actor=actor, pair_id=pair_id, data=data, version=version)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if found is not None and any(fault.code == "stale" for fault in refusal.faults):
                take_version(form, found.version)
        else:
            messages.success(request, _("План сохранён."))
            wants_more = "more" in request.POST
            name = "meetings:plan-edit" if wants_more else "meetings:plan"
            return go_on(request, reverse(name, kwargs={"pair_id": pair_id}))
    if request.method == "POST" and wants_json(request):
        return refused()
    context = {"pair": pair, "form": form, "rows": rows, "title": plan_title(pair, found)}
    if has_programme:
        context |= {"manners": manners_for(pair), "manners_id": MANNERS}
    return _page(request, pair, "meetings/plan_edit.html", context)


@requires("plans.edit")
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Write the mentor's closing report."""
    actor = actor_of(request)
    pair = selectors.pair_with_meetings(actor=actor, pair_id=pair_id, permission="plans.edit")
    found = selectors.plan_of(pair)
    form = ReportForm(request.POST or None, initial=ReportForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        seen = typed.pop("seen")
        try:
            plans.write_report(actor=actor, pair_id=pair_id, report=typed, seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if any(fault.code == "stale" for fault in refusal.faults):
                take(form, "seen", plans.report_stamp(found))
        else:
            messages.success(request, _("Отчёт сохранён."))
            return go_on(request, reverse("meetings:pair", kwargs={"pair_id": pair_id}))
    if request.method == "POST" and wants_json(request):
        return refused()
    return _page(request, pair, "meetings/report.html", {"pair": pair, "form": form})


def _initial(pair: Pair, found: Plan | None) -> dict[str, Any]:
    """Return what the form starts with; a new plan has the pair's own term."""
    if found is None or not found.version:
        version = found.version if found is not None else 0
        kind = plan_kind_for(pair)
        return {"kind": kind, "starts_on": pair.starts_on, "ends_on": pair.ends_on, "version": version}
    names = ("kind", "goal", "starts_on", "ends_on", "extended_until", "version")
    return {**found.programme, **{name: getattr(found, name) for name in names}}


def _by_section(rows: Sequence[Mapping[str, Any]], sections: Sequence[str]) -> list[dict[str, Any]]:
    """Return the sections that have rows, each with its rows numbered through the whole plan."""
    numbered = [{"number": number, **row} for number, row in enumerate(rows, start=1)]
    shown = [
        {"title": title, "rows": [row for row in numbered if row["section"] == place]}
        for place, title in enumerate(sections)
    ]
    return [section for section in shown if section["rows"]]


def _former(found: Plan, names: Mapping[str, str], sections: Sequence[str]) -> list[dict[str, Any]]:
    said = programme_titles()
    return [
        {
            "number": each["version"],
            "at": datetime.fromisoformat(each["at"]),
            "who": names.get(each["by"], ""),
            "goal": each["goal"],
            # Versions from before programmes had parts have none.
            "programme": [
                Fact(said[part.name], text)
                for part in PROGRAMME_PARTS
                if (text := each.get("programme", {}).get(part.name))
            ],
            "sections": _by_section(each["rows"], sections),
        }
        for each in reversed(found.versions)
    ]


def _page(request: HttpRequest, pair: Pair, template: str, context: dict[str, Any]) -> HttpResponse:
    return personal_page(
        request, template, context, action="meetings.plan_viewed", object_type="pairs.pair", object_id=pair.pk
    )
