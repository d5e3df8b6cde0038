"""Lists of consents: who has none, whose are not enough, whose will not be soon."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import Actor, actor_of, requires
from core.ui.components import Link
from core.ui.pagination import paginate
from core.ui.private_search import private_search, search_data
from schools.consents import selectors, services
from schools.consents.forms import ConsentFilter, PaperForm
from schools.consents.models import Consent
from schools.consents.words import kind_titles, status_of
from schools.people.domain import is_adult_on
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import classes_visible_to, place_of
from tenants.reference.selectors import consent_kinds_now


@private_search("consents")
@requires("consents.view")
@require_http_methods(["GET", "POST"])
def missing(request: HttpRequest) -> HttpResponse:
    """List the enrolled people without a consent, and record a pile of signed sheets for those who are marked."""
    actor, day = actor_of(request), timezone.localdate()
    bar, kind = _filter(request, actor)
    people = _narrowed(selectors.people_without_consent(actor, day, kind), bar)
    page = paginate(request, people)
    form = PaperForm(request.POST or None, offered=[row.pk for row in page], initial={"given_on": day})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            added = services.record_paper_consents(
                actor=actor,
                people_ids=[UUID(pk) for pk in chosen["people"]],
                kind=kind,
                given_on=chosen["given_on"],
                valid_until=chosen["valid_until"],
            )
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            words = ngettext("Записано %(count)s согласие.", "Записано согласий: %(count)s.", added)
            messages.success(request, words % {"count": added})
            if passed := len(chosen["people"]) - added:
                messages.warning(request, _passed_over(passed))
            return redirect(request.get_full_path())
    rows = [{"person": row, "place": place_of(row, day), "is_adult": is_adult_on(row.birth_date, day)} for row in page]
    context = {
        "rows": rows,
        "form": form,
        "marked": set(request.POST.getlist("people")),
    }
    return _list_page(request, actor, page, bar, template="consents/missing.html", **context)


@private_search("consents")
@requires("consents.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List all consents with their states."""
    actor = actor_of(request)
    bar, kind = _filter(request, actor, default_kind=False)
    rows = selectors.consents_visible_to(actor)
    rows = rows.filter(kind=kind) if kind else rows
    return _consents_page(request, actor, _of_people(rows, bar), bar)


@private_search("consents")
@requires("consents.view")
@require_safe
def to_check(request: HttpRequest) -> HttpResponse:
    """List the consents that are not enough any more: expired, or signed by the wrong one for today's age."""
    actor = actor_of(request)
    bar, kind = _filter(request, actor, default_kind=False)
    rows = selectors.consents_to_check(actor, timezone.localdate())
    rows = rows.filter(kind=kind) if kind else rows
    return _consents_page(request, actor, _of_people(rows, bar), bar)


@private_search("consents")
@requires("consents.view")
@require_safe
def soon(request: HttpRequest) -> HttpResponse:
    """List the consents in force whose term ends, or whose owner turns 18, within two months."""
    actor = actor_of(request)
    bar, kind = _filter(request, actor, default_kind=False)
    rows = selectors.consents_ending_soon(actor, timezone.localdate())
    rows = rows.filter(kind=kind) if kind else rows
    return _consents_page(request, actor, _of_people(rows, bar), bar)


def _passed_over(count: int) -> str:
    words = _("Не записано: %(count)s. Такое согласие уже есть; если оно отозвано, откройте человека и запишите новое.")
    return words % {"count": count}


def _filter(request: HttpRequest, actor: Actor, *, default_kind: bool = True) -> tuple[ConsentFilter, str]:
    """Return the filter bar and the code of the chosen kind: the first one, or none, when nothing is chosen."""
    kinds = consent_kinds_now()
    bar = ConsentFilter(search_data(request, "consents"), kinds=kinds, rooms=classes_visible_to(actor))
    if not default_kind:
        bar.fields["kind"].choices = [("", _("Все")), *bar.fields["kind"].choices]  # type: ignore[attr-defined]
    typed = request.GET.get("kind", "")
    known = {row.code for row in kinds}
    fallback = kinds[0].code if default_kind and kinds else ""
    return bar, typed if typed in known else fallback


def _narrowed(people: QuerySet[Person], bar: ConsentFilter) -> QuerySet[Person]:
    chosen = bar.cleaned_data if bar.is_valid() else {}
    room = chosen.get("room")
    return selectors.people_narrowed(people, room=UUID(room) if room else None, typed=chosen.get("q", ""))


def _of_people(rows: QuerySet[Consent], bar: ConsentFilter) -> QuerySet[Consent]:
    chosen = bar.cleaned_data if bar.is_valid() else {}
    room = chosen.get("room")
    rows = selectors.consents_of_people(rows, room=UUID(room) if room else None, typed=chosen.get("q", ""))
    return rows.select_related("person").order_by("person__folded_name", "person", "-given_on", "pk")


def _consents_page(request: HttpRequest, actor: Actor, consents: QuerySet[Consent], bar: ConsentFilter) -> HttpResponse:
    day, titles, minors = timezone.localdate(), kind_titles(), selectors.minors_kinds()
    page = paginate(request, consents)
    rows = [
        {
            "consent": row,
            "kind": titles.get(row.kind, row.kind),
            "status": status_of(row, day, minors),
        }
        for row in page
    ]
    return _list_page(request, actor, page, bar, template="consents/list.html", rows=rows)


def _list_page(
    request: HttpRequest, actor: Actor, page: Page[Any], bar: ConsentFilter, *, template: str, **more: Any
) -> HttpResponse:
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [
        Link(label, reverse(f"consents:{name}"), is_current=name == here)
        for name, label in (
            ("missing", _("Нет согласия")),
            ("to-check", _("Требуют подписи")),
            ("soon", _("Скоро закончатся")),
            ("list", _("Все согласия")),
        )
    ]
    context = {"page": page, "filter_form": bar, "tabs": tabs, "here": here, **more}
    context["may_record"] = bool(actor.has("consents.edit"))
    return personal_page(
        request, template, context, action="consents.list_viewed", details={"rows": len(page), "list": here}
    )
