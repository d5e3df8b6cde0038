"""Writes about consents: recording what was signed on paper, and withdrawing it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.consents import policies
from schools.consents.models import Consent
from schools.consents.selectors import has_consent
from schools.people.domain import FIRST_BIRTH_YEAR, is_adult_on
from schools.people.errors import Fault, FaultyActError
from schools.people.models import Person
from schools.people.selectors import people_visible_to, person_for
from tenants.reference.selectors import consent_kinds_now

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentData:
    """A consent as typed: ``kind`` is a code of the region's reference data, ``signer`` of ``Consent.Signer``."""

    kind: str
    signer: str
    given_on: date
    signer_kinship: str = ""
    number: str = ""
    valid_until: date | None = None


def record_consent(*, actor: Actor, person_id: UUID, data: ConsentData) -> Consent:
    """Record a consent signed on paper.

    A signer who does not fit the age is a matter of a remark, never of refusal: the paper is as it is.

    :raises FaultyActError: no such kind, no such signer, dates the wrong way round, or the same consent again.
    :raises Http404: no such person among those on whom the actor carries ``consents.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    with transaction.atomic():
        person = person_for(actor=actor, person_id=person_id, permission="consents.edit", lock=True)
        number = " ".join(data.number.split())[:60]
        faults = _faults(data, person)
        same = Consent.objects.filter(person=person, kind=data.kind, number=number, given_on=data.given_on)
        if not faults and same.exists():
            faults.append(
                Fault("recorded_already", _("Такое согласие уже записано: тот же вид, номер и дата."), "number")
            )
        if faults:
            raise FaultyActError(*faults)
        is_own = data.signer == Consent.Signer.SELF
        consent = Consent.objects.create(
            person=person,
            kind=data.kind,
            signer=data.signer,
            signer_kinship="" if is_own else " ".join(data.signer_kinship.split())[:40],
            number=number,
            given_on=data.given_on,
            valid_until=data.valid_until,
            created_at=timezone.now(),
        )
        record(
            actor=actor,
            action="consents.recorded",
            object_type="people.person",
            object_id=person.pk,
            details={"consent": str(consent.pk), "kind": consent.kind},
        )
    return consent


def record_paper_consents(
    *, actor: Actor, people_ids: Collection[UUID], kind: str, given_on: date, valid_until: date | None = None
) -> int:
    """Record one consent of a kind for many people at once, as a pile of signed sheets; return how many were added.

    Adults signed for themselves, minors' representatives for them. Who has a consent of the kind in force is passed
    over: a second click adds nothing.

    :raises FaultyActError: nobody is marked, too many, no such kind, dates the wrong way round.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    data = ConsentData(kind=kind, signer=Consent.Signer.SELF, given_on=given_on, valid_until=valid_until)
    faults = _faults(data, None)
    if not people_ids:
        faults.append(Fault("nobody", _("Отметьте хотя бы одного человека."), "people"))
    elif len(people_ids) > MOST_AT_ONCE:
        faults.append(Fault("too_many", _("Не больше 500 человек за один раз."), "people"))
    if faults:
        raise FaultyActError(*faults)
    with transaction.atomic():
        reachable = people_visible_to(actor, "consents.edit").filter(pk__in=people_ids)
        people = list(reachable.order_by("pk").select_for_update(of=("self",)))
        today = timezone.localdate()
        served = set(
            Person.objects.filter(has_consent(today, [kind]), pk__in=[row.pk for row in people]).values_list(
                "pk", flat=True
            )
        )
        rows = [_paper_consent(person, data) for person in people if person.pk not in served]
        added = len(Consent.objects.bulk_create(rows, ignore_conflicts=True))
        record(
            actor=actor,
            action="consents.recorded_many",
            object_type="consents.consent",
            details={"kind": kind, "people": [str(row.person_id) for row in rows]},
        )
    return added


def withdraw_consent(*, actor: Actor, consent_id: UUID, withdrawn_on: date) -> Consent:
    """Withdraw a consent: from that day on it does not count. Withdrawing again corrects the day.

    :raises FaultyActError: the day is before the consent was given.
    :raises Http404: no such consent among the people on whom the actor carries ``consents.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    with transaction.atomic():
        consent = Consent.objects.select_for_update().filter(pk=consent_id).first()
        if consent is None:
            raise Http404
        person_for(actor=actor, person_id=consent.person_id, permission="consents.edit")
        if withdrawn_on < consent.given_on:
            raise FaultyActError.of("withdrawn_before", _("Дата отзыва раньше даты согласия."), "withdrawn_on")
        consent.withdrawn_on = withdrawn_on
        consent.save(update_fields=["withdrawn_on"])
        record(
            actor=actor,
            action="consents.withdrawn",
            object_type="people.person",
            object_id=consent.person_id,
            details={"consent": str(consent.pk), "kind": consent.kind},
        )
        announce(
            "consent.withdrawn",
            {"consent": consent.pk, "person": consent.person_id, "withdrawn_on": withdrawn_on},
        )
    return consent


def _paper_consent(person: Person, data: ConsentData) -> Consent:
    is_adult = is_adult_on(person.birth_date, data.given_on)
    return Consent(
        person=person,
        kind=data.kind,
        signer=Consent.Signer.SELF if is_adult else Consent.Signer.REPRESENTATIVE,
        given_on=data.given_on,
        valid_until=data.valid_until,
        created_at=timezone.now(),
    )


def _faults(data: ConsentData, person: Person | None) -> list[Fault]:
    faults = []
    if data.kind not in {row.code for row in consent_kinds_now()}:
        faults.append(Fault("no_such_kind", _("Выберите вид согласия из списка."), "kind"))
    if data.signer not in Consent.Signer.values:
        faults.append(Fault("no_signer", _("Отметьте, кто подписал."), "signer"))
    if person is not None and data.given_on < person.birth_date:
        faults.append(Fault("before_birth", _("Дата согласия раньше даты рождения."), "given_on"))
    elif data.given_on.year < FIRST_BIRTH_YEAR:
        faults.append(Fault("too_early", _("Проверьте год в дате согласия."), "given_on"))
    if data.valid_until is not None and data.valid_until < data.given_on:
        faults.append(Fault("ends_before", _("«Действует до» раньше даты согласия."), "valid_until"))
    return faults
