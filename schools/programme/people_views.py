"""The list of people and the card of one: everything the school knows of a person in one place."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.authz import Actor, actor_of, requires
from core.text import format_snils
from core.ui.components import Fact
from core.ui.pagination import paginate
from core.ui.private_search import private_search, search_data
from schools.clearances import selectors as clearances
from schools.clearances.expected import is_expected_mentor
from schools.clearances.words import status_of_checklist, status_of_line
from schools.consents import selectors as consents
from schools.consents.domain import ConsentState
from schools.consents.words import status_of as status_of_consent
from schools.pairs import selectors as pairs
from schools.pairs.words import form_titles, status_of, term_of
from schools.people.chains import stays_of
from schools.people.domain import age_on
from schools.people.merging import card_that_became_of
from schools.people.models import Person
from schools.people.pages import personal_file, personal_page
from schools.people.policies import may_edit_people
from schools.people.selectors import (
    children_of,
    classes_visible_to,
    former_names_of,
    guardians_of,
    people_visible_to,
    person_for,
    place_of,
    with_enrolments,
)
from schools.programme.export import kinds_of, people_file
from schools.programme.forms import PeopleFilter
from schools.programme.people import base_title, people_list, state_of
from schools.rights.policies import may_see_everything_held
from schools.rights.selectors import destruction_of_person
from schools.training.selectors import people_with_training, training_of
from schools.training.words import hours_in_words, status_of_training, term_of_training
from tenants.reference.selectors import consent_kinds_now


@private_search("people")
@requires("people.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List people: who, where, in what state."""
    actor, day = actor_of(request), timezone.localdate()
    bar = PeopleFilter(search_data(request, "people"), rooms=classes_visible_to(actor))
    chosen = bar.cleaned_data if bar.is_valid() else {}
    page = paginate(request, people_list(actor, chosen, day))
    context = {
        "page": page,
        "rows": [
            {"person": row, "kinds": kinds_of(row), "place": place_of(row, day), "state": state_of(row)} for row in page
        ],
        "filter_form": bar,
        "base": base_title(chosen["role"]) if chosen.get("role") else "",
        "may_edit": bool(may_edit_people(actor)),
        "may_import": bool(actor.has("imports.run")),
    }
    return personal_page(
        request, "programme/people_list.html", context, action="people.list_viewed", details={"rows": len(page)}
    )


@requires("people.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the filtered list of people as a workbook."""
    actor, day = actor_of(request), timezone.localdate()
    bar = PeopleFilter(search_data(request, "people"), rooms=classes_visible_to(actor))
    file = people_file(people_list(actor, bar.cleaned_data if bar.is_valid() else {}, day), day)
    return personal_file(request, file.content, name=file.name, action="people.exported", details={"rows": file.rows})


@requires("people.view")
@require_safe
def card(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show one person: data, enrolments, representatives, consents, pairs."""
    actor, day = actor_of(request), timezone.localdate()
    try:
        found = person_for(actor=actor, person_id=person_id)
    except Http404:
        # The address of a card that was merged into another leads there, to those who see the other.
        became = card_that_became_of(person_id)
        destroyed = destruction_of_person(actor=actor, person_id=person_id) if became is None else None
        if destroyed is not None:
            return redirect("rights:request", destruction_id=destroyed.pk)
        if became is None:
            raise
        return redirect("people:card", person_id=person_for(actor=actor, person_id=became).pk)
    person = with_enrolments(people_visible_to(actor).filter(pk=found.pk)).get()
    context = {
        "person": person,
        "facts": _facts(actor, person, day),
        "enrolments": stays_of(person),
        "is_pupil": any(row.kind == "pupil" and row.left_on is None for row in person.enrolments.all()),
        "guardians": guardians_of(actor=actor, person=person),
        "children": children_of(actor=actor, person=person),
        "may_edit": bool(may_edit_people(actor)),
        "may_invite": bool(actor.has("staff.manage")),
        "may_see_held": bool(may_see_everything_held(actor)),
        "may_pair": bool(actor.has("pairs.edit")) and bool(actor.has("people.find")),
        "today": day,
        **_consents(actor, person, day),
        **_clearances(actor, person, day),
        **_training(actor, person, day),
        **_pairs(actor, person, day),
    }
    return personal_page(
        request,
        "programme/person_card.html",
        context,
        action="people.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )


def _facts(actor: Actor, person: Person, day: date) -> list[Fact]:
    age = age_on(person.birth_date, day)
    years = ngettext("%(age)s год", "%(age)s лет", age) % {"age": age}
    rows = [
        Fact(_("Кто"), kinds_of(person)),
        Fact(_("Класс или должность"), place_of(person, day)),
        Fact(_("Дата рождения"), f"{person.birth_date:%d.%m.%Y}, {years}"),
        *([Fact(_("Прежнее имя"), former)] if (former := former_names_of(person)) else []),
        Fact(_("Телефон"), person.phone),
        Fact(_("Электронная почта"), person.email),
    ]
    if may_edit_people(actor):
        rows.append(Fact(_("СНИЛС"), format_snils(person.snils) if person.snils else ""))
    return rows


def _consents(actor: Actor, person: Person, day: date) -> dict[str, Any]:
    """Return the person's consents, if the actor carries ``consents.view`` on this very person."""
    reachable = people_visible_to(actor, "consents.view").filter(pk=person.pk).exists()
    if not reachable:
        return {"may_see_consents": False}
    kinds = consent_kinds_now(with_withdrawn=True)
    titles, minors = {row.code: row.title for row in kinds}, consents.minors_kinds(kinds)
    recorded = [(row, consents.state_of(row, day, minors)) for row in consents.consents_of(person)]
    rows = [
        {"consent": row, "kind": titles.get(row.kind, row.kind), "status": status_of_consent(row, day, minors)}
        for row, _state in recorded
    ]
    deciding = consents.deciding_kinds(kinds)
    lacks = not any(state == ConsentState.IN_FORCE and row.kind in deciding for row, state in recorded)
    may_edit = people_visible_to(actor, "consents.edit").filter(pk=person.pk).exists()
    return {"may_see_consents": True, "consents": rows, "lacks_consent": lacks, "may_edit_consents": may_edit}


def _clearances(actor: Actor, person: Person, day: date) -> dict[str, Any]:
    """Return what is asked of somebody as a mentor from outside, if the actor carries ``clearances.view`` on him."""
    if not actor.has("clearances.view"):
        return {}
    found = clearances.checklist_of(person, day)
    if not found.lines or not clearances.people_with_clearances(actor).filter(pk=person.pk).exists():
        return {}
    return {
        "clearances": [(line, status_of_line(line, day)) for line in found.lines],
        "cleared": status_of_checklist(found),
        "may_edit_clearances": bool(actor.has("clearances.edit")),
    }


def _training(actor: Actor, person: Person, day: date) -> dict[str, Any]:
    """Return what a mentor was taught, to whoever sees it on this very person; of others only what there is."""
    noted = people_with_training(actor, "pairs.edit").filter(pk=OuterRef("pk"))
    is_mentor = ExpressionWrapper(is_expected_mentor(day), output_field=BooleanField())
    seen = people_with_training(actor).filter(pk=person.pk).annotate(is_mentor=is_mentor, may_note=Exists(noted))
    found = seen.values("is_mentor", "may_note").first()
    if found is None:
        return {}
    rows = [row for row in training_of(person) if row.struck_at is None]
    return {
        "shows_training": found["is_mentor"] or bool(rows),
        "training": [(row, term_of_training(row), hours_in_words(row.hours)) for row in rows],
        "trained": status_of_training(bool(rows)),
        "may_note_training": found["may_note"],
    }


def _pairs(actor: Actor, person: Person, day: date) -> dict[str, Any]:
    if not actor.has("pairs.view"):
        return {"may_see_pairs": False}
    titles = form_titles()
    rows = []
    for pair in pairs.pairs_of(actor, person, day):
        is_mentor = pair.mentor_id == person.pk
        other = pair.mentee if is_mentor else pair.mentor
        rows.append(
            {
                "url": reverse("pairs:card", kwargs={"pair_id": pair.pk}),
                "role": _("наставник") if is_mentor else _("наставляемый"),
                "other": other.full_name,
                "form": titles.get(pair.form_code, pair.form_code),
                "term": term_of(pair),
                "status": status_of(pair, day),
            }
        )
    return {"may_see_pairs": True, "pairs": rows}
