"""Writes about enrolments: coming to the school, leaving it, changing the class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.people import policies
from schools.people.domain import ENROLLED_KINDS, class_parts, class_title
from schools.people.editions import Acts, in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError
from schools.people.models import Enrolment, Person, PersonKind, SchoolClass
from schools.people.selectors import person_for
from schools.people.staff_logins import refuse_staff_login

_MOST_YEARS_OF_EXPERIENCE = 80
_CHANGES: Final = ("people.left", "people.enrolment_corrected", "people.class_changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentData:
    """An enrolment as typed: ``kind`` is pupil, teacher or staff; ``class_name`` is for pupils, ``post`` for others."""

    kind: str
    admitted_on: date
    class_name: str = ""
    post: str = ""
    experience_years: int | None = None


def enrol(*, actor: Actor, person_id: UUID, data: EnrolmentData) -> Enrolment:
    """Record that a person came to study or to work here; he gets the kind if he had not.

    :raises FaultyActError: a kind that cannot be enrolled, another enrolment of the kind on the day or
        later, a wrong number; a pupil whose login has roles of staff.
    :raises Http404: no such person among those the actor sees.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        person = person_for(actor=actor, person_id=person_id, lock=True)
        enrolment = store_enrolment(person, data)
        if data.kind == "pupil":
            refuse_staff_login(person, max(timezone.localdate(), data.admitted_on))
        record(
            actor=actor,
            action="people.enrolled",
            object_type="people.person",
            object_id=person.pk,
            details={"enrolment": str(enrolment.pk), "kind": data.kind},
        )
    return enrolment


def store_enrolment(person: Person, data: EnrolmentData) -> Enrolment:
    """Store an enrolment of a person who is locked or new, without authorising or recording: part of another act.

    :raises FaultyActError: as :func:`enrol`.
    """
    faults = _faults(person, data)
    if faults:
        raise FaultyActError(*faults)
    is_pupil = data.kind == "pupil"
    PersonKind.objects.get_or_create(person=person, kind=data.kind)
    return Enrolment.objects.create(
        person=person,
        kind=data.kind,
        school_class=class_named(data.class_name) if is_pupil else None,
        post="" if is_pupil else " ".join(data.post.split())[:160],
        experience_years=None if is_pupil else data.experience_years,
        admitted_on=data.admitted_on,
    )


def enrolment_values(enrolment: Enrolment) -> dict[str, Any]:
    """Return what may be typed of an enrolment that is there."""
    room = enrolment.school_class
    return {
        "admitted_on": enrolment.admitted_on,
        "left_on": enrolment.left_on,
        "class_name": room.title if room is not None else "",
    }


def _refuse_overtaken(enrolment: Enrolment, seen: str | None, **typed: object) -> None:
    """Refuse to write over what somebody else has written of an enrolment that is held; ``typed`` is what is changed.

    :raises FaultyActError: somebody has.
    """
    if seen is None:
        return
    values = enrolment_values(enrolment)
    words = {name: in_words(value) for name, value in values.items()}
    details = {"enrolment": str(enrolment.pk)}
    acts = Acts("people.person", enrolment.person_id, _CHANGES, details)
    refuse_overtaken(seen=seen, values=values, typed={**values, **typed}, words=words, acts=acts)


def record_leaving(*, actor: Actor, enrolment_id: UUID, left_on: date, seen: str | None = None) -> Enrolment:
    """Record the day of leaving, which is no day of enrolment any more. Pairs stay as they are: they are ended apart.

    ``seen`` is the edition of :func:`enrolment_values` that was read: what somebody else has written since stays.

    :raises FaultyActError: the day is before admission; somebody else has changed since what was seen.
    :raises Http404: no such enrolment among the people the actor sees.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        enrolment = _enrolment_for(actor, enrolment_id)
        _refuse_overtaken(enrolment, seen, left_on=left_on)
        if left_on < enrolment.admitted_on:
            raise FaultyActError.of("left_before", _("Дата выбытия раньше даты зачисления."), "left_on")
        was = str(enrolment.left_on or "")
        enrolment.left_on = left_on
        enrolment.save(update_fields=["left_on"])
        _record_change(actor, enrolment, "people.left", was=was, now=str(left_on))
    return enrolment


def correct_enrolment(
    *, actor: Actor, enrolment_id: UUID, admitted_on: date, left_on: date | None, seen: str | None = None
) -> Enrolment:
    """Correct the days of an enrolment that were typed wrongly; no day of leaving takes a leaving back.

    The audit keeps what the days were. Figures of the past follow, frozen ones do not.

    :raises FaultyActError: the days are the wrong way round, before birth, or inside another enrolment of the kind;
        a pupil's, whose login has roles of staff; somebody else has changed since what was seen (``seen`` as in
        :func:`record_leaving`).
    :raises Http404: no such enrolment among the people the actor sees.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        enrolment = _enrolment_for(actor, enrolment_id)
        _refuse_overtaken(enrolment, seen, admitted_on=admitted_on, left_on=left_on)
        faults = _faults_of_days(enrolment, admitted_on, left_on)
        if faults:
            raise FaultyActError(*faults)
        was = _days(enrolment)
        enrolment.admitted_on, enrolment.left_on = admitted_on, left_on
        enrolment.save(update_fields=["admitted_on", "left_on"])
        if enrolment.kind == "pupil":
            refuse_staff_login(enrolment.person, timezone.localdate())
        _record_change(actor, enrolment, "people.enrolment_corrected", was=was, now=_days(enrolment))
    return enrolment


def change_class(*, actor: Actor, enrolment_id: UUID, class_name: str, seen: str | None = None) -> Enrolment:
    """Move a pupil to another class; the enrolment goes on.

    :raises FaultyActError: no class is named, or the enrolment is not a pupil's; somebody else has moved him since what
        was seen (``seen`` as in :func:`record_leaving`).
    :raises Http404: no such enrolment among the people the actor sees.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        enrolment = _enrolment_for(actor, enrolment_id)
        if enrolment.kind != "pupil":
            raise FaultyActError.of("no_pupil", _("Класс бывает только у обучающихся."), "class_name")
        _refuse_overtaken(enrolment, seen, class_name=class_title(class_name)[:30])
        room = class_named(class_name)
        if room is None:
            raise FaultyActError.of("no_class", _("Напишите класс, например 7А."), "class_name")
        enrolment.school_class = room
        enrolment.save(update_fields=["school_class"])
        _record_change(actor, enrolment, "people.class_changed")
    return enrolment


def class_named(typed: str) -> SchoolClass | None:
    """Return the class of a name as typed («7-а» is «7А»), made if there was none; None for an empty name."""
    title = class_title(typed)[:30]
    if not title:
        return None
    grade, letter = class_parts(title)
    room, _made = SchoolClass.objects.get_or_create(title=title, defaults={"grade": grade, "letter": letter})
    return room


def _enrolment_for(actor: Actor, enrolment_id: UUID) -> Enrolment:
    enrolment = Enrolment.objects.select_for_update().filter(pk=enrolment_id).first()
    if enrolment is None:
        raise Http404
    person_for(actor=actor, person_id=enrolment.person_id)
    return enrolment


def _record_change(actor: Actor, enrolment: Enrolment, action: str, **details: object) -> None:
    record(
        actor=actor,
        action=action,
        object_type="people.person",
        object_id=enrolment.person_id,
        details={"enrolment": str(enrolment.pk), **details},
    )


def _days(enrolment: Enrolment) -> dict[str, str]:
    """Return the days of an enrolment as the audit keeps them."""
    return {"admitted_on": str(enrolment.admitted_on), "left_on": str(enrolment.left_on or "")}


def _faults_of_days(enrolment: Enrolment, admitted_on: date, left_on: date | None) -> list[Fault]:
    faults = []
    if left_on is not None and left_on < admitted_on:
        faults.append(Fault("left_before", _("Дата выбытия раньше даты зачисления."), "left_on"))
    if admitted_on < Person.objects.get(pk=enrolment.person_id).birth_date:
        faults.append(Fault("before_birth", _("Дата зачисления раньше даты рождения."), "admitted_on"))
    others = Enrolment.objects.filter(person=enrolment.person_id, kind=enrolment.kind).exclude(pk=enrolment.pk)
    return faults + _fault_of_overlap(others, admitted_on, left_on)


def _fault_of_overlap(others: Iterable[Enrolment], admitted_on: date, left_on: date | None) -> list[Fault]:
    """Return the fault of days that another enrolment of the kind has; at most one."""
    for other in others:
        begins_in_time = other.left_on is None or admitted_on < other.left_on
        if admitted_on == other.admitted_on or (begins_in_time and (left_on is None or other.admitted_on < left_on)):
            sentence = _("На эти дни есть другое зачисление, с %(day)s. Сначала исправьте его.")
            day = f"{other.admitted_on:%d.%m.%Y}"
            return [Fault("enrolled_already", sentence % {"day": day}, "admitted_on")]
    return []


def _faults(person: Person, data: EnrolmentData) -> list[Fault]:
    if data.kind not in ENROLLED_KINDS:
        return [Fault("bad_kind", _("Зачислить можно обучающегося, педагога или сотрудника."), "kind")]
    faults = []
    if data.admitted_on < person.birth_date:
        faults.append(Fault("before_birth", _("Дата зачисления раньше даты рождения."), "admitted_on"))
    years = data.experience_years
    if years is not None and not 0 <= years <= _MOST_YEARS_OF_EXPERIENCE:
        faults.append(Fault("bad_experience", _("Стаж: полных лет, от 0 до 80."), "experience_years"))
    if not faults:
        # One that begins later is in the way too: this one has no last day yet, and two would go on at once.
        others = Enrolment.objects.filter(person=person, kind=data.kind)
        faults += _fault_of_overlap(others, data.admitted_on, None)
    return faults
