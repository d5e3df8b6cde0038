"""Pages of meetings: who meets how often, one pair's plan and meetings, the log as a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.accounts.selectors import names_of
from core.authz import Actor, actor_of, requires
from core.ui.components import Fact, Link
from core.ui.pagination import paginate
from core.ui.private_search import private_search, search_data
from schools.meetings import policies, selectors
from schools.meetings.domain import FIRST_MEETING_DAYS, STUCK_DAYS
from schools.meetings.export import journal_file
from schools.meetings.forms import RhythmFilter
from schools.meetings.models import Meeting, Plan
from schools.meetings.selectors import Sight
from schools.meetings.words import meeting_status, plan_title, typed_id
from schools.pairs.models import Pair
from schools.pairs.selectors import own_pairs, pairs_named
from schools.pairs.words import form_titles, term_of
from schools.people.pages import personal_file, personal_page
from tenants.reference.selectors import forms_now


@private_search("meetings")
@requires("meetings.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List pairs by their meetings: when each met last and when it meets next."""
    actor, day = actor_of(request), timezone.localdate()
    bar, pairs, counts = _filtered(request, actor, day)
    rows = selectors.with_rhythm(pairs.select_related("mentor", "mentee", "group"), day)
    page = paginate(request, rows)
    titles = form_titles()
    context = {
        "page": page,
        "rows": [{"pair": pair, "form": titles.get(pair.form_code, pair.form_code)} for pair in page],
        "filter_form": bar,
        "follows": bool(policies.may_follow_meetings(actor)),
        "tabs": _tabs(request.GET.get("rhythm", ""), counts),
        "is_empty": not counts[""],
        "may_log": bool(policies.may_log_meetings(actor)),
        "first_days": FIRST_MEETING_DAYS,
        "stuck_days": STUCK_DAYS,
    }
    return personal_page(
        request, "meetings/list.html", context, action="meetings.list_viewed", details={"rows": len(page)}
    )


@requires("meetings.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the log of meetings as a workbook: of one pair, or of all that the reader sees."""
    actor = actor_of(request)
    chosen = typed_id(request.GET.get("pair", ""))
    rows = selectors.meetings_of_pair_seen_by(actor, chosen) if chosen else selectors.meetings_seen_by(actor)
    file = journal_file(rows, timezone.localdate())
    return personal_file(request, file.content, name=file.name, action="meetings.exported", details={"rows": file.rows})


@requires("meetings.view")
@require_safe
def pair(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Show one pair's plan and meetings, as much as the reader may see, with the one next step."""
    actor, day = actor_of(request), timezone.localdate()
    found = selectors.pair_with_meetings(actor=actor, pair_id=pair_id)
    sight = selectors.sight_of(actor, found)
    page = paginate(request, selectors.meetings_of(found))
    names = names_of(row.logged_by for row in page)
    plan = selectors.plan_of(found) if sight >= Sight.WHOLE else None
    planned = selectors.next_planned(found, day)
    may_write = sight is Sight.WRITES
    context = {
        "pair": found,
        "facts": _facts_of_pair(found),
        "page": page,
        "rows": [
            {"meeting": row, "status": meeting_status(row, day), "who": names.get(str(row.logged_by), "")}
            for row in page
        ],
        "sees_whole": sight >= Sight.WHOLE,
        "may_write": may_write,
        "may_plan": may_write and bool(policies.may_write_plans(actor)),
        "may_ask": bool(actor.has("partner_requests.make")) and own_pairs(actor).filter(pk=found.pk).exists(),
        "plan": plan,
        "plan_title": plan_title(found, plan),
        "planned": planned,
        "next_step": _next_step(found, plan, planned, day) if may_write else None,
    }
    return _pair_page(request, found, "meetings/pair.html", context)


def _filtered(request: HttpRequest, actor: Actor, day: date) -> tuple[RhythmFilter, QuerySet[Pair], dict[str, int]]:
    """Return the filter bar, the pairs it leaves and how many there are behind each tab."""
    bar = RhythmFilter(search_data(request, "meetings"), form_rows=forms_now())
    chosen = bar.cleaned_data if bar.is_valid() else {}

    def narrowed(pairs: QuerySet[Pair]) -> QuerySet[Pair]:
        found = pairs_named(pairs, chosen.get("q", ""))
        return found.filter(form_code=chosen["form"]) if chosen.get("form") else found

    lists = {"": "going", "none": "without", "stuck": "stuck", "ended": "ended"}
    found = {name: narrowed(selectors.pairs_by_rhythm(actor, rhythm, day)) for name, rhythm in lists.items()}
    wanted = found.get(chosen.get("rhythm", ""), found[""])
    counts = {name: pairs.count() for name, pairs in found.items()}
    return bar, wanted.order_by("mentee__folded_name", "mentor__folded_name", "-starts_on", "pk"), counts


def _tabs(current: str, counts: dict[str, int]) -> list[Link]:
    labels = {
        "": _("Идут"),
        "none": _("Ещё не встречались"),
        "stuck": _("Давно не встречались"),
        "ended": _("Завершены"),
    }
    address = reverse("meetings:list")
    return [
        Link(label, f"{address}?rhythm={name}" if name else address, is_current=name == current, count=counts[name])
        for name, label in labels.items()
    ]


def _facts_of_pair(pair: Pair) -> list[Fact]:
    rows = [
        Fact(_("Наставник"), pair.mentor.full_name),
        Fact(_("Наставляемый"), pair.mentee.full_name),
        Fact(_("Форма"), form_titles().get(pair.form_code, pair.form_code)),
        Fact(_("Срок"), term_of(pair)),
    ]
    return [*rows, Fact(_("Группа"), pair.group.title)] if pair.group is not None else rows


def _next_step(pair: Pair, plan: Plan | None, planned: Meeting | None, day: date) -> dict[str, str]:
    """Return the one next thing for whoever writes about the pair."""
    log = f"{reverse('meetings:log')}?pair={pair.pk}"
    address = {"pair_id": pair.pk}
    is_over = pair.ends_on is not None and pair.ends_on < day
    if is_over and (plan is None or not plan.report):
        title = _("Напишите итоговый отчёт")
        return {"title": title, "url": reverse("meetings:report", kwargs=address), "label": _("Написать отчёт")}
    if is_over:
        return {"title": _("Всё записано"), "url": log, "label": _("Дописать встречу")}
    if plan is None or not plan.version:
        hint = _("План можно составить и после первых встреч.")
        return {"title": _("Запишите встречу"), "url": log, "label": _("Записать встречу"), "hint": hint}
    if planned is not None:
        title = _("Следующая встреча %(day)s") % {"day": f"{planned.held_on:%d.%m.%Y}"}
        return {"title": title, "url": log, "label": _("Записать встречу")}
    return {"title": _("Запишите встречу или запланируйте следующую"), "url": log, "label": _("Записать встречу")}


def _pair_page(request: HttpRequest, pair: Pair, template: str, context: dict[str, Any]) -> HttpResponse:
    return personal_page(
        request, template, context, action="meetings.pair_viewed", object_type="pairs.pair", object_id=pair.pk
    )
