"""Pages where people are written: the list and the card, which show more than people, are the programme's."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.authz import actor_of, requires
from core.text import full_name_from_columns, snils_digits
from schools.people import enrolments, leaving, services
from schools.people.duplicates import cards_in_the_way
from schools.people.editions import LONGEST_EDITION, edition_of, is_stale, take_newer
from schools.people.enrolments import enrolment_values
from schools.people.errors import FaultyActError
from schools.people.forms import (
    ClassForm,
    EnrolmentDaysForm,
    EnrolmentForm,
    GuardianForm,
    LeavingForm,
    NewPersonForm,
    PersonForm,
)
from schools.people.models import Enrolment, Guardianship, Person
from schools.people.pages import personal_page, show_faults, with_link
from schools.people.selectors import candidates, enrolment_for, guardianship_for, is_continued, person_for, place_of
from schools.people.upon_cards import remarks_upon


def _to_card(person_id: UUID) -> HttpResponse:
    return redirect("people:card", person_id=person_id)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a person by hand."""
    actor = actor_of(request)
    form, here = NewPersonForm(request.POST or None), list[dict[str, object]]()
    if request.method == "POST" and form.is_valid():
        data = form.data_of_person()
        try:
            person = services.create_person(actor=actor, data=data, enrolments=form.enrolments())
        except FaultyActError as refusal:
            show_faults(form, refusal)
            here = _in_the_way(request, refusal, data, None)
        else:
            messages.success(request, _("%(name)s: карточка создана.") % {"name": person.full_name})
            return _to_card(person.pk)
    if here:
        context = {"form": form, "here": here}
        return personal_page(
            request, "people/new.html", context, action="people.duplicates_viewed", details={"rows": len(here)}
        )
    return render(request, "people/new.html", {"form": form})


def _in_the_way(
    request: HttpRequest, refusal: FaultyActError, data: services.PersonData, person: Person | None
) -> list[dict[str, object]]:
    """Return the cards because of which what was typed is refused as somebody who is here already, and their places."""
    if not {"already_here", "snils_taken"} & {fault.code for fault in refusal.faults}:
        return []
    full = full_name_from_columns(data.surname, data.name, data.patronymic)
    found = cards_in_the_way(
        actor_of(request),
        folded=full.key,
        birth_date=data.birth_date,
        snils=snils_digits(data.snils) or "",
        but=person.pk if person else None,
    )
    return [{"person": row, "place": place_of(row, timezone.localdate())} for row in found]


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Change what is known of a person."""
    actor = actor_of(request)
    person = person_for(actor=actor, person_id=person_id)
    form, here = PersonForm(request.POST or None, initial=PersonForm.initial_of(person)), list[dict[str, object]]()
    if request.method == "POST" and form.is_valid():
        data, typed = form.data_of_person(), form.typed_values()
        try:
            services.edit_person(actor=actor, person_id=person_id, data=data, seen=form.cleaned_data["seen"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
            here = _in_the_way(request, refusal, data, person)
            if is_stale(refusal):
                take_newer(form, values=services.person_values(person), typed=typed)
        else:
            messages.success(request, _("Изменения сохранены."))
            return _to_card(person_id)
    return _act_page(request, person, form, template="people/edit.html", here=here)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record that a person came to study or to work here."""
    actor = actor_of(request)
    person = person_for(actor=actor, person_id=person_id)
    form = EnrolmentForm(request.POST or None, initial={"kind": "pupil"})
    if request.method == "POST" and form.is_valid():
        try:
            data = enrolments.EnrolmentData(**form.cleaned_data)
            enrolments.enrol(actor=actor, person_id=person_id, data=data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Зачисление записано."))
            return _to_card(person_id)
    return _act_page(request, person, form, template="people/enrol.html")


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Record that a person has left."""
    actor = actor_of(request)
    enrolment = enrolment_for(actor=actor, enrolment_id=enrolment_id)
    initial = {"left_on": enrolment.left_on or timezone.localdate(), "seen": edition_of(enrolment_values(enrolment))}
    form = LeavingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _row, left = leaving.leave(actor=actor, enrolment_id=enrolment_id, **form.cleaned_data)
        except FaultyActError as refusal:
            _show(form, refusal, enrolment)
        else:
            messages.success(request, _("Дата выбытия записана."))
            for said in left:
                messages.info(request, with_link(said))
            return _to_card(enrolment.person_id)
    return _act_page(request, enrolment.person, form, template="people/leave.html")


def _show(form: forms.Form, refusal: FaultyActError, enrolment: Enrolment) -> None:
    """Show why an act upon an enrolment was refused; one that came too late can be sent once more, knowingly."""
    typed = {**enrolment_values(enrolment), **form.cleaned_data}
    show_faults(form, refusal)
    if is_stale(refusal):
        values = enrolment_values(enrolment)
        inputs = {name: (name,) if name in form.fields else () for name in values}
        take_newer(form, values=values, typed={name: typed[name] for name in values}, inputs=inputs)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def correct_days(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Correct the days of an enrolment."""
    actor = actor_of(request)
    enrolment = enrolment_for(actor=actor, enrolment_id=enrolment_id)
    values = enrolment_values(enrolment)
    initial = {**values, "seen": edition_of(values)}
    form = EnrolmentDaysForm(request.POST or None, initial=initial, is_continued=is_continued(enrolment))
    if request.method == "POST" and form.is_valid():
        days = {"left_on": enrolment.left_on, **form.cleaned_data}
        try:
            enrolments.correct_enrolment(actor=actor, enrolment_id=enrolment_id, **days)
        except FaultyActError as refusal:
            _show(form, refusal, enrolment)
        else:
            messages.success(request, _("Даты исправлены."))
            return _to_card(enrolment.person_id)
    return _act_page(request, enrolment.person, form, template="people/correct_days.html")


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def change_class(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Move a pupil to another class."""
    actor = actor_of(request)
    enrolment = enrolment_for(actor=actor, enrolment_id=enrolment_id)
    form = ClassForm(request.POST or None, initial={"seen": edition_of(enrolment_values(enrolment))})
    if request.method == "POST" and form.is_valid():
        try:
            enrolments.change_class(actor=actor, enrolment_id=enrolment_id, **form.cleaned_data)
        except FaultyActError as refusal:
            _show(form, refusal, enrolment)
        else:
            messages.success(request, _("Класс изменён."))
            return _to_card(enrolment.person_id)
    return _act_page(request, enrolment.person, form, template="people/change_class.html")


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def add_guardian(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Choose a legal representative among the school's people."""
    actor = actor_of(request)
    person = person_for(actor=actor, person_id=person_id)
    is_search = "search" in request.POST
    form = GuardianForm(request.POST or None)
    if request.method == "POST" and not is_search and form.is_valid():
        chosen = form.cleaned_data
        try:
            services.add_guardian(
                actor=actor,
                ward_id=person_id,
                guardian_id=chosen["guardian"],
                kinship=chosen["kinship"],
                seen=request.POST.get(f"seen-{chosen['guardian']}", "")[:LONGEST_EDITION] or None,
            )
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Представитель записан."))
            for said in remarks_upon(actor, [person_id, chosen["guardian"]]):
                messages.warning(request, with_link(said))
            return _to_card(person_id)
    typed = request.POST.get("q", "")[:100]
    found, has_more = candidates(actor=actor, typed=typed, kinds=()) if typed.strip() else ([], False)
    if is_search:
        form = GuardianForm(initial={"q": typed, "kinship": request.POST.get("kinship", "")})
    known = services.ties_of(person)
    context = {
        "found": [{"person": row, **_as_known(known.get(row.id))} for row in found if row.id != person_id],
        "has_more": has_more,
        "typed": typed,
        "chosen": request.POST.get("guardian", ""),
    }
    return _act_page(request, person, form, template="people/add_guardian.html", **context)


def _as_known(tie: Guardianship | None) -> dict[str, object]:
    """Return what is said of somebody found who is, or was, a representative already."""
    kinship = tie.kinship if tie else ""
    has_ended = tie is not None and tie.to_date is not None and tie.to_date <= timezone.localdate()
    return {
        "kinship": kinship,
        "ended_on": tie.to_date if tie is not None and has_ended else None,
        "seen": services.kinship_edition(kinship),
    }


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def remove_guardian(request: HttpRequest, person_id: UUID, guardianship_id: UUID) -> HttpResponse:
    """Take a legal representative off the card, after asking."""
    actor = actor_of(request)
    kept = guardianship_for(actor=actor, ward_id=person_id, guardianship_id=guardianship_id)
    if request.method == "POST":
        services.remove_guardian(actor=actor, ward_id=person_id, guardianship_id=guardianship_id)
        messages.success(request, _("Представитель убран из карточки."))
        return _to_card(person_id)
    return _act_page(request, kept.ward, None, template="people/remove_guardian.html", kept=kept)


def _act_page(
    request: HttpRequest, person: Person, form: forms.Form | None, *, template: str, **more: object
) -> HttpResponse:
    return personal_page(
        request,
        template,
        {"person": person, "form": form, **more},
        action="people.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )
