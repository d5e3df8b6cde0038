"""A pupil comes from another school of the region: shown, accepted without retyping, or declined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.models import AuditRecord
from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from core.text import full_name_from_columns
from schools.people import policies
from schools.people.domain import class_title
from schools.people.enrolments import EnrolmentData, store_enrolment
from schools.people.errors import FaultyActError
from schools.people.keys import snils_key
from schools.people.models import FormerName, Guardianship, Person, PersonKind
from schools.people.registers import hold_registers
from schools.people.rollover_plan import years_of_comers
from schools.people.school_year import next_title
from schools.people.services import PersonData, create_person
from tenants.transfers.models import Transfer
from tenants.transfers.selectors import Offer, offers_to_us
from tenants.transfers.services import Held, end_transfer, hold_transfer

_State = Transfer.State


@dataclass(frozen=True, slots=True)
class Incoming:
    """An offer as the new school sees it: ``known`` are the cards here that may be this pupil's.

    ``proposed_class`` is the class he comes to as far as his former one tells, a year on where a school year lies
    between; empty when that cannot be told.
    """

    offer: Offer
    full_name: str
    birth_date: date
    known: tuple[Person, ...]
    proposed_class: str

    @property
    def is_ambiguous(self) -> bool:
        """Tell whether several cards fit: they must become one before the pupil can be accepted."""
        return len(self.known) > 1


def incoming(actor: Actor) -> list[Incoming]:
    """Return the offers that wait for this school's decision, the oldest first; without a look at own people.

    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_transfer_people(actor))
    offers = offers_to_us()
    years = years_of_comers(offer.leaves_on for offer in offers)
    return [_incoming(offer, (), years[offer.leaves_on]) for offer in offers]


def incoming_for(*, actor: Actor, transfer_id: UUID) -> Incoming:
    """Return one offer, with the cards here that may be the pupil's.

    :raises Http404: no such offer, or it does not wait any more.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_transfer_people(actor))
    offer = next(iter(offers_to_us([transfer_id])), None)
    if offer is None:
        raise Http404
    return _incoming(offer, tuple(_known(offer.card)), years_of_comers([offer.leaves_on])[offer.leaves_on])


def note_offer(*, transfer_id: UUID) -> None:
    """Tell of an offer to this school, once; who the pupil is, only the offer's card says.

    Runs by itself, and again without harm: the record of acts, kept by the same transaction, says that it was told.
    """
    with transaction.atomic():
        held = hold_transfer(transfer_id)
        if held is None or not held.is_incoming or not held.is_open:
            return
        action, about = "people.transfer_offered", "people.transfer"
        if AuditRecord.objects.filter(object_type=about, object_id=str(transfer_id), action=action).exists():
            return
        record(actor="transfer", action=action, object_type=about, object_id=transfer_id)
        announce("transfer.received", {"transfer": transfer_id})


def accept_transfer(*, actor: Actor, transfer_id: UUID, class_name: str) -> Person:
    """Take a pupil in: his card (the one already here, or a new one), his enrolment from the day, and the legal
    representatives that came with him. The offer's card is deleted from the region's schema.

    :raises FaultyActError: no class is named; the offer was withdrawn, decided or is over; several cards here fit; he
        is a pupil here on the day already; the data cannot be right.
    :raises Http404: no such transfer to this school.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_transfer_people(actor))
    with transaction.atomic():
        hold_registers()
        held = _held(transfer_id)
        if not class_title(class_name):
            sentence = _("Напишите класс, в который ученик приходит, например 7А.")
            raise FaultyActError.of("no_class", sentence, "class_name")
        card = held.card or {}
        known = _known(card)
        if len(known) > 1:
            sentence = _("В школе несколько карточек, похожих на эту. Сначала объедините их или различите по СНИЛС.")
            raise FaultyActError.of("ambiguous", sentence)
        person = _completed(known[0], card) if known else create_person(actor=actor, data=_person_data(card, "pupil"))
        data = EnrolmentData(kind="pupil", admitted_on=held.leaves_on, class_name=class_name)
        enrolment = store_enrolment(person, data)
        guardians = [_take_in_guardian(actor, person, each) for each in card.get("guardians", ())]
        end_transfer(held, _State.ACCEPTED)
        record(
            actor=actor,
            action="people.transfer_accepted",
            object_type="people.person",
            object_id=person.pk,
            details={
                "transfer": str(transfer_id),
                "enrolment": str(enrolment.pk),
                "was_known": bool(known),
                "guardians": guardians,
            },
        )
        announce("transfer.accepted", {"transfer": transfer_id, "person": person.pk})
    return person


def decline_transfer(*, actor: Actor, transfer_id: UUID) -> None:
    """Say no to an offer; its card is deleted from the region's schema.

    :raises FaultyActError: the offer was withdrawn, decided or is over.
    :raises Http404: no such transfer to this school.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_transfer_people(actor))
    with transaction.atomic():
        hold_registers()
        end_transfer(_held(transfer_id), _State.DECLINED)
        record(actor=actor, action="people.transfer_declined", object_type="people.transfer", object_id=transfer_id)


def _incoming(offer: Offer, known: tuple[Person, ...], year: int) -> Incoming:
    """Describe an offer; ``year`` is the school year of the class into which he is to be put."""
    card = offer.card
    name = " ".join(part for part in (card["surname"], card["name"], card["patronymic"]) if part)
    former, former_year = str(card.get("class_name", "")), card.get("class_year")
    proposed = former if former_year == year else next_title(former) if former_year == year - 1 else ""
    return Incoming(offer, name, date.fromisoformat(card["birth_date"]), known, proposed)


def _held(transfer_id: UUID) -> Held:
    held = hold_transfer(transfer_id)
    if held is None or not held.is_incoming:
        raise Http404
    if not held.is_open or held.card is None:
        sentence = _("Решать уже нечего: перевод отозван, решён кем-то другим, или срок истёк.")
        raise FaultyActError.of("decided", sentence)
    return held


def _known(card: Mapping[str, Any]) -> list[Person]:
    """Return the people here that a card may be of: the СНИЛС decides; else name, now or formerly, and birth date.

    Two different СНИЛС are two people.
    """
    snils = card.get("snils", "")
    if snils:
        found = list(Person.objects.filter(snils=snils))
        if found:
            return found
    folded = full_name_from_columns(card["surname"], card["name"], card["patronymic"]).key
    called = Q(folded_name=folded) | Q(pk__in=FormerName.objects.filter(folded_name=folded).values("person"))
    rows = Person.objects.filter(called, birth_date=date.fromisoformat(card["birth_date"]))
    if snils:
        rows = rows.filter(snils="")
    return list(rows.order_by("created_at", "pk")[:3])


def _completed(person: Person, card: Mapping[str, Any]) -> Person:
    """Hold a known person and fill what the card here lacks; what it has stays."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if card.get("snils") and not person.snils:
        person.snils, person.snils_key = card["snils"], snils_key(card["snils"])
    person.sex = person.sex or card.get("sex", "")
    person.updated_at = timezone.now()
    person.save(update_fields=["snils", "snils_key", "sex", "updated_at"])
    return person


def _person_data(card: Mapping[str, Any], kind: str) -> PersonData:
    return PersonData(
        surname=card["surname"],
        name=card["name"],
        patronymic=card["patronymic"],
        birth_date=date.fromisoformat(card["birth_date"]),
        sex=card.get("sex", ""),
        snils=card.get("snils", ""),
        phone=card.get("phone", ""),
        email=card.get("email", ""),
        kinds=[kind],
    )


def _take_in_guardian(actor: Actor, ward: Person, card: Mapping[str, Any]) -> str:
    """Record a legal representative who came with a pupil; of several alike cards here the first is he."""
    known = _known(card)
    if known:
        guardian = known[0]
        PersonKind.objects.get_or_create(person=guardian, kind="parent")
    else:
        guardian = create_person(actor=actor, data=_person_data(card, "parent"))
    if guardian.pk != ward.pk:
        kept, is_new = Guardianship.objects.get_or_create(
            ward=ward, guardian=guardian, defaults={"kinship": card["kinship"][:40]}
        )
        if not is_new and kept.to_date is not None:
            # The pupil was here before: what ended then is in force again, as the other school has just said.
            kept.to_date = None
            kept.save(update_fields=["to_date"])
    return str(guardian.pk)
