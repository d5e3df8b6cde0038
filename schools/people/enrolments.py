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
from schools.people.chains import Chain, chain_of, has_days
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

    A day before the last rollover is one of the class before: that link ends on it, and the new class keeps no day.
    ``seen`` is the edition of :func:`enrolment_values` that was read: what somebody else has written since stays.

    :raises FaultyActError: the day is before admission, or inside another enrolment that began since; the enrolment
        goes on in another, of which the leaving is recorded; somebody else has changed since what was seen.
    :raises Http404: no such enrolment among the people the actor sees.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        enrolment, others = _held_with_others(actor, enrolment_id)
        _refuse_overtaken(enrolment, seen, left_on=left_on)
        chain = chain_of(enrolment, [enrolment, *others])
        faults = _faults_of_leaving(enrolment, chain, others, left_on)
        if faults:
            raise FaultyActError(*faults)
        was, links = str(enrolment.left_on or ""), _ends(chain, enrolment)
        _store_ends(chain.end(left_on))
        _record_change(actor, enrolment, "people.left", was=was, now=str(left_on), **_changed_ends(chain, links))
    return enrolment


def correct_enrolment(
    *, actor: Actor, enrolment_id: UUID, admitted_on: date, left_on: date | None, seen: str | None = None
) -> Enrolment:
    """Correct the days of an enrolment that were typed wrongly; no day of leaving takes a leaving back.

    The audit keeps what the days were. Figures of the past follow, frozen ones do not. A leaving is of the whole stay,
    as in :func:`record_leaving`: taken back, the person is in the class again into which a rollover led.

    :raises FaultyActError: the days are the wrong way round, before birth, or inside another enrolment of the kind;
        another end of an enrolment that goes on in the next class; a pupil's, whose login has roles of staff;
        somebody else has changed since what was seen (``seen`` as in :func:`record_leaving`).
    :raises Http404: no such enrolment among the people the actor sees.
    """
    enforce(policies.may_edit_people(actor))
    with transaction.atomic():
        enrolment, others = _held_with_others(actor, enrolment_id)
        _refuse_overtaken(enrolment, seen, admitted_on=admitted_on, left_on=left_on)
        chain = chain_of(enrolment, [enrolment, *others])
        faults = _faults_of_days(enrolment, chain, others, admitted_on, left_on)
        if faults:
            raise FaultyActError(*faults)
        was, links = _days(enrolment), _ends(chain, enrolment)
        enrolment.admitted_on = admitted_on
        enrolment.save(update_fields=["admitted_on"])
        if not chain.is_continued(enrolment):
            _store_ends(chain.end(left_on))
        if enrolment.kind == "pupil":
            refuse_staff_login(enrolment.person, timezone.localdate())
        details = {"was": was, "now": _days(enrolment), **_changed_ends(chain, links)}
        _record_change(actor, enrolment, "people.enrolment_corrected", **details)
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


def _held_with_others(actor: Actor, enrolment_id: UUID) -> tuple[Enrolment, list[Enrolment]]:
    """Return an enrolment and the person's others of its kind, all held until the transaction ends.

    :raises Http404: no such enrolment among the people the actor sees.
    """
    found = Enrolment.objects.filter(pk=enrolment_id).values_list("person_id", "kind").first()
    if found is None:
        raise Http404
    person_for(actor=actor, person_id=found[0])
    rows = list(Enrolment.objects.select_for_update().filter(person=found[0], kind=found[1]).order_by("pk"))
    enrolment = next((row for row in rows if row.pk == enrolment_id), None)
    if enrolment is None:  # Two cards were made one meanwhile.
        raise Http404
    return enrolment, [row for row in rows if row.pk != enrolment_id]


def _ends(chain: Chain, enrolment: Enrolment) -> dict[UUID, str]:
    """Return the ends of the other links of a stay, by their ids."""
    return {link.pk: str(link.left_on or "") for link in chain.links if link.pk != enrolment.pk}


def _changed_ends(chain: Chain, before: dict[UUID, str]) -> dict[str, Any]:
    """Return what the audit keeps of links that ended otherwise before; nothing of a stay of one class."""
    now = {link.pk: str(link.left_on or "") for link in chain.links}
    changed = {str(key): [was, now[key]] for key, was in before.items() if was != now[key]}
    return {"links": changed} if changed else {}


def _store_ends(links: Iterable[Enrolment]) -> None:
    for link in links:
        link.save(update_fields=["left_on"])


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


def _fault_of_continued(chain: Chain, enrolment: Enrolment) -> Fault:
    sentence = _(
        "Эта запись продолжается в следующем классе с %(day)s. Выбытие записывают в последней записи: его день может"
        " быть и раньше её начала."
    )
    return Fault("continued", sentence % {"day": f"{chain.goes_on[enrolment.pk]:%d.%m.%Y}"}, "left_on")


def _faults_of_leaving(enrolment: Enrolment, chain: Chain, others: list[Enrolment], left_on: date) -> list[Fault]:
    if chain.is_continued(enrolment):
        return [_fault_of_continued(chain, enrolment)]
    if left_on < chain.begins_on:
        return [Fault("left_before", _("Дата выбытия раньше даты зачисления."), "left_on")]
    was = chain.left_on
    if was is None:
        return []
    # What goes on beside it is no fault of this day; what began since he left is.
    since = [row for row in _outside(chain, others) if has_days(row) and was <= row.admitted_on < left_on]
    return _fault_of_overlap(since, enrolment.admitted_on, left_on, "left_on")


def _faults_of_days(
    enrolment: Enrolment, chain: Chain, others: list[Enrolment], admitted_on: date, left_on: date | None
) -> list[Fault]:
    if chain.is_continued(enrolment) and left_on != enrolment.left_on:
        return [_fault_of_continued(chain, enrolment)]
    is_moved = admitted_on != enrolment.admitted_on
    # What it goes on from keeps its days when the first day of this one moves; what follows it ends with the stay.
    earlier = [link for link in chain.links if is_moved and link.admitted_on < enrolment.admitted_on]
    in_the_way = [*_outside(chain, others), *earlier]
    faults = []
    earliest = admitted_on if is_moved or not chain.has_before(enrolment) else chain.begins_on
    if left_on is not None and left_on < earliest:
        faults.append(Fault("left_before", _("Дата выбытия раньше даты зачисления."), "left_on"))
    if admitted_on < Person.objects.get(pk=enrolment.person_id).birth_date:
        faults.append(Fault("before_birth", _("Дата зачисления раньше даты рождения."), "admitted_on"))
    return faults + _fault_of_overlap(in_the_way, admitted_on, left_on)


def _outside(chain: Chain, others: list[Enrolment]) -> list[Enrolment]:
    own = {link.pk for link in chain.links}
    return [row for row in others if row.pk not in own]


def _fault_of_overlap(
    others: Iterable[Enrolment], admitted_on: date, left_on: date | None, field: str = "admitted_on"
) -> list[Fault]:
    """Return the fault of days that another enrolment of the kind has; at most one."""
    for other in others:
        begins_in_time = other.left_on is None or admitted_on < other.left_on
        if admitted_on == other.admitted_on or (begins_in_time and (left_on is None or other.admitted_on < left_on)):
            sentence = _("На эти дни есть другое зачисление, с %(day)s. Сначала исправьте его.")
            day = f"{other.admitted_on:%d.%m.%Y}"
            return [Fault("enrolled_already", sentence % {"day": day}, field)]
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
