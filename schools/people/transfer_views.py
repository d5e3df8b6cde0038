"""Pages of transfers: letting a pupil go to another school, and taking one in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from core.text import format_snils
from core.ui.components import Fact
from core.ui.pagination import paginate
from schools.people import receiving, releasing
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.receiving import Incoming
from schools.people.releasing import ReleaseData
from schools.people.selectors import person_for, place_of, with_enrolments
from schools.people.transfer_forms import AcceptForm, ReleaseForm
from schools.people.words import TRANSFER_STATUS
from tenants.transfers.models import Transfer
from tenants.transfers.selectors import other_schools


@requires("people.edit")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List who is offered to this school, and who was let go from it."""
    actor = actor_of(request)
    coming, page = receiving.incoming(actor), paginate(request, releasing.outgoing(actor))
    going = releasing.with_states(page)
    context = {
        "coming": coming,
        "page": page,
        "going": [
            {
                "release": row.release,
                "status": TRANSFER_STATUS[row.state],
                "is_open": row.state == Transfer.State.OFFERED,
            }
            for row in going
        ],
    }
    return personal_page(
        request,
        "people/transfers.html",
        context,
        action="people.transfers_viewed",
        details={"rows": len(coming) + len(going)},
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Let a pupil go to another school of the region."""
    actor = actor_of(request)
    person = person_for(actor=actor, person_id=person_id)
    is_search = "search" in request.POST
    typed = request.POST.get("q", "")[:100]
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and not is_search and form.is_valid():
        chosen = {name: value for name, value in form.cleaned_data.items() if name != "q"}
        try:
            releasing.release_pupil(actor=actor, person_id=person_id, data=ReleaseData(**chosen))
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Новая школа увидит ученика и примет или отклонит перевод."))
            return redirect("people:transfers")
    if is_search:
        form = ReleaseForm(initial={name: request.POST.get(name, "") for name in ReleaseForm.base_fields})
    context = {
        "person": person,
        "form": form,
        "found": other_schools(typed),
        "typed": typed,
        "chosen": request.POST.get("to_code", ""),
    }
    return _about(request, "people/release.html", context, person)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Take an offer back, after asking."""
    actor = actor_of(request)
    kept = releasing.release_for(actor=actor, transfer_id=transfer_id)
    if request.method == "POST":
        try:
            releasing.withdraw_release(actor=actor, transfer_id=transfer_id)
        except FaultyActError as refusal:
            messages.error(request, " ".join(fault.sentence for fault in refusal.faults))
        else:
            messages.success(request, _("Перевод отозван: новая школа больше ничего об ученике не видит."))
        return redirect("people:transfers")
    context = {"person": kept.person, "release": kept, "form": None}
    return _about(request, "people/release_withdraw.html", context, kept.person)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def incoming(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Show a pupil offered to this school; accept him or decline."""
    actor = actor_of(request)
    found = receiving.incoming_for(actor=actor, transfer_id=transfer_id)
    if "decline" in request.POST:
        return _decline(request, transfer_id)
    form = AcceptForm(request.POST or None, initial={"class_name": found.proposed_class})
    if request.method == "POST" and form.is_valid():
        try:
            person = receiving.accept_transfer(actor=actor, transfer_id=transfer_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Ученик принят. Соберите новое согласие: прежнее давали другой школе."))
            return redirect("people:card", person_id=person.pk)
    context = {
        "found": found,
        "form": form,
        "facts": _facts(found),
        "known": _places(found),
        "guardians": found.offer.card.get("guardians", ()),
    }
    return personal_page(
        request,
        "people/transfer_incoming.html",
        context,
        action="people.transfer_viewed",
        object_type="people.transfer",
        object_id=transfer_id,
    )


def _decline(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Say no, whatever class was typed."""
    try:
        receiving.decline_transfer(actor=actor_of(request), transfer_id=transfer_id)
    except FaultyActError as refusal:
        messages.error(request, " ".join(fault.sentence for fault in refusal.faults))
    else:
        messages.success(request, _("Перевод отклонён, сведения об ученике удалены. Прежняя школа узнает об этом."))
    return redirect("people:transfers")


def _facts(found: Incoming) -> list[Fact]:
    card = found.offer.card
    return [
        Fact(_("Откуда"), found.offer.from_title),
        Fact(_("С какого дня учится у вас"), f"{found.offer.leaves_on:%d.%m.%Y}"),
        Fact(_("Дата рождения"), f"{found.birth_date:%d.%m.%Y}"),
        Fact(_("Класс в прежней школе"), card.get("class_name", "")),
        Fact(_("СНИЛС"), format_snils(card["snils"]) if card.get("snils") else ""),
        Fact(_("Основание"), card.get("basis", "")),
        Fact(_("Решить до"), f"{timezone.localtime(found.offer.expires_at):%d.%m.%Y}"),
    ]


def _places(found: Incoming) -> list[tuple[Person, str]]:
    """Return the cards here that may be the pupil's, each with the class or post of today."""
    rows = with_enrolments(Person.objects.filter(pk__in=[person.pk for person in found.known])) if found.known else []
    return [(person, place_of(person, timezone.localdate())) for person in rows]


def _about(request: HttpRequest, template: str, context: dict[str, Any], person: Person) -> HttpResponse:
    return personal_page(
        request,
        template,
        context,
        action="people.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )
