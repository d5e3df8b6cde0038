"""Pages of consents."""

from __future__ import annotations

from datetime import date
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
from schools.consents.forms import ConsentFilter, ConsentForm, PaperForm, WithdrawalForm
from schools.consents.models import Consent
from schools.consents.words import CONSENT_STATUS
from schools.people.domain import is_adult_on
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import classes_visible_to, enrolled_q, named, person_for, place_of
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
            return redirect(request.get_full_path())
    rows = [{"person": row, "place": place_of(row, day), "is_adult": is_adult_on(row.birth_date, day)} for row in page]
    context = {
        "rows": rows,
        "form": form,
        "marked": set(request.POST.getlist("people")),
        "may_record": bool(actor.has("consents.edit")),
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


@requires("consents.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record one consent of a person."""
    actor, day = actor_of(request), timezone.localdate()
    person = person_for(actor=actor, person_id=person_id, permission="consents.edit")
    kinds = consent_kinds_now()
    is_adult = is_adult_on(person.birth_date, day)
    initial = {
        "kind": kinds[0].code if kinds else "",
        "signer": Consent.Signer.SELF if is_adult else Consent.Signer.REPRESENTATIVE,
        "given_on": day,
    }
    form = ConsentForm(request.POST or None, kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            data = services.ConsentData(**form.cleaned_data)
            consent = services.record_consent(actor=actor, person_id=person_id, data=data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            consent.person = person
            _tell_state(request, consent, day)
            return redirect(_after(actor, person_id))
    return _person_page(request, person, "consents/new.html", form=form, back=_after(actor, person_id))


@requires("consents.edit")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Withdraw a consent, after asking."""
    actor = actor_of(request)
    consent = selectors.consent_for(actor=actor, consent_id=consent_id)
    back = _after(actor, consent.person_id)
    form = WithdrawalForm(request.POST or None, initial={"withdrawn_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_consent(actor=actor, consent_id=consent_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Отзыв записан: согласие больше не действует."))
            return redirect(back)
    title = _kind_titles().get(consent.kind, consent.kind)
    return _person_page(
        request, consent.person, "consents/withdraw.html", form=form, back=back, consent=consent, kind=title
    )


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
    if room := chosen.get("room"):
        day = timezone.localdate()
        people = people.filter(enrolled_q(day, "enrolments__"), enrolments__school_class=room)
    return named(people, chosen.get("q", ""))


def _of_people(rows: QuerySet[Consent], bar: ConsentFilter) -> QuerySet[Consent]:
    chosen = bar.cleaned_data if bar.is_valid() else {}
    if chosen.get("q") or chosen.get("room"):
        rows = rows.filter(person__in=_narrowed(Person.objects.all(), bar).values("pk"))
    return rows.select_related("person").order_by("person__folded_name", "person", "-given_on", "pk")


def _kind_titles() -> dict[str, str]:
    return {row.code: row.title for row in consent_kinds_now(with_withdrawn=True)}


def _consents_page(request: HttpRequest, actor: Actor, consents: QuerySet[Consent], bar: ConsentFilter) -> HttpResponse:
    day, titles = timezone.localdate(), _kind_titles()
    page = paginate(request, consents)
    rows = [
        {
            "consent": row,
            "kind": titles.get(row.kind, row.kind),
            "status": CONSENT_STATUS[selectors.state_of(row, day)],
        }
        for row in page
    ]
    may_edit = bool(actor.has("consents.edit"))
    return _list_page(request, actor, page, bar, template="consents/list.html", rows=rows, may_edit=may_edit)


def _list_page(
    request: HttpRequest, actor: Actor, page: Page[Any], bar: ConsentFilter, *, template: str, **more: Any
) -> HttpResponse:
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [
        Link(label, reverse(f"consents:{name}"), is_current=name == here)
        for name, label in (
            ("missing", _("Нет согласия")),
            ("to-check", _("Требуют подписи")),
            ("list", _("Все согласия")),
        )
    ]
    context = {"page": page, "filter_form": bar, "tabs": tabs, "here": here, **more}
    return personal_page(
        request, template, context, action="consents.list_viewed", details={"rows": len(page), "list": here}
    )


def _person_page(request: HttpRequest, person: Person, template: str, **context: Any) -> HttpResponse:
    return personal_page(
        request,
        template,
        {"person": person, **context},
        action="people.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )


def _after(actor: Actor, person_id: UUID) -> str:
    """Return where to go afterwards: the card, for those who may open it."""
    if actor.has("people.view"):
        return reverse("people:card", kwargs={"person_id": person_id})
    return reverse("consents:missing")


def _tell_state(request: HttpRequest, consent: Consent, day: date) -> None:
    state = selectors.state_of(consent, day)
    if state == "in_force":
        messages.success(request, _("Согласие записано и действует."))
    else:
        words = _("Согласие записано, но сейчас не действует: %(state)s.")
        messages.warning(request, words % {"state": str(CONSENT_STATUS[state].text).lower()})
