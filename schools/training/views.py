"""Pages of one person's training: what was noted, noting, mending a slip, striking out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import people_visible_to
from schools.people.wordings import former_in_words, names_of_writers
from schools.training import selectors, services
from schools.training.forms import StrikeForm, TrainingForm
from schools.training.models import Training
from schools.training.words import hours_in_words, status_of_training, term_of_training


@requires("pairs.view")
@require_safe
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show everything noted of a person's training, with former wordings."""
    actor = actor_of(request)
    person = selectors.person_with_training(actor=actor, person_id=person_id)
    rows = selectors.training_of(person)
    names = names_of_writers(rows, "noted_by", "struck_by")
    context = {
        "rows": [_row(row, names) for row in rows],
        "status": status_of_training(any(row.struck_at is None for row in rows)),
        "may_note": selectors.people_with_training(actor, "pairs.edit").filter(pk=person.pk).exists(),
        "may_open_card": people_visible_to(actor).filter(pk=person.pk).exists(),
    }
    return _page(request, person, "training/person.html", **context)


def _row(row: Training, names: dict[str, str]) -> dict[str, Any]:
    return {
        "training": row,
        "term": term_of_training(row),
        "hours": hours_in_words(row.hours),
        "who": names.get(str(row.noted_by), ""),
        "struck_who": names.get(str(row.struck_by), ""),
        "former": [former_in_words(Training, told, names) for told in reversed(row.history)],
    }


@requires("pairs.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Note a training of a person."""
    actor = actor_of(request)
    person = selectors.person_with_training(actor=actor, person_id=person_id, permission="pairs.edit")
    form = TrainingForm(
        request.POST if request.method == "POST" else None, initial={"finished_on": timezone.localdate()}
    )
    # Nothing is there yet that somebody else could change.
    del form.fields["seen"]
    if request.method == "POST" and form.is_valid():
        try:
            services.note_training(actor=actor, person_id=person_id, data=services.TrainingData(**form.cleaned_data))
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Обучение записано."))
            return redirect("training:person", person_id=person_id)
    return _page(request, person, "training/new.html", form=form)


@requires("pairs.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, training_id: UUID) -> HttpResponse:
    """Mend a slip in what was noted."""
    actor = actor_of(request)
    row = selectors.training_for(actor=actor, training_id=training_id, permission="pairs.edit")
    values = services.training_values(row)
    data = request.POST if request.method == "POST" else None
    form = TrainingForm(data, initial={**values, "seen": edition_of(values)})
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in values}
        try:
            services.correct_training(
                actor=actor,
                training_id=training_id,
                data=services.TrainingData(**typed),
                seen=form.cleaned_data["seen"],
            )
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed=typed)
        else:
            messages.success(request, _("Запись исправлена. Прежняя осталась в истории."))
            return redirect("training:person", person_id=row.person_id)
    return _page(request, row.person, "training/correct.html", form=form)


@requires("pairs.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: HttpRequest, training_id: UUID) -> HttpResponse:
    """Strike a record out, after asking why."""
    actor = actor_of(request)
    row = selectors.training_for(actor=actor, training_id=training_id, permission="pairs.edit")
    form = StrikeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.strike_training(actor=actor, training_id=training_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Запись вычеркнута и больше не учитывается."))
            return redirect("training:person", person_id=row.person_id)
    return _page(request, row.person, "training/strike.html", form=form, training=row)


def _page(request: HttpRequest, person: Person, template: str, **context: Any) -> HttpResponse:
    context |= {"person": person, "back": reverse("training:person", kwargs={"person_id": person.pk})}
    return personal_page(
        request,
        template,
        context,
        action="training.person_viewed",
        object_type="people.person",
        object_id=person.pk,
    )
