"""Pages of one person's consents: their states, recording one, mending a slip, withdrawing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import Actor, actor_of, requires
from schools.consents import selectors, services
from schools.consents.consequences import consequences_of_withdrawal
from schools.consents.domain import SOON_DAYS
from schools.consents.forms import ConsentForm, UndoForm, WithdrawalForm
from schools.consents.models import Consent
from schools.consents.words import CONSENT_STATUS, NONE, kind_titles, status_of
from schools.people.domain import adult_from, is_adult_on
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import people_visible_to, person_for
from tenants.reference.selectors import consent_kinds_now


@requires("consents.view")
@require_safe
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show a person's consents: each purpose with its state, and every paper that was recorded."""
    actor, day = actor_of(request), timezone.localdate()
    person = person_for(actor=actor, person_id=person_id, permission="consents.view")
    kinds = consent_kinds_now(with_withdrawn=True)
    titles, minors = {row.code: row.title for row in kinds}, selectors.minors_kinds(kinds)
    recorded = selectors.consents_of(person)
    standing = {row.kind: row for row in sorted(recorded, key=lambda row: _weight(row, day))}
    is_adult = is_adult_on(person.birth_date, day)
    purposes = [
        {
            "code": kind.code,
            "title": kind.title,
            "decides": kind.decides_counting,
            "status": status_of(standing[kind.code], day, minors) if kind.code in standing else NONE,
        }
        for kind in kinds
        if kind.is_offered and not (is_adult and kind.is_of_minors)
    ]
    rows = [
        {"consent": row, "kind": titles.get(row.kind, row.kind), "status": status_of(row, day, minors)}
        for row in recorded
    ]
    return _person_page(
        request,
        person,
        "consents/person.html",
        purposes=purposes,
        rows=rows,
        is_adult=is_adult,
        adult_soon_on=_adult_soon_on(person.birth_date, day),
        may_edit=people_visible_to(actor, "consents.edit").filter(pk=person.pk).exists(),
        may_open_card=bool(actor.has("people.view")),
    )


def _adult_soon_on(birth_date: date, day: date) -> date | None:
    """Return the eighteenth birthday when it comes within two months, else None."""
    then = adult_from(birth_date)
    return then if day < then <= day + timedelta(days=SOON_DAYS) else None


def _weight(consent: Consent, day: date) -> tuple[bool, date]:
    """Return what orders the papers of one purpose: the last one tells how things stand."""
    return selectors.state_of(consent, day, ()) == "in_force", consent.given_on


@requires("consents.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record one consent of a person."""
    actor, day = actor_of(request), timezone.localdate()
    person = person_for(actor=actor, person_id=person_id, permission="consents.edit")
    is_adult = is_adult_on(person.birth_date, day)
    kinds = [row for row in consent_kinds_now() if not (is_adult and row.is_of_minors)]
    initial = {
        "kind": kinds[0].code if kinds else "",
        "signer": Consent.Signer.SELF if is_adult else Consent.Signer.REPRESENTATIVE,
        "given_on": day,
    }
    asked = request.GET.get("kind", "")
    if asked in {kind.code for kind in kinds}:
        initial["kind"] = asked
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
    form = WithdrawalForm(request.POST or None, initial={"withdrawn_on": consent.withdrawn_on or timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            withdrawn = services.withdraw_consent(actor=actor, consent_id=consent_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _words_of_withdrawal(withdrawn))
            return redirect(back)
    title = kind_titles().get(consent.kind, consent.kind)
    return _person_page(
        request,
        consent.person,
        "consents/withdraw.html",
        form=form,
        back=back,
        kind=title,
        consequences=consequences_of_withdrawal(actor=actor, consent=consent),
    )


@requires("consents.edit")
@require_http_methods(["GET", "POST"])
def withdraw_undo(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Take back a withdrawal that was recorded by mistake."""
    actor = actor_of(request)
    consent = selectors.consent_for(actor=actor, consent_id=consent_id)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.undo_withdrawal(actor=actor, consent_id=consent_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Отзыв снят: согласие стоит так, как до него."))
            return redirect(_after(actor, consent.person_id))
    title = kind_titles().get(consent.kind, consent.kind)
    return _person_page(
        request,
        consent.person,
        "ui/confirm.html",
        title=_("Отзыв записан по ошибке"),
        lead=f"{consent.person.full_name}: {title}",
        help_text=_("Так поправляют запись школы. Отзыв, который человек сделал на своей странице, не снимают."),
        consequences=[
            _("Согласие снова действует с прежними номером, датой и сроком."),
            _("Что отзыв уже завершил, само не вернётся: добавьте человека в подбор снова, если нужно."),
            _("Причина останется в журнале действий."),
        ],
        form=form,
        confirm_label=_("Снять отзыв"),
        cancel_url=_after(actor, consent.person_id),
    )


@requires("consents.edit")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Mend a slip in what was recorded of a consent."""
    actor = actor_of(request)
    consent = selectors.consent_for(actor=actor, consent_id=consent_id)
    back = _after(actor, consent.person_id)
    values = services.consent_values(consent)
    form = ConsentForm(request.POST or None, kinds=None, initial={**values, "seen": edition_of(values)})
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in values}
        data, seen = services.ConsentData(kind=consent.kind, **typed), form.cleaned_data["seen"]
        try:
            changed = services.correct_consent(actor=actor, consent_id=consent_id, data=data, seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed=typed)
        else:
            changed.person = consent.person
            _tell_state(request, changed, timezone.localdate())
            return redirect(back)
    title = kind_titles().get(consent.kind, consent.kind)
    return _person_page(request, consent.person, "consents/correct.html", form=form, back=back, kind=title)


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
    """Return where to go afterwards: the person's consents, for those who may see them."""
    if actor.has("consents.view"):
        return reverse("consents:person", kwargs={"person_id": person_id})
    return reverse("consents:missing")


def _words_of_withdrawal(consent: Consent) -> str:
    day = consent.withdrawn_on
    if day is None or day <= timezone.localdate():
        return _("Отзыв записан: согласие больше не действует.")
    return _("Отзыв записан: с %(day)s согласие не действует.") % {"day": f"{day:%d.%m.%Y}"}


def _tell_state(request: HttpRequest, consent: Consent, day: date) -> None:
    state = selectors.state_of(consent, day, selectors.minors_kinds())
    if state == "in_force":
        messages.success(request, _("Согласие записано и действует."))
    else:
        words = _("Согласие записано, но сейчас не действует: %(state)s.")
        messages.warning(request, words % {"state": str(CONSENT_STATUS[state].text).lower()})
