"""A class's signed papers of one kind, entered in one table: who is on it, and the saving of the rows that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.consents import policies
from schools.consents.domain import ConsentState, state_on
from schools.consents.models import Consent
from schools.consents.selectors import asked_of_q, in_force_q, terms_of
from schools.consents.services import (
    CONSENT_ONCE,
    ConsentData,
    change,
    clean_number,
    faults_of,
    new_consent,
    recorded_meanwhile,
)
from schools.people.domain import is_adult_on
from schools.people.errors import Fault, FaultyActError, refusing_second
from schools.people.models import Enrolment, Guardianship, Person
from schools.people.selectors import enrolled_q, people_visible_to, representing_q, with_enrolments

ADULTS: Final = "adults"  # instead of a class: teachers and staff
MOST_ROWS: Final = 60
_ADULT_KINDS: Final = ("teacher", "staff")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One person of a class: the consent of the kind in force, if there is one, and who is to sign otherwise."""

    person: Person
    consent: Consent | None
    signer: str
    kinship: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """What was typed of one person. ``consent_id`` is the consent that stood in the row when the page was made."""

    person_id: UUID
    consent_id: UUID | None
    data: ConsentData


def people_of_sheet(actor: Actor, room: str, kind: str, day: date) -> QuerySet[Person]:
    """Return the people of a class (its id, or ``ADULTS``) whose consents of a kind the actor enters, by name.

    Whoever is 18 has no row on the sheet of a kind of minors alone.
    """
    rows = Enrolment.objects.filter(enrolled_q(day))
    rows = rows.filter(kind__in=_ADULT_KINDS) if room == ADULTS else rows.filter(school_class=UUID(room))
    people = people_visible_to(actor, "consents.edit").filter(asked_of_q(kind, day), pk__in=rows.values("person"))
    return with_enrolments(people).order_by("folded_name", "pk")


def people_sent(actor: Actor, ids: Collection[UUID], kind: str, day: date) -> QuerySet[Person]:
    """Return those of the people sent back with a sheet whose consents the actor still enters, by name.

    Wherever they are enrolled by now: a paper that was signed stays signed when its owner changes class.
    """
    people = people_visible_to(actor, "consents.edit").filter(asked_of_q(kind, day), pk__in=ids)
    return with_enrolments(people).order_by("folded_name", "pk")


def lines_of(people: Sequence[Person], kind: str, day: date) -> list[SheetLine]:
    """Return the rows of a sheet; two queries, whatever the number of people."""
    ids = [person.pk for person in people]
    found: dict[UUID, Consent] = {}
    rows = Consent.objects.filter(in_force_q(day), person__in=ids, kind=kind).order_by("given_on", "created_at")
    for row in rows:
        found[row.person_id] = row
    kinships = _kinships(ids, day)
    return [
        SheetLine(
            person,
            found.get(person.pk),
            Consent.Signer.SELF if is_adult_on(person.birth_date, day) else Consent.Signer.REPRESENTATIVE,
            kinships.get(person.pk, ""),
        )
        for person in people
    ]


def _kinships(ids: Collection[UUID], day: date) -> dict[UUID, str]:
    """Return how the only representative of a person is related; of two nobody knows who signed."""
    found: dict[UUID, list[str]] = {}
    rows = Guardianship.objects.filter(representing_q(day), ward__in=ids)
    for ward, kinship in rows.values_list("ward", "kinship"):
        found.setdefault(ward, []).append(kinship)
    return {ward: kinships[0] for ward, kinships in found.items() if len(kinships) == 1}


def save_sheet(*, actor: Actor, kind: str, rows: Sequence[SheetRow]) -> tuple[int, int]:
    """Record the papers of a class: all rows or none. Rows that say what is stored already are passed over.

    A row without a consent records one; a row with one corrects it. One row in the audit tells of the whole sheet.

    :returns: how many were recorded and how many corrected.
    :raises FaultyActError: with faults at ``rows.<index>.<field>``; the index counts the given rows from 0.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    if len(rows) > MOST_ROWS:
        raise FaultyActError.of("too_many", _("Не больше 60 человек за один раз."), "rows")
    with transaction.atomic():
        people = _held_people(actor, rows)
        stored = _held_consents(people, kind)
        faults = _faults_of_rows(rows, kind, people, stored)
        if faults:
            raise FaultyActError(*faults)
        added = [_new(people[row.person_id], kind, row.data) for row in rows if row.consent_id is None]
        with refusing_second(CONSENT_ONCE, recorded_meanwhile("rows")):
            Consent.objects.bulk_create(added)
            changed = [
                row.consent_id
                for row in rows
                if row.consent_id is not None and change(stored[row.consent_id], replace(row.data, kind=kind))
            ]
        if added or changed:
            record(
                actor=actor,
                action="consents.sheet_saved",
                object_type="consents.consent",
                details={
                    "kind": kind,
                    "people": [str(consent.person_id) for consent in added],
                    "corrected": [str(key) for key in changed],
                },
            )
    return len(added), len(changed)


def _new(person: Person, kind: str, data: ConsentData) -> Consent:
    return new_consent(person, replace(data, kind=kind))


def _held_people(actor: Actor, rows: Iterable[SheetRow]) -> dict[UUID, Person]:
    ids = {row.person_id for row in rows}
    reachable = people_visible_to(actor, "consents.edit").filter(pk__in=ids).order_by("pk")
    return {person.pk: person for person in reachable.select_for_update(of=("self",))}


def _held_consents(people: Collection[UUID], kind: str) -> dict[UUID, Consent]:
    rows = Consent.objects.filter(person__in=people, kind=kind).order_by("pk").select_for_update()
    return {consent.pk: consent for consent in rows}


def _faults_of_rows(
    rows: Sequence[SheetRow], kind: str, people: dict[UUID, Person], stored: dict[UUID, Consent]
) -> list[Fault]:
    faults: list[Fault] = []
    served = {row.person_id for row in stored.values() if _is_in_force(row, people[row.person_id])}
    seen: set[UUID] = set()
    for index, row in enumerate(rows):
        found = _row_faults(row, kind, people.get(row.person_id), stored, served)
        if row.person_id in seen:
            found = [Fault("twice", _("Этот человек уже есть в таблице."), "person")]
        seen.add(row.person_id)
        faults += [Fault(fault.code, fault.sentence, f"rows.{index}.{fault.field or 'number'}") for fault in found]
    return faults


def _row_faults(
    row: SheetRow, kind: str, person: Person | None, stored: dict[UUID, Consent], served: set[UUID]
) -> list[Fault]:
    if person is None:
        return [Fault("nobody", _("Этого человека в списке больше нет."), "person")]
    consent = stored.get(row.consent_id) if row.consent_id is not None else None
    if row.consent_id is not None and (consent is None or consent.person_id != person.pk):
        return [Fault("stale", _("Запись изменили, пока вы печатали. Откройте страницу заново."))]
    if consent is not None and consent.withdrawn_on is not None:
        return [Fault("withdrawn", _("Это согласие отозвано: запись о нём не меняют."))]
    if consent is None and person.pk in served:
        return [Fault("stale", _("Это согласие уже записал кто-то другой. Откройте страницу заново."))]
    faults = faults_of(replace(row.data, kind=kind), person)
    same = (clean_number(row.data.number), row.data.given_on)
    others = (one for one in stored.values() if one.person_id == person.pk and one.pk != row.consent_id)
    if not faults and any((one.number, one.given_on) == same for one in others):
        faults.append(Fault("recorded_already", _("Такое согласие уже записано: тот же вид, номер и дата."), "number"))
    return faults


def _is_in_force(consent: Consent, person: Person) -> bool:
    return state_on(terms_of(consent), person.birth_date, timezone.localdate()) == ConsentState.IN_FORCE
