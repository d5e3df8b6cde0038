"""Writes about consents: recording what was signed on paper, mending a slip in the record, withdrawing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.consents import policies
from schools.consents.domain import IllegalStepError, corrected, restored, withdrawn
from schools.consents.models import Consent
from schools.consents.selectors import asked_of_q, has_consent, terms_of
from schools.consents.words import UNDO_REASONS
from schools.people.domain import FIRST_BIRTH_YEAR, is_adult_on
from schools.people.editions import Acts, in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError, refusing_second
from schools.people.models import Person
from schools.people.selectors import people_visible_to, person_for
from tenants.reference.selectors import consent_kinds_now

MOST_AT_ONCE = 500
CONSENT_ONCE = "consent_once"


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
        faults = faults_of(data, person)
        if not faults and (before := _recorded_before(person.pk, data)):
            faults.append(_recorded_already(before))
        if faults:
            raise FaultyActError(*faults)
        consent = new_consent(person, data)
        with refusing_second(CONSENT_ONCE, _recorded_already()):
            consent.save(force_insert=True)
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

    Adults signed for themselves, minors' representatives for them. Who has a consent of the kind in force, or one
    of this day without a number, is passed over: a second click adds nothing. So is whoever is 18, of a kind of
    minors alone.

    :raises FaultyActError: nobody is marked, too many, no such kind, dates the wrong way round.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    data = ConsentData(kind=kind, signer=Consent.Signer.SELF, given_on=given_on, valid_until=valid_until)
    faults = faults_of(data, None)
    if not people_ids:
        faults.append(Fault("nobody", _("Отметьте хотя бы одного человека."), "people"))
    elif len(people_ids) > MOST_AT_ONCE:
        faults.append(Fault("too_many", _("Не больше 500 человек за один раз."), "people"))
    if faults:
        raise FaultyActError(*faults)
    with transaction.atomic():
        today = timezone.localdate()
        reachable = people_visible_to(actor, "consents.edit").filter(asked_of_q(kind, today), pk__in=people_ids)
        people = list(reachable.order_by("pk").select_for_update(of=("self",)))
        served = set(
            Person.objects.filter(has_consent(today, [kind]), pk__in=[row.pk for row in people]).values_list(
                "pk", flat=True
            )
        )
        # A sheet of this day that is recorded and not in force stays as it was: withdrawn, it is not given again by it.
        served |= set(
            Consent.objects.filter(person__in=people, kind=kind, number="", given_on=given_on).values_list(
                "person", flat=True
            )
        )
        rows = [_paper_consent(person, data) for person in people if person.pk not in served]
        with refusing_second(CONSENT_ONCE, recorded_meanwhile("people")):
            added = len(Consent.objects.bulk_create(rows))
        record(
            actor=actor,
            action="consents.recorded_many",
            object_type="consents.consent",
            details={"kind": kind, "people": [str(row.person_id) for row in rows]},
        )
    return added


def consent_values(consent: Consent) -> dict[str, Any]:
    """Return what is typed of a consent; its purpose stays."""
    return {each.name: getattr(consent, each.name) for each in fields(ConsentData) if each.name != "kind"}


def correct_consent(*, actor: Actor, consent_id: UUID, data: ConsentData, seen: str | None = None) -> Consent:
    """Correct what was recorded of a consent: a slip in its number, date, term or signer. Its purpose stays.

    ``seen`` is the edition of :func:`consent_values` that was read: what somebody else has corrected since stays.

    :raises FaultyActError: as :func:`record_consent`, and when it was withdrawn: then it stays as it was; or when
        somebody else has corrected it since.
    :raises Http404: no such consent among the people on whom the actor carries ``consents.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    with transaction.atomic():
        consent = _held(actor, consent_id)
        data = replace(data, kind=consent.kind)
        faults = faults_of(data, consent.person, is_known_kind=True)
        if not faults and (before := _recorded_before(consent.person_id, data, but=consent.pk)):
            faults.append(_recorded_already(before))
        if faults:
            raise FaultyActError(*faults)
        _refuse_overtaken(consent, seen, data)
        with refusing_second(CONSENT_ONCE, _recorded_already()):
            changed = change(consent, data)
        record(
            actor=actor,
            action="consents.corrected",
            object_type="people.person",
            object_id=consent.person_id,
            details={"consent": str(consent.pk), "changed": changed},
        )
    return consent


def _refuse_overtaken(consent: Consent, seen: str | None, data: ConsentData) -> None:
    """Refuse to overwrite a consent that is held.

    :raises FaultyActError: somebody else has corrected it since what was seen.
    """
    values = consent_values(consent)
    words = {name: in_words(value) for name, value in values.items()}
    words["signer"] = str(consent.get_signer_display())
    acts = Acts("people.person", consent.person_id, ["consents.corrected"], {"consent": str(consent.pk)})
    refuse_overtaken(seen=seen, values=values, typed=_cleaned(data), words=words, acts=acts)


def withdraw_consent(*, actor: Actor, consent_id: UUID, withdrawn_on: date) -> Consent:
    """Withdraw a consent: from that day on it does not count. Withdrawing again corrects the day.

    :raises FaultyActError: the day is before the consent was given, or its owner took it back on his own page.
    :raises Http404: no such consent among the people on whom the actor carries ``consents.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    with transaction.atomic():
        consent = _held(actor, consent_id)
        _refuse_own(consent)
        store_withdrawal(actor, consent, withdrawn_on)
    return consent


def undo_withdrawal(*, actor: Actor, consent_id: UUID, reason: str) -> Consent:
    """Take a withdrawal back that was recorded by mistake: the consent stands as it did before.

    ``reason`` is a code of :data:`~schools.consents.words.UNDO_REASONS`. What the withdrawal has ended stays ended. A
    withdrawal by its owner himself is no slip: he gives his consent anew, on paper.

    :raises FaultyActError: it is not withdrawn, its owner took it back on his own page, or no such reason.
    :raises Http404: no such consent among the people on whom the actor carries ``consents.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_consents(actor))
    if reason not in UNDO_REASONS:
        raise FaultyActError.of("no_reason", _("Выберите причину."), "reason")
    with transaction.atomic():
        consent = _held(actor, consent_id)
        _refuse_own(consent)
        was = str(consent.withdrawn_on or "")
        try:
            consent.withdrawn_on = restored(terms_of(consent)).withdrawn_on
        except IllegalStepError as error:
            raise FaultyActError.of(error.code, _("Это согласие не отозвано.")) from error
        consent.save(update_fields=["withdrawn_on"])
        record(
            actor=actor,
            action="consents.withdrawal_undone",
            object_type="people.person",
            object_id=consent.person_id,
            details={"consent": str(consent.pk), "kind": consent.kind, "was": was, "reason": reason},
        )
        announce("consent.withdrawal_undone", {"consent": consent.pk, "person": consent.person_id})
    return consent


def _refuse_own(consent: Consent) -> None:
    """Refuse to touch a withdrawal that the person himself, or his parent, made.

    :raises FaultyActError: it is such a one.
    """
    if consent.withdrawn_on is not None and consent.is_withdrawn_own:
        sentence = _(
            "Это согласие отозвал сам человек или его родитель: отзыв не меняют. Дать согласие снова – на бумаге."
        )
        raise FaultyActError.of("withdrawn_own", sentence)


def store_withdrawal(actor: Actor, consent: Consent, withdrawn_on: date, *, is_own: bool = False) -> None:
    """Withdraw a consent that is held and granted: record it and tell whoever wants to know.

    ``is_own``: by its owner or his parent, on their own page.

    :raises FaultyActError: the day is before the consent was given.
    """
    try:
        consent.withdrawn_on = withdrawn(terms_of(consent), withdrawn_on).withdrawn_on
    except IllegalStepError as error:
        raise FaultyActError.of(error.code, _("Дата отзыва раньше даты согласия."), "withdrawn_on") from error
    consent.is_withdrawn_own = is_own
    consent.save(update_fields=["withdrawn_on", "is_withdrawn_own"])
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


def new_consent(person: Person, data: ConsentData) -> Consent:
    """Return a consent as typed, cleaned and not stored yet."""
    return Consent(person=person, kind=data.kind, created_at=timezone.now(), **_cleaned(data))


def change(consent: Consent, data: ConsentData) -> list[str]:
    """Store what is typed in place of what was recorded; return the names of the columns that changed.

    :raises FaultyActError: the consent was withdrawn.
    """
    typed = _cleaned(data)
    terms = {name: typed[name] for name in ("signer", "given_on", "valid_until")}
    try:
        corrected(terms_of(consent), **terms)
    except IllegalStepError as error:
        raise FaultyActError.of(error.code, _("Это согласие отозвано: запись о нём не меняют.")) from error
    changed = [name for name, value in typed.items() if getattr(consent, name) != value]
    for name in changed:
        setattr(consent, name, typed[name])
    if changed:
        consent.save(update_fields=changed)
    return changed


def _cleaned(data: ConsentData) -> dict[str, Any]:
    is_own = data.signer == Consent.Signer.SELF
    return {
        "signer": data.signer,
        "signer_kinship": "" if is_own else " ".join(data.signer_kinship.split())[:40],
        "number": clean_number(data.number),
        "given_on": data.given_on,
        "valid_until": data.valid_until,
    }


def clean_number(number: str) -> str:
    """Return the number of a consent as it is stored: without «№», in single spaces, at most 60 characters."""
    return " ".join(number.strip().removeprefix("№").split())[:60]


def _recorded_before(person_id: UUID, data: ConsentData, *, but: UUID | None = None) -> Consent | None:
    same = Consent.objects.filter(
        person=person_id, kind=data.kind, number=clean_number(data.number), given_on=data.given_on
    )
    return (same if but is None else same.exclude(pk=but)).first()


def recorded_meanwhile(field: str) -> Fault:
    """Return the refusal of many consents at once of which one has come from elsewhere in the same moment."""
    sentence = _("Одно из этих согласий только что записал кто-то другой. Откройте страницу заново и повторите.")
    return Fault("stale", sentence, field)


def _recorded_already(before: Consent | None = None) -> Fault:
    """Return the refusal of a paper that is recorded; of one that was withdrawn it says what can be done."""
    if before is None or before.withdrawn_on is None:
        return Fault("recorded_already", _("Такое согласие уже записано: тот же вид, номер и дата."), "number")
    words = _(
        "Эта бумага уже записана, и с %(day)s согласие по ней отозвано. Новую бумагу запишите с её датой; если отзыв "
        "записали по ошибке, нажмите «Отзыв записан по ошибке» на странице согласий этого человека."
    )
    return Fault("recorded_already", words % {"day": f"{before.withdrawn_on:%d.%m.%Y}"}, "number")


def _held(actor: Actor, consent_id: UUID) -> Consent:
    """Hold a consent of somebody on whom the actor carries ``consents.edit`` until the transaction ends.

    :raises Http404: there is none.
    """
    consent = Consent.objects.select_for_update().filter(pk=consent_id).first()
    if consent is None:
        raise Http404
    consent.person = person_for(actor=actor, person_id=consent.person_id, permission="consents.edit")
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


def faults_of(data: ConsentData, person: Person | None, *, is_known_kind: bool = False) -> list[Fault]:
    """Return what is wrong with what was typed; a consent recorded earlier keeps its kind, offered or not."""
    faults = []
    if not is_known_kind and data.kind not in {row.code for row in consent_kinds_now()}:
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
