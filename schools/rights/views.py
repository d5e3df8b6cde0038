"""Pages of the rights of a person: all that is held, requests to destroy it, the act."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import Actor, actor_of, requires
from core.ui.components import Fact
from core.ui.pagination import paginate
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_file, personal_page, show_faults
from schools.people.selectors import people_visible_to, person_for
from schools.rights import policies, services
from schools.rights.forms import DestroyForm, DropForm, RequestForm
from schools.rights.models import Destruction
from schools.rights.printing import counts_for, held_on
from schools.rights.registry import subject_of
from schools.rights.selectors import destruction_for, destructions_visible_to
from schools.rights.words import SYSTEM, status_of, subject_words


@requires("rights.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the requests of the school: numbers and dates, no names."""
    day = timezone.localdate()
    page = paginate(request, destructions_visible_to(actor_of(request)))
    rows = [{"request": row, "status": status_of(row, day)} for row in page]
    return render(request, "rights/requests.html", {"page": page, "rows": rows})


@requires("rights.view")
@require_safe
def held(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show everything held on a person, to be printed."""
    printed = held_on(actor=actor_of(request), person_id=person_id)
    context = {
        "person": printed.person,
        "printed": printed,
        "sections": [each for each in printed.sections if each.rows or each.left_out],
        "empty": [each.title for each in printed.sections if not each.rows and not each.left_out],
    }
    return personal_page(
        request,
        "rights/held.html",
        context,
        action="rights.printed",
        object_type="people.person",
        object_id=printed.person.pk,
    )


@requires("rights.view")
@require_safe
def held_file(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give the same for a machine."""
    printed = held_on(actor=actor_of(request), person_id=person_id)
    content = json.dumps(printed.as_data(), ensure_ascii=False, indent=1).encode()
    rows = sum(len(each.rows) for each in printed.sections)
    answer = personal_file(
        request,
        content,
        name=f"dannye-{timezone.localdate():%Y-%m-%d}.json",
        action="rights.exported",
        details={"person": str(printed.person.pk), "rows": rows},
    )
    answer["Content-Type"] = "application/json"
    return answer


@requires("rights.view")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Register a request about a person."""
    actor = actor_of(request)
    person = person_for(actor=actor, person_id=person_id, permission="rights.view")
    initial = {"asked_by": Destruction.AskedBy.SUBJECT, "asked_on": timezone.localdate()}
    form = RequestForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            data = services.RequestData(**form.cleaned_data)
            made = services.register_request(actor=actor, person_id=person_id, data=data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Запрос внесён. Срок исполнения виден на главной странице."))
            return redirect("rights:request", destruction_id=made.pk)
    return personal_page(
        request,
        "rights/new.html",
        {"form": form, "person": person},
        action="people.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )


@requires("rights.view")
@require_safe
def card(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Show a request: whose, by when, and what would go."""
    actor = actor_of(request)
    found = destruction_for(actor=actor, request_id=destruction_id)
    context: dict[str, Any] = {
        "request_row": found,
        "status": status_of(found, timezone.localdate()),
        "facts": _facts(found),
        "is_waiting": found.state == Destruction.State.OPEN,
        "is_done": found.state == Destruction.State.DONE,
        "may_destroy": bool(policies.may_destroy(actor)),
    }
    person = _subject_card(actor, found)
    if person is None:
        return render(request, "rights/request.html", context)
    counts, left_out = counts_for(actor, subject_of(person))
    counts = [(holding, count) for holding, count in counts if holding.destroy is not None]
    context |= {"person": person, "counts": counts, "left_out": left_out}
    return personal_page(
        request,
        "rights/request.html",
        context,
        action="people.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )


@requires("rights.destroy")
@require_http_methods(["GET", "POST"])
def execute(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Destroy, after the word is typed."""
    actor = actor_of(request)
    found = destruction_for(actor=actor, request_id=destruction_id)
    person = _subject_card(actor, found)
    if person is None:
        return redirect("rights:request", destruction_id=found.pk)
    form = DestroyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        likeness = subject_of(person).likeness
        try:
            services.destroy(actor=actor, request_id=found.pk, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            # The session in hand was read before, and is stored again with the message below.
            for name in [name for name, value in request.session.items() if likeness.is_in([str(value)])]:
                del request.session[name]
            messages.success(request, _("Данные уничтожены. Распечатайте и подпишите акт."))
            return redirect("rights:act", destruction_id=found.pk)
    return _act_page(request, found, person, form, "rights/execute.html")


@requires("rights.view")
@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Drop a request; one whose card is gone can be nothing but dropped."""
    actor = actor_of(request)
    found = destruction_for(actor=actor, request_id=destruction_id)
    person = _subject_card(actor, found)
    if found.state != Destruction.State.OPEN:
        return redirect("rights:request", destruction_id=found.pk)
    form = DropForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.drop_request(actor=actor, request_id=found.pk, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Запрос снят. Данные остались."))
            return redirect("rights:request", destruction_id=found.pk)
    if person is None:
        return render(request, "rights/drop.html", {"request_row": found, "form": form})
    return _act_page(request, found, person, form, "rights/drop.html")


@requires("rights.view")
@require_safe
def act(request: HttpRequest, destruction_id: UUID) -> HttpResponse:
    """Show the act and the extract of the log, to be printed and signed; neither holds a name."""
    found = destruction_for(actor=actor_of(request), request_id=destruction_id)
    if found.state != Destruction.State.DONE:
        return redirect("rights:request", destruction_id=found.pk)
    context = {
        "request_row": found,
        "school": getattr(request, "school").title,  # noqa: B009 - set by the middleware, unknown to the type
        "system": SYSTEM,
        "subject": subject_words(found),
    }
    return render(request, "rights/act.html", context)


def _subject_card(actor: Actor, found: Destruction) -> Person | None:
    """Return the card that a waiting request is about; None when it does not wait, or the card is gone."""
    if found.state != Destruction.State.OPEN:
        return None
    return people_visible_to(actor, "rights.view").filter(pk=found.person_id).first()


def _facts(found: Destruction) -> list[Fact]:
    def said(day: date | None) -> str:
        return f"{day:%d.%m.%Y}" if day else ""

    rows = [
        Fact(_("Кто обратился"), found.get_asked_by_display()),
        Fact(_("Основание"), found.get_basis_display()),
        Fact(_("Дата обращения"), said(found.asked_on)),
        Fact(_("Входящий номер"), found.paper_number),
        Fact(_("Исполнить не позднее"), said(found.due_on)),
    ]
    if found.state == Destruction.State.DROPPED:
        rows.append(Fact(_("Почему снят"), found.get_dropped_because_display()))
    if found.state == Destruction.State.DONE:
        number = _("№ %(number)s от %(day)s") % {"number": found.act_number, "day": said(found.act_date)}
        rows.append(Fact(_("Акт"), number))
    return rows


def _act_page(
    request: HttpRequest, found: Destruction, person: Person, form: forms.Form, template: str
) -> HttpResponse:
    return personal_page(
        request,
        template,
        {"request_row": found, "person": person, "form": form},
        action="people.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )
