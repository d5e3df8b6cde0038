"""Recording and withdrawing consents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404

from core.audit.models import AuditRecord
from core.authz import RefusedError
from schools.consents import services, sheets
from schools.consents.models import Consent
from schools.consents.selectors import consents_visible_to
from schools.consents.services import (
    ConsentData,
    correct_consent,
    record_consent,
    record_paper_consents,
    withdraw_consent,
)
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with, audited, make_consent, make_person
from tests.support import world

pytestmark = pytest.mark.usefixtures("inside")

PAPER = ConsentData(
    kind="processing", signer="representative", given_on=date(2026, 9, 5), signer_kinship=" мать ", number=" 15  "
)


def test_a_consent_is_recorded():
    person = make_person()
    consent = record_consent(actor=actor_with("coordinator"), person_id=person.pk, data=PAPER)
    stored = Consent.objects.get(pk=consent.pk)
    assert (stored.kind, stored.signer, stored.signer_kinship) == ("processing", "representative", "мать")
    assert (stored.number, stored.given_on, stored.valid_until) == ("15", date(2026, 9, 5), None)
    assert audited() == [("consents.recorded", str(person.pk))]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"kind": "dragons"}, ("no_such_kind", "kind")),
        ({"signer": "dog"}, ("no_signer", "signer")),
        ({"given_on": date(2011, 1, 1)}, ("before_birth", "given_on")),
        ({"valid_until": date(2026, 9, 4)}, ("ends_before", "valid_until")),
    ],
)
def test_bad_consents_are_refused(change: dict, fault: tuple[str, str]):
    person = make_person()
    with pytest.raises(FaultyActError) as refusal:
        record_consent(actor=actor_with("director"), person_id=person.pk, data=replace(PAPER, **change))
    assert [(item.code, item.field) for item in refusal.value.faults] == [fault]
    assert not person.consents.exists()


def test_the_same_consent_twice_is_refused():
    person, actor = make_person(), actor_with("director")
    record_consent(actor=actor, person_id=person.pk, data=PAPER)
    with pytest.raises(FaultyActError) as refusal:
        record_consent(actor=actor, person_id=person.pk, data=PAPER)
    assert [item.code for item in refusal.value.faults] == ["recorded_already"]
    assert person.consents.count() == 1


def test_a_class_teacher_records_for_the_own_class_only():
    mine, other = make_person("Свой Ученик", room="9В"), make_person("Чужой Ученик", room="9Г")
    actor = actor_with("class_teacher", str(mine.enrolments.get().school_class_id))
    record_consent(actor=actor, person_id=mine.pk, data=PAPER)
    with pytest.raises(Http404):
        record_consent(actor=actor, person_id=other.pk, data=PAPER)
    assert (
        record_paper_consents(
            actor=actor, people_ids=[mine.pk, other.pk], kind="dissemination", given_on=date(2026, 9, 5)
        )
        == 1
    )
    assert set(consents_visible_to(actor).values_list("person", "kind")) == {
        (mine.pk, "processing"),
        (mine.pk, "dissemination"),
    }
    assert not other.consents.exists()


@pytest.mark.parametrize("role", ["curator", "psychologist", "parent", None])
def test_others_record_and_withdraw_nothing(role: str | None):
    actor = actor_with(role, "teacher-pupil")
    with pytest.raises(RefusedError):
        record_consent(actor=actor, person_id=world.MENTEE, data=PAPER)
    with pytest.raises(RefusedError):
        withdraw_consent(actor=actor, consent_id=world.CONSENT, withdrawn_on=date(2026, 10, 1))
    assert Consent.objects.get().withdrawn_on is None
    assert audited() == []


def test_a_pile_of_papers_is_recorded_once_and_signed_by_age():
    child, adult = make_person("Юный Ученик"), make_person("Взрослый Ученик", date(2008, 1, 1))
    served = make_person("Третий Ученик")
    make_consent(served)
    actor = actor_with("coordinator")
    everybody = [child.pk, adult.pk, served.pk]
    for added in (2, 0):
        count = record_paper_consents(actor=actor, people_ids=everybody, kind="processing", given_on=date(2026, 9, 5))
        assert count == added
    assert [row.signer for row in child.consents.all()] == ["representative"]
    assert [row.signer for row in adult.consents.all()] == ["self"]
    assert [action for action, _ in audited()] == ["consents.recorded_many"] * 2


def test_a_sheet_recorded_before_is_not_counted_as_recorded_now():
    actor, again = actor_with("coordinator"), make_person()
    make_consent(again, given_on=date(2026, 9, 5), withdrawn_on=date(2026, 10, 1))
    count = record_paper_consents(actor=actor, people_ids=[again.pk], kind="processing", given_on=date(2026, 9, 5))
    assert (count, again.consents.count()) == (0, 1)
    assert AuditRecord.objects.get().details["people"] == []


def test_a_pile_needs_people():
    with pytest.raises(FaultyActError) as refusal:
        record_paper_consents(actor=actor_with("director"), people_ids=[], kind="processing", given_on=date(2026, 9, 5))
    assert [(item.code, item.field) for item in refusal.value.faults] == [("nobody", "people")]


def test_a_consent_is_withdrawn():
    actor = actor_with("coordinator")
    withdraw_consent(actor=actor, consent_id=world.CONSENT, withdrawn_on=date(2026, 10, 1))
    assert Consent.objects.get(pk=world.CONSENT).withdrawn_on == date(2026, 10, 1)
    assert audited() == [("consents.withdrawn", str(world.MENTEE))]
    with pytest.raises(FaultyActError) as refusal:
        withdraw_consent(actor=actor, consent_id=world.CONSENT, withdrawn_on=date(2026, 9, 1))
    assert [item.code for item in refusal.value.faults] == ["withdrawn_before"]
    with pytest.raises(Http404):
        withdraw_consent(actor=actor, consent_id=uuid4(), withdrawn_on=date(2026, 10, 1))


def test_a_withdrawal_recorded_by_mistake_is_taken_back_and_the_owners_own_is_not():
    actor = actor_with("coordinator")
    undo = {"actor": actor, "consent_id": world.CONSENT, "reason": "another_person"}
    before = Consent.objects.get(pk=world.CONSENT)
    for wrong, code in (({}, "not_withdrawn"), ({"reason": "просто так"}, "no_reason")):
        with pytest.raises(FaultyActError, match=code):
            services.undo_withdrawal(**{**undo, **wrong})
    withdraw_consent(actor=actor, consent_id=world.CONSENT, withdrawn_on=date(2026, 10, 1))
    same = services.ConsentData(kind=before.kind, signer=before.signer, given_on=before.given_on, number=before.number)
    with pytest.raises(FaultyActError) as refusal:
        record_consent(actor=actor, person_id=before.person_id, data=same)
    assert "«Отзыв записан по ошибке»" in refusal.value.faults[0].sentence
    with pytest.raises(RefusedError):
        services.undo_withdrawal(**{**undo, "actor": actor_with("psychologist")})
    services.undo_withdrawal(**undo)
    assert Consent.objects.get(pk=world.CONSENT).withdrawn_on is None
    told = AuditRecord.objects.get(action="consents.withdrawal_undone")
    assert (told.details["was"], told.details["reason"]) == ("2026-10-01", "another_person")
    services.store_withdrawal(actor, before, date(2026, 10, 2), is_own=True)
    for act in (
        lambda: services.undo_withdrawal(**undo),
        lambda: withdraw_consent(actor=actor, consent_id=world.CONSENT, withdrawn_on=date(2027, 10, 1)),
    ):
        with pytest.raises(FaultyActError, match="withdrawn_own"):
            act()
    assert Consent.objects.get(pk=world.CONSENT).withdrawn_on == date(2026, 10, 2)


def _comes_meanwhile(monkeypatch: pytest.MonkeyPatch, module: ModuleType, twin: Callable[[], object]) -> None:
    """Let another store a row after it was looked for and before ours is stored, as two connections would."""
    look = module._recorded_before

    def looked(*args: Any, **kwargs: Any) -> bool:
        found: bool = look(*args, **kwargs)
        twin()
        return found

    monkeypatch.setattr(module, "_recorded_before", looked)


@pytest.mark.parametrize("act", ["record", "correct"])
def test_what_another_records_in_the_same_moment_is_said(act: str, monkeypatch: pytest.MonkeyPatch):
    person, actor = make_person(), actor_with("coordinator")
    own = make_consent(person, number="7")
    asked = replace(PAPER, number="8", given_on=own.given_on)
    _comes_meanwhile(monkeypatch, services, lambda: make_consent(person, number="8"))
    with pytest.raises(FaultyActError) as refusal:
        if act == "record":
            record_consent(actor=actor, person_id=person.pk, data=asked)
        else:
            correct_consent(actor=actor, consent_id=own.pk, data=asked)
    assert [(fault.code, fault.field) for fault in refusal.value.faults] == [("recorded_already", "number")]
    assert Consent.objects.get(pk=own.pk).number == "7"
    assert audited() == []


@pytest.mark.parametrize(("module", "made_by"), [(services, "_paper_consent"), (sheets, "_new")])
def test_many_at_once_are_all_refused_when_one_came_meanwhile(
    module: ModuleType, made_by: str, monkeypatch: pytest.MonkeyPatch
):
    person, other, actor = make_person(), make_person("Другова Анна"), actor_with("coordinator")
    make = getattr(module, made_by)

    def made(one: Any, *args: Any) -> Any:
        if one == person:
            make_consent(person, given_on=PAPER.given_on, number="")
        return make(one, *args)

    monkeypatch.setattr(module, made_by, made)
    with pytest.raises(FaultyActError, match="stale"):
        if module is sheets:
            paper = replace(PAPER, number="")
            rows = [sheets.SheetRow(person_id=row.pk, consent_id=None, data=paper) for row in (other, person)]
            sheets.save_sheet(actor=actor, kind=PAPER.kind, rows=rows)
        else:
            ids = [person.pk, other.pk]
            record_paper_consents(actor=actor, people_ids=ids, kind=PAPER.kind, given_on=PAPER.given_on)
    assert not other.consents.exists()
