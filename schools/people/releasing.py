"""A pupil goes to another school of the region: what the old school does, and what becomes of him here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.people import policies
from schools.people.errors import Fault, FaultyActError
from schools.people.models import Enrolment, Guardianship, Person, Release
from schools.people.registers import hold_registers
from schools.people.rollover_plan import year_of_class
from schools.people.selectors import enrolled_q, people_visible_to, person_for
from tenants.transfers.models import Transfer
from tenants.transfers.selectors import states_of
from tenants.transfers.services import (
    end_transfer,
    hold_transfer,
    offer_transfer,
    settle_transfer,
)

_State = Transfer.State
_LONGEST_BASIS = 300
_FARTHEST_DAYS = 366
# The audit's word for what acts when the other school has decided.
_BY_ITSELF = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseData:
    """Where a pupil goes (the code of a school), from which day he is there, on what basis, and whether his legal
    representatives' names and contacts go with him."""

    to_code: str
    leaves_on: date
    basis: str
    with_guardians: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A release with what is known of its transfer: ``state`` is one of the transfer's."""

    release: Release
    state: str


def release_pupil(*, actor: Actor, person_id: UUID, data: ReleaseData) -> Release:
    """Offer a pupil to another school. Nothing of him changes here before that school has accepted.

    The other school is shown name, birth date, sex, СНИЛС, class with its school year, basis and day, and if asked for,
    the legal representatives; nobody else is. Consents stay: they were given to this school.

    :raises FaultyActError: he is no pupil here then, is on his way already, there is no such school, no basis.
    :raises Http404: no such person among those the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_transfer_people(actor))
    basis = " ".join(data.basis.split())[:_LONGEST_BASIS]
    with transaction.atomic():
        person = person_for(actor=actor, person_id=person_id, lock=True)
        stay = _stay_before(person, data.leaves_on)
        faults = _faults(person, stay, data.leaves_on, basis)
        if faults:
            raise FaultyActError(*faults)
        card = _card(person, _stay_on(person, data.leaves_on) or stay, basis, with_guardians=data.with_guardians)
        offered = offer_transfer(to_code=data.to_code, leaves_on=data.leaves_on, card=card)
        if offered is None:
            raise FaultyActError.of("no_school", _("Выберите школу из найденных."), "to_code")
        transfer_id, title = offered
        release = Release.objects.create(
            id=transfer_id,
            person=person,
            to_title=title,
            leaves_on=data.leaves_on,
            basis=basis,
            with_guardians=data.with_guardians,
            released_by=actor.pk,
            released_at=timezone.now(),
        )
        record(
            actor=actor,
            action="people.released",
            object_type="people.person",
            object_id=person.pk,
            details={"transfer": str(transfer_id), "to": data.to_code, "with_guardians": data.with_guardians},
        )
        announce("transfer.offered", {"transfer": transfer_id, "person": person.pk})
    return release


def withdraw_release(*, actor: Actor, transfer_id: UUID) -> None:
    """Take an offer back; the other school sees nothing of the pupil any more.

    :raises FaultyActError: the other school has decided, or the time is over.
    :raises Http404: no such release among those of the people the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_transfer_people(actor))
    with transaction.atomic():
        release = release_for(actor=actor, transfer_id=transfer_id, lock=True)
        held = hold_transfer(transfer_id)
        if held is None or not held.is_open:
            sentence = _("Отозвать поздно: новая школа уже решила, или срок истёк.")
            raise FaultyActError.of("decided", sentence)
        end_transfer(held, _State.WITHDRAWN)
        settle_transfer(held)
        _close(release, _State.WITHDRAWN)
        record(
            actor=actor,
            action="people.release_withdrawn",
            object_type="people.person",
            object_id=release.person_id,
            details={"transfer": str(transfer_id)},
        )


def settle_release(*, transfer_id: UUID) -> None:
    """Take note of how a transfer from this school ended: after acceptance the pupil has left on the day agreed.

    Runs by itself, and again without harm. At the school a pupil came to it only ends an offer whose time is over.
    Pairs stay as they are: they are listed with a proposed last day.
    """
    with transaction.atomic():
        hold_registers()
        release = Release.objects.select_for_update().filter(pk=transfer_id).first()
        held = hold_transfer(transfer_id)
        if held is None:
            return
        if held.state == _State.EXPIRED and held.card is not None:
            end_transfer(held, _State.EXPIRED)
        if release is None or release.settled_at is not None or held.is_open or held.is_incoming:
            return
        left = _leave(release) if held.state == _State.ACCEPTED else []
        _close(release, held.state)
        settle_transfer(held)
        record(
            actor=_BY_ITSELF,
            action="people.transferred" if held.state == _State.ACCEPTED else "people.release_ended",
            object_type="people.person",
            object_id=release.person_id,
            details={"transfer": str(transfer_id), "state": held.state, "enrolments": left},
        )


def forget_releases(person: Person) -> None:
    """Delete what is kept of a person's transfers, and the card of one that is still on its way."""
    for release in Release.objects.filter(person=person).order_by("pk").select_for_update():
        held = hold_transfer(release.pk) if release.settled_at is None else None
        if held is not None:
            if held.is_open or held.card is not None:
                end_transfer(held, _State.WITHDRAWN)
            settle_transfer(held)
        release.delete()


def release_for(*, actor: Actor, transfer_id: UUID, lock: bool = False) -> Release:
    """Return one release with its person.

    :raises Http404: no such release among those of the people the actor sees.
    """
    rows = Release.objects.filter(person__in=people_visible_to(actor).values("pk"))
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.select_related("person").filter(pk=transfer_id).first()
    if row is None:
        raise Http404
    return row


def outgoing(actor: Actor) -> QuerySet[Release]:
    """Return who was released from here, the latest first.

    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_transfer_people(actor))
    return Release.objects.select_related("person").order_by("-released_at", "pk")


def with_states(releases: Iterable[Release]) -> list[Outgoing]:
    """Return releases with the state of each; one query."""
    rows = list(releases)
    states = states_of([row.pk for row in rows if not row.outcome])
    return [Outgoing(row, row.outcome or states.get(row.pk, str(_State.EXPIRED))) for row in rows]


def _stay_before(person: Person, day: date) -> Enrolment | None:
    """Return the pupil's enrolment that would end on the day."""
    still = Q(left_on__isnull=True) | Q(left_on__gte=day)
    rows = Enrolment.objects.filter(still, person=person, kind="pupil", admitted_on__lt=day)
    return rows.select_related("school_class").order_by("-admitted_on").first()


def _stay_on(person: Person, day: date) -> Enrolment | None:
    """Return the pupil's enrolment that would include the day: of the new class, where a rollover led him there."""
    rows = Enrolment.objects.filter(enrolled_q(day), person=person, kind="pupil")
    return rows.select_related("school_class").order_by("-admitted_on").first()


def _faults(person: Person, stay: Enrolment | None, day: date, basis: str) -> list[Fault]:
    faults = []
    if abs((day - timezone.localdate()).days) > _FARTHEST_DAYS:
        faults.append(Fault("far_day", _("Проверьте год: день перевода дальше года от сегодняшнего."), "leaves_on"))
    elif stay is None:
        sentence = _("Накануне этого дня человек не учится в школе: проверьте день или зачисление.")
        faults.append(Fault("not_a_pupil", sentence, "leaves_on"))
    if not basis:
        faults.append(Fault("no_basis", _("Напишите основание: заявление родителей, приказ."), "basis"))
    if Release.objects.filter(person=person, settled_at__isnull=True).exists():
        faults.append(Fault("on_the_way", _("Этот ученик уже переводится. Сначала отзовите прежний перевод.")))
    return faults


def _card(person: Person, stay: Enrolment | None, basis: str, *, with_guardians: bool) -> dict[str, Any]:
    """Return what the new school is shown."""
    room = stay.school_class if stay is not None else None
    card: dict[str, Any] = {
        **_who(person),
        "sex": person.sex,
        "snils": person.snils,
        "class_name": room.title if room else "",
        "class_year": year_of_class(stay) if stay is not None and room else None,
        "basis": basis,
        "guardians": [],
    }
    if with_guardians:
        today = timezone.localdate()
        going_on = Q(to_date__isnull=True) | Q(to_date__gt=today)
        rows = Guardianship.objects.filter(going_on, ward=person).select_related("guardian").order_by("pk")
        card["guardians"] = [
            {**_who(row.guardian), "kinship": row.kinship, "phone": row.guardian.phone, "email": row.guardian.email}
            for row in rows
        ]
    return card


def _who(person: Person) -> dict[str, str]:
    return {
        "surname": person.surname,
        "name": person.name,
        "patronymic": person.patronymic,
        "birth_date": person.birth_date.isoformat(),
    }


def _leave(release: Release) -> list[str]:
    """End everything by which the person is a pupil here on or after the day; return the ids."""
    day = release.leaves_on
    still = Q(left_on__isnull=True) | Q(left_on__gt=day)
    rows = Enrolment.objects.filter(still, person=release.person_id, kind="pupil")
    # Whatever was begun here after the day, a class of the new year say, was for somebody who is not here any more.
    ids = [str(key) for key in rows.order_by("pk").values_list("pk", flat=True)]
    rows.update(left_on=Greatest("admitted_on", day))
    return ids


def _close(release: Release, state: str) -> None:
    release.outcome, release.settled_at = str(state), timezone.now()
    release.save(update_fields=["outcome", "settled_at"])
    ended = {"transfer": release.pk, "person": release.person_id, "state": _State(state)}
    announce("transfer.ended", ended)
