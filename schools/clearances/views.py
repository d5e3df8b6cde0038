"""Pages of the school's list of papers: who lacks what, the file, and what the school has decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.ui.components import Link
from core.ui.pagination import paginate
from core.ui.private_search import private_search, search_data
from schools.clearances import policies, services
from schools.clearances.forms import RULES_SEEN, ClearanceFilter, RulesForm
from schools.clearances.listing import clearances_file, kinds_in_words, narrowed, under
from schools.clearances.selectors import Checklist, rules_now
from schools.clearances.words import SHOWN, clock_in_words, status_of_checklist, status_of_line
from schools.people.editions import is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import personal_file, personal_page, show_faults
from tenants.reference.clearances import clearance_kinds_now


@private_search("clearances")
@requires("clearances.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List mentors from outside: what each lacks, what soon ends."""
    actor, day = actor_of(request), timezone.localdate()
    bar = ClearanceFilter(search_data(request, "clearances"), kinds=clearance_kinds_now())
    chosen = bar.cleaned_data if bar.is_valid() else {}
    everybody = narrowed(actor, chosen, day)
    tab = chosen.get("show", "")
    page = paginate(request, under(everybody, tab))
    context = {
        "page": page,
        "rows": [_row(found, day) for found in page],
        "filter_form": bar,
        "tabs": _tabs(everybody, tab),
        "is_narrowed": bool(chosen.get("q") or chosen.get("kind") or tab),
        "clock": clock_in_words(),
        "may_decide": bool(policies.may_decide_rules(actor)),
    }
    return personal_page(
        request, "clearances/list.html", context, action="clearances.list_viewed", details={"rows": len(page)}
    )


@requires("clearances.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the filtered list as a workbook."""
    actor, day = actor_of(request), timezone.localdate()
    bar = ClearanceFilter(search_data(request, "clearances"), kinds=clearance_kinds_now())
    chosen = bar.cleaned_data if bar.is_valid() else {}
    file = clearances_file(under(narrowed(actor, chosen, day), chosen.get("show", "")), day)
    return personal_file(
        request, file.content, name=file.name, action="clearances.exported", details={"rows": file.people}
    )


@requires("clearances.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Show what the school has decided about each paper, and decide it anew."""
    data = request.POST if request.method == "POST" else None
    standing = rules_now()
    form = RulesForm(data, kinds=clearance_kinds_now(), rules=standing)
    if data is not None and form.is_valid():
        typed = dict(form.cleaned_data)
        seen = typed.pop(RULES_SEEN)
        try:
            services.decide_rules(actor=actor_of(request), rules=typed, seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                chosen = {code: typed.get(code, rule) for code, rule in standing.items()}
                take_newer(form, values=standing, typed=chosen, stamp=RULES_SEEN)
        else:
            messages.success(request, _("Решение школы записано. Оно действует с этой минуты."))
            return redirect("clearances:list")
    return render(request, "clearances/rules.html", {"form": form})


def _row(found: Checklist, day: Any) -> dict[str, Any]:
    return {
        "person": found.person,
        "kinds": kinds_in_words(found),
        "status": status_of_checklist(found),
        "open": [(line.kind.title, status_of_line(line, day)) for line in found.lines if line.lacks or line.is_ending],
        "in_order": sum(not line.lacks for line in found.lines),
        "asked": len(found.lines),
    }


def _tabs(everybody: list[Checklist], current: str) -> list[Link]:
    address = reverse("clearances:list")
    return [
        Link(
            words,
            f"{address}?show={tab}" if tab else address,
            is_current=tab == current,
            count=len(under(everybody, tab)),
        )
        for tab, words in SHOWN.items()
    ]
