"""Writes about training of mentors: noting what was finished, mending a slip, striking out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.people.domain import FIRST_BIRTH_YEAR
from schools.people.editions import Acts, in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError, refusing_second
from schools.people.wordings import store_keeping_former
from schools.training import policies
from schools.training.models import Training
from schools.training.selectors import person_with_training, training_for

MOST_HOURS: Final = 2000
_ONCE: Final = "training_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """A training as it is typed; days are whole days, ``hours`` are lessons as the programme counts them."""

    title: str
    finished_on: date
    begun_on: date | None = None
    hours: int | None = None
    document: str = ""


def note_training(*, actor: Actor, person_id: UUID, data: TrainingData) -> Training:
    """Note a training that somebody has finished.

    :raises FaultyActError: no title, days that cannot be, or the same training again.
    :raises Http404: no such person among those on whose training the actor carries ``pairs.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_note_training(actor))
    data = _cleaned(data)
    with transaction.atomic():
        person = person_with_training(actor=actor, person_id=person_id, permission="pairs.edit", lock=True)
        if faults := _faults_of(data):
            raise FaultyActError(*faults)
        with refusing_second(_ONCE, _noted_already()):
            row = Training.objects.create(person=person, noted_by=actor.pk, noted_at=timezone.now(), **asdict(data))
        _record(actor, "training.noted", row)
    return row


def training_values(row: Training) -> dict[str, Any]:
    """Return what is typed of a training."""
    return {each.name: getattr(row, each.name) for each in fields(TrainingData)}


def correct_training(*, actor: Actor, training_id: UUID, data: TrainingData, seen: str | None = None) -> Training:
    """Mend a slip in what was noted; the former wording is kept. The person stays.

    ``seen`` is the edition of :func:`training_values` that was read: what somebody else has mended since stays.

    :raises FaultyActError: as :func:`note_training`, and when it was struck out, or somebody else has mended it since.
    :raises Http404: no such record among those on which the actor carries ``pairs.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_note_training(actor))
    data = _cleaned(data)
    with transaction.atomic():
        row = training_for(actor=actor, training_id=training_id, permission="pairs.edit", lock=True)
        if faults := _faults_of(data):
            raise FaultyActError(*faults)
        _refuse_struck(row)
        values = training_values(row)
        words = {name: in_words(value) for name, value in values.items()}
        acts = Acts("people.person", row.person_id, ["training.corrected"], {"training": str(row.pk)})
        refuse_overtaken(seen=seen, values=values, typed=asdict(data), words=words, acts=acts)
        with refusing_second(_ONCE, _noted_already()):
            changed = store_keeping_former(row, asdict(data), by=actor.pk)
        if changed:
            _record(actor, "training.corrected", row, changed=changed)
    return row


def strike_training(*, actor: Actor, training_id: UUID, reason: str) -> Training:
    """Strike out what should not have been noted: it counts no more and stays readable.

    :raises FaultyActError: no reason, or it was struck out before.
    :raises Http404: no such record among those on which the actor carries ``pairs.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_note_training(actor))
    reason = " ".join(reason.split())[:200]
    with transaction.atomic():
        row = training_for(actor=actor, training_id=training_id, permission="pairs.edit", lock=True)
        if not reason:
            raise FaultyActError.of("no_reason", _("Напишите, почему вычёркиваете запись."), "reason")
        _refuse_struck(row)
        row.struck_at, row.struck_by, row.struck_why = timezone.now(), actor.pk, reason
        row.save(update_fields=["struck_at", "struck_by", "struck_why"])
        _record(actor, "training.struck", row)
    return row


def _refuse_struck(row: Training) -> None:
    if row.struck_at is not None:
        raise FaultyActError.of("struck", _("Запись вычеркнута. Если обучение было, запишите его заново."))


def _noted_already() -> Fault:
    return Fault("noted_already", _("Это обучение уже записано: та же программа и тот же день."), "title")


def _cleaned(data: TrainingData) -> TrainingData:
    title, document = " ".join(data.title.split())[:200], " ".join(data.document.split())[:120]
    return replace(data, title=title, document=document)


def _faults_of(data: TrainingData) -> list[Fault]:
    faults = []
    if not data.title:
        faults.append(Fault("no_title", _("Напишите, чему учили: название программы или курса."), "title"))
    if data.finished_on > timezone.localdate():
        sentence = _("Этот день ещё не наступил. Запишите обучение, когда оно закончится.")
        faults.append(Fault("not_finished", sentence, "finished_on"))
    elif min(data.finished_on, data.begun_on or data.finished_on).year < FIRST_BIRTH_YEAR:
        faults.append(Fault("too_early", _("Проверьте год."), "finished_on"))
    if data.begun_on is not None and data.begun_on > data.finished_on:
        faults.append(Fault("begun_after", _("Начало позже последнего дня."), "begun_on"))
    if data.hours is not None and not 1 <= data.hours <= MOST_HOURS:
        faults.append(Fault("hours", _("Проверьте число часов."), "hours"))
    return faults


def _record(actor: Actor, action: str, row: Training, **details: Any) -> None:
    record(
        actor=actor,
        action=action,
        object_type="people.person",
        object_id=row.person_id,
        details={"training": str(row.pk), **details},
    )
