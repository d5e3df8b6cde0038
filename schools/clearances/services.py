"""Writes about papers of mentors from outside: recording, mending a slip, terminating; the school's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.clearances import policies
from schools.clearances.domain import IllegalStepError, Rule, corrected, withdrawn
from schools.clearances.models import Clearance, ClearanceRules
from schools.clearances.selectors import clearance_for, kinds_asked_of, person_with_clearances, rules_now, terms_of
from schools.clearances.words import RULE_WORDS
from schools.people.domain import FIRST_BIRTH_YEAR
from schools.people.editions import Acts, in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError, refusing_second
from schools.people.wordings import store_keeping_former

_CLEARANCE_ONCE: Final = "clearance_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperData:
    """What stands on a paper; ``valid_until`` is its last day, None without an end."""

    issued_on: date
    number: str = ""
    issuer: str = ""
    valid_until: date | None = None


def record_clearance(*, actor: Actor, person_id: UUID, kind: str, data: PaperData) -> Clearance:
    """Record a paper that lies in the school.

    :raises FaultyActError: a kind that is not asked of such people, days the wrong way round, or the same paper again.
    :raises Http404: no such person among those on whose papers the actor carries ``clearances.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_clearances(actor))
    data = _cleaned(data)
    with transaction.atomic():
        person = person_with_clearances(actor=actor, person_id=person_id, permission="clearances.edit", lock=True)
        faults = _faults_of(data)
        if kind not in {row.code for row in kinds_asked_of(person)}:
            faults.append(Fault("not_asked", _("Этот документ с такого человека не спрашивают."), "kind"))
        elif _recorded_before(person.pk, kind, data):
            faults.append(_recorded_already())
        if faults:
            raise FaultyActError(*faults)
        with refusing_second(_CLEARANCE_ONCE, _recorded_already()):
            row = Clearance.objects.create(
                person=person, kind=kind, recorded_by=actor.pk, recorded_at=timezone.now(), **asdict(data)
            )
        _record(actor, "clearances.recorded", row)
    return row


def paper_values(row: Clearance) -> dict[str, Any]:
    """Return what is typed of a paper."""
    return {each.name: getattr(row, each.name) for each in fields(PaperData)}


def correct_clearance(*, actor: Actor, clearance_id: UUID, data: PaperData, seen: str | None = None) -> Clearance:
    """Mend a slip in what was recorded of a paper; the former wording is kept. Person and kind stay.

    ``seen`` is the edition of :func:`paper_values` that was read: what somebody else has mended since stays.

    :raises FaultyActError: as :func:`record_clearance`, and when it was terminated: then it stays as it was; or when
        somebody else has mended it since.
    :raises Http404: no such paper among those on which the actor carries ``clearances.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_clearances(actor))
    data = _cleaned(data)
    with transaction.atomic():
        row = clearance_for(actor=actor, clearance_id=clearance_id, permission="clearances.edit", lock=True)
        faults = _faults_of(data)
        if not faults and _recorded_before(row.person_id, row.kind, data, but=row.pk):
            faults.append(_recorded_already())
        if faults:
            raise FaultyActError(*faults)
        try:
            corrected(terms_of(row), issued_on=data.issued_on, valid_until=data.valid_until)
        except IllegalStepError as error:
            raise FaultyActError.of(error.code, _("Документ прекращён: запись о нём не меняют.")) from error
        values = paper_values(row)
        words = {name: in_words(value) for name, value in values.items()}
        acts = Acts("people.person", row.person_id, ["clearances.corrected"], {"clearance": str(row.pk)})
        refuse_overtaken(seen=seen, values=values, typed=asdict(data), words=words, acts=acts)
        with refusing_second(_CLEARANCE_ONCE, _recorded_already()):
            changed = store_keeping_former(row, asdict(data), by=actor.pk)
        if changed:
            _record(actor, "clearances.corrected", row, changed=changed)
    return row


def withdraw_clearance(*, actor: Actor, clearance_id: UUID, withdrawn_on: date, reason: str) -> Clearance:
    """Say that a paper is not in force from a day on: terminated, replaced, recorded by mistake. Again: correct it.

    :raises FaultyActError: the day is before the paper's own, or no reason.
    :raises Http404: no such paper among those on which the actor carries ``clearances.edit``.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_edit_clearances(actor))
    reason = " ".join(reason.split())[:200]
    with transaction.atomic():
        row = clearance_for(actor=actor, clearance_id=clearance_id, permission="clearances.edit", lock=True)
        if not reason:
            raise FaultyActError.of("no_reason", _("Напишите, почему документ больше не действует."), "reason")
        try:
            withdrawn(terms_of(row), withdrawn_on)
        except IllegalStepError as error:
            raise FaultyActError.of(error.code, _("Этот день раньше даты документа."), "withdrawn_on") from error
        ended = {"withdrawn_on": withdrawn_on, "withdrawn_why": reason}
        if store_keeping_former(row, ended, by=actor.pk):
            _record(actor, "clearances.withdrawn", row, withdrawn_on=str(withdrawn_on))
    return row


def decide_rules(*, actor: Actor, rules: Mapping[str, str], seen: str | None = None) -> dict[str, Rule]:
    """Say for the school what the lack of each paper means; what is not named stays as it is.

    ``rules`` are by cell (:func:`schools.clearances.selectors.cell_of`), or by the code of a paper for everybody of
    whom it is asked. ``seen`` is the edition of the rules that was read: what somebody else has decided since stays.

    :raises FaultyActError: a paper that the region does not offer or does not ask of such people, no such rule, or
        somebody else has decided since.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_decide_rules(actor))
    with transaction.atomic():
        stored, _is_new = ClearanceRules.objects.get_or_create(only=True)
        stored = ClearanceRules.objects.select_for_update().get(pk=stored.pk)
        before = rules_now()
        faults = [
            Fault("no_such_rule", _("Выберите, что делать, если документа нет."), code if code in before else "")
            for code, rule in rules.items()
            if not _cells_of(code, before) or rule not in set(Rule)
        ]
        if faults:
            raise FaultyActError(*faults)
        words = {cell: str(RULE_WORDS[rule]) for cell, rule in before.items()}
        # A cell that is named says more than its paper.
        named = sorted(rules.items(), key=lambda each: each[0] in before)
        typed = {cell: rule for code, rule in named for cell in _cells_of(code, before)}
        refuse_overtaken(seen=seen, values=before, typed={**before, **typed}, words=words)
        changed = {cell: rule for cell, rule in typed.items() if before[cell] != rule}
        # What is left as the region has it goes on following the region.
        stored.rules = {**stored.rules, **changed}
        stored.save(update_fields=["rules"])
        if changed:
            record(actor=actor, action="clearances.rules_decided", details={"rules": changed})
    return rules_now()


def _cells_of(code: str, known: Mapping[str, Rule]) -> list[str]:
    """Return the cells that a cell, or a paper without a kind of person, stands for; none that is not known."""
    return [code] if code in known else [cell for cell in known if cell.split(".")[0] == code]


def _recorded_already() -> Fault:
    return Fault("recorded_already", _("Такой документ уже записан: тот же вид, номер и дата."), "number")


def _cleaned(data: PaperData) -> PaperData:
    number = " ".join(data.number.strip().removeprefix("№").split())[:60]
    return replace(data, number=number, issuer=" ".join(data.issuer.split())[:200])


def _faults_of(data: PaperData) -> list[Fault]:
    faults = []
    if data.issued_on.year < FIRST_BIRTH_YEAR:
        faults.append(Fault("too_early", _("Проверьте год в дате документа."), "issued_on"))
    if data.valid_until is not None and data.valid_until < data.issued_on:
        faults.append(Fault("ends_before", _("«Действует до» раньше даты документа."), "valid_until"))
    return faults


def _recorded_before(person_id: UUID, kind: str, data: PaperData, *, but: UUID | None = None) -> bool:
    same = Clearance.objects.filter(person=person_id, kind=kind, number=data.number, issued_on=data.issued_on)
    return (same if but is None else same.exclude(pk=but)).exists()


def _record(actor: Actor, action: str, row: Clearance, **details: Any) -> None:
    record(
        actor=actor,
        action=action,
        object_type="people.person",
        object_id=row.person_id,
        details={"clearance": str(row.pk), "kind": row.kind, **details},
    )
