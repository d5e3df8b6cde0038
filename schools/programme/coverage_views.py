"""Pages of the school's own coverage."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.authz import Actor, actor_of, requires
from core.ui.components import Link, Status
from core.ui.numbers import share_percent
from core.ui.pagination import paginate
from schools.coverage.selectors import Reason, missing_from, own_coverage
from schools.people.pages import personal_page
from schools.people.selectors import people_visible_to, place_of, with_enrolments
from schools.programme.forms import DayForm
from schools.programme.home import missing_to_target
from tenants.reference.selectors import definitions_now

_REASONS = {
    Reason.NO_CONSENT: Status("wait", _("Есть пара, нет согласия")),
    Reason.CONSENT_ENDED: Status("wait", _("Есть пара, согласие закончилось")),
    Reason.TURNED_18: Status("wait", _("Исполнилось 18: нужна своя подпись")),
    Reason.NEEDS_REPRESENTATIVE: Status("wait", _("Нужна подпись родителя")),
    Reason.ORDER_UNSIGNED: Status("wait", _("Пара ждёт приказа")),
    Reason.NO_PAIR: Status("none", _("Нет пары")),
}
# What the tabs offer: one act mends all the reasons of a group.
_GROUPS = {
    "consent": (
        _("Нужно согласие"),
        (Reason.NO_CONSENT, Reason.CONSENT_ENDED, Reason.TURNED_18, Reason.NEEDS_REPRESENTATIVE),
    ),
    "order": (_("Нужен приказ"), (Reason.ORDER_UNSIGNED,)),
    "pair": (_("Нужна пара"), (Reason.NO_PAIR,)),
}


@requires("coverage.view")
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show the school's figure by each definition on a day; counts only."""
    form, day = _day(request)
    rows = [
        {
            "figure": row,
            "percent": share_percent(row.num, row.den),
            "missing": missing_to_target(row),
            "url": _people_url(row.definition.code, day),
        }
        for row in own_coverage(day)
    ]
    context = {"rows": rows, "form": form, "day": day, "today": timezone.localdate()}
    return render(request, "programme/coverage.html", context)


@requires("coverage.view")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List by name who is in the base of a definition and not counted, and why."""
    actor = actor_of(request)
    form, day = _day(request)
    definitions = definitions_now()
    code = request.GET.get("definition", definitions[0].code if definitions else "")
    definition = next((row for row in definitions if row.code == code), None)
    if definition is None:
        raise Http404
    missing = {row.person_id: row.reason for row in missing_from(definition, day)}
    chosen = request.GET.get("reason", "")
    reasons = _GROUPS[chosen][1] if chosen in _GROUPS else tuple(Reason)
    wanted = [person for person, reason in missing.items() if reason in reasons]
    page = paginate(request, _people(actor, wanted))
    context = {
        "page": page,
        "rows": [_row(person, missing[person.pk], day) for person in page],
        "definition": definition,
        "day": day,
        "form": form,
        "tabs": _tabs(code, day, chosen, Counter(missing.values())),
    }
    return personal_page(
        request, "programme/coverage_people.html", context, action="coverage.people_viewed", details={"rows": len(page)}
    )


def _people(actor: Actor, wanted: list[UUID]) -> Any:
    return with_enrolments(people_visible_to(actor).filter(pk__in=wanted).order_by("folded_name", "pk"))


def _day(request: HttpRequest) -> tuple[DayForm, date]:
    """Return the form of the day and the day asked for; today when none is, or what was typed is no date."""
    today = timezone.localdate()
    form = DayForm(request.GET if "day" in request.GET else None, initial={"day": today})
    typed = form.cleaned_data.get("day") if form.is_valid() else None
    return form, typed or today


def _row(person: Any, reason: Reason, day: date) -> dict[str, Any]:
    if reason == Reason.NO_PAIR:
        address, words = f"{reverse('pairs:new')}?mentee={person.pk}", _("Составить пару")
    elif reason == Reason.ORDER_UNSIGNED:
        address, words = reverse("orders:list"), _("К приказам")
    else:
        address, words = reverse("consents:new", kwargs={"person_id": person.pk}), _("Записать согласие")
    return {
        "person": person,
        "place": place_of(person, day),
        "reason": _REASONS[reason],
        "url": address,
        "action": words,
    }


def _people_url(code: str, day: date, **more: str) -> str:
    query = urlencode({"definition": code, "day": day.isoformat(), **more})
    return f"{reverse('coverage:people')}?{query}"


def _tabs(code: str, day: date, chosen: str, counts: Counter[Reason]) -> list[Link]:
    tabs = [Link(_("Все"), _people_url(code, day), is_current=chosen not in _GROUPS, count=sum(counts.values()))]
    for group, (label, reasons) in _GROUPS.items():
        count = sum(counts[reason] for reason in reasons)
        tabs.append(Link(label, _people_url(code, day, reason=group), is_current=chosen == group, count=count))
    return tabs
