"""Papers are recorded, mended and terminated with their history; the school decides what their lack means."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404

from core.audit.models import AuditRecord
from core.authz import RefusedError
from core.ui.formrendering import error_links
from schools.clearances import services
from schools.clearances.domain import Rule, State
from schools.clearances.forms import RulesForm
from schools.clearances.joining import join_clearances
from schools.clearances.models import Clearance, ClearanceRules
from schools.clearances.selectors import checklist_of, clearance_for, people_with_clearances, rules_now
from schools.clearances.services import PaperData
from schools.people.errors import FaultyActError
from schools.people.wordings import former_in_words
from tenants.reference.clearances import clearance_kinds_now
from tests.schools.clearances.makers import RECORD, decide, make_guest, make_paper
from tests.schools.makers import TODAY, actor_with, audited, make_person

pytestmark = pytest.mark.usefixtures("inside")
DAY = timedelta(days=1)
PAPER = PaperData(issued_on=date(2026, 9, 2), number="№  17 ", issuer=" МВД ", valid_until=date(2027, 9, 1))


def states(person: Any) -> dict[str, State]:
    return {line.kind.code: line.standing.state for line in checklist_of(person, TODAY).lines}


def test_what_is_asked_of_whom():
    asked = {"agreement": "warn", RECORD: "warn", "enterprise-letter": "warn"}
    known = {cell.split(".")[0]: rule.value for cell, rule in rules_now().items()}
    assert (known, len(rules_now())) == ({**asked, "medical-book": "off"}, 5 + 5 + 2 + 5)
    assert set(states(make_guest())) == set(asked)
    assert set(states(make_guest("Отцов Олег", ("parent",)))) == {"agreement", RECORD}
    for kinds in (("pupil",), ("teacher", "parent"), ("staff", "alumnus")):
        assert states(make_person("Здешний Ян", date(1990, 1, 1), kinds)) == {}
    left = make_person("Ушедшая Инна", date(1960, 1, 1), ("teacher", "other"), left=date(2026, 10, 1))
    assert set(states(left)) == {"agreement", RECORD}
    assert states(make_person("Ушедшая Анна", date(1960, 1, 1), ("teacher",), left=date(2026, 10, 1))) == {}


def test_a_paper_is_recorded_once_and_audited():
    guest, curator = make_guest(), actor_with("curator", "employer-pupil")
    row = services.record_clearance(actor=curator, person_id=guest.pk, kind=RECORD, data=PAPER)
    assert (row.number, row.issuer, row.recorded_by) == ("17", "МВД", curator.pk)
    assert states(guest)[RECORD] == State.VALID
    assert audited()[-1] == ("clearances.recorded", str(guest.pk))
    with pytest.raises(FaultyActError, match="recorded_already"):
        services.record_clearance(actor=curator, person_id=guest.pk, kind=RECORD, data=PAPER)
    assert Clearance.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("nonsense", PAPER, "not_asked"),
        ("enterprise-letter", PAPER, "not_asked"),
        (RECORD, PaperData(issued_on=TODAY, valid_until=TODAY - DAY), "ends_before"),
        (RECORD, PaperData(issued_on=date(1026, 9, 2)), "too_early"),
    ],
)
def test_what_cannot_be_is_refused(kind: str, data: PaperData, code: str):
    father = make_guest(kinds=("parent",))
    with pytest.raises(FaultyActError, match=code):
        services.record_clearance(actor=actor_with("director"), person_id=father.pk, kind=kind, data=data)
    assert not Clearance.objects.exists()


def test_a_slip_is_mended_and_the_former_wording_kept():
    director, row = actor_with("director"), make_paper(make_guest(), number="71")
    services.correct_clearance(actor=director, clearance_id=row.pk, data=PAPER)
    row.refresh_from_db()
    assert (row.number, row.valid_until) == ("17", date(2027, 9, 1))
    assert [told["was"] for told in row.history] == [{"number": "71", "issuer": "", "valid_until": ""}]
    assert row.history[0]["by"] == str(director.pk)
    before = AuditRecord.objects.count()
    services.correct_clearance(actor=director, clearance_id=row.pk, data=PAPER)
    assert (AuditRecord.objects.count(), len(row.history)) == (before, 1)


def test_a_terminated_paper_is_in_force_no_more_and_stays_as_it_was():
    director, row = actor_with("director"), make_paper(make_guest())
    with pytest.raises(FaultyActError, match="no_reason"):
        services.withdraw_clearance(actor=director, clearance_id=row.pk, withdrawn_on=TODAY, reason=" ")
    with pytest.raises(FaultyActError, match="withdrawn_before"):
        services.withdraw_clearance(actor=director, clearance_id=row.pk, withdrawn_on=date(2026, 9, 1), reason="да")
    services.withdraw_clearance(actor=director, clearance_id=row.pk, withdrawn_on=TODAY, reason="расторгнут")
    assert states(row.person)[RECORD] == State.WITHDRAWN
    assert audited()[-1] == ("clearances.withdrawn", str(row.person_id))
    with pytest.raises(FaultyActError, match="withdrawn"):
        services.correct_clearance(actor=director, clearance_id=row.pk, data=PAPER)
    services.withdraw_clearance(actor=director, clearance_id=row.pk, withdrawn_on=TODAY + DAY, reason="расторгнут")
    assert states(row.person)[RECORD] == State.ENDS_IN_7
    assert len(Clearance.objects.get().history) == 2


def test_former_wordings_are_dated_by_the_clock_of_the_region():
    late = {"at": "2026-11-20T21:30:00+00:00", "by": "", "was": {"number": "71"}}
    assert former_in_words(Clearance, late, {}).startswith("21.11.2026, программа. Было: номер: 71")


def test_who_may_reach_whose_papers():
    guest, father = make_guest(), make_guest("Отцов Олег", ("parent",))
    row = make_paper(guest)
    reached = {
        role: set(people_with_clearances(actor_with(*role)).values_list("pk", flat=True))
        for role in (("coordinator",), ("curator", "employer-pupil"), ("curator", "teacher-pupil"), ("mentor",))
    }
    assert {guest.pk, father.pk} <= reached["coordinator",]
    assert reached["curator", "employer-pupil"] & {guest.pk, father.pk} == {guest.pk}
    assert not reached["curator", "teacher-pupil"] & {guest.pk, father.pk}
    assert reached["mentor",] == set()
    with pytest.raises(Http404):
        clearance_for(actor=actor_with("curator", "teacher-pupil"), clearance_id=row.pk)
    for role in ("mentor", "psychologist", "class_teacher"):
        with pytest.raises(RefusedError):
            services.record_clearance(actor=actor_with(role), person_id=guest.pk, kind=RECORD, data=PAPER)


def test_the_school_decides_and_what_it_leaves_follows_the_region():
    director = actor_with("director")
    services.decide_rules(actor=director, rules={RECORD: "block", "agreement": "warn"})
    assert of_record() == {Rule.BLOCK}
    kinds = ("parent", "alumnus", "student", "enterprise", "other")
    assert ClearanceRules.objects.get().rules == {f"{RECORD}.{kind}": "block" for kind in kinds}
    assert audited()[-1][0] == "clearances.rules_decided"
    assert checklist_of(make_guest(), TODAY).blocking
    for rules in ({"nonsense": "warn"}, {RECORD: "nonsense"}, {"enterprise-letter.parent": "warn"}):
        with pytest.raises(FaultyActError, match="no_such_rule"):
            services.decide_rules(actor=director, rules=rules)
    with pytest.raises(RefusedError):
        services.decide_rules(actor=actor_with("curator", "employer-pupil"), rules={RECORD: "off"})
    assert of_record() == {Rule.BLOCK}


def of_record() -> set[Rule]:
    return {rule for cell, rule in rules_now().items() if cell.startswith(f"{RECORD}.")}


def test_a_paper_is_decided_for_each_kind_of_person_and_the_strictest_of_several_holds():
    director = actor_with("director")
    # As it was stored when it was decided for everybody.
    ClearanceRules.objects.create(rules={RECORD: "block"})
    rules = {f"{RECORD}.parent": "off", f"{RECORD}.alumnus": "warn", f"{RECORD}.student": "block"}
    services.decide_rules(actor=director, rules=rules)
    # What was said of everybody before goes on for those who are not named, and is not said again.
    assert ClearanceRules.objects.get().rules == {
        RECORD: "block", f"{RECORD}.parent": "off", f"{RECORD}.alumnus": "warn",
    }  # fmt: skip
    found = {
        kinds: {line.kind.code: line.rule for line in checklist_of(make_guest(f"Гостев Ян{place}", kinds), TODAY).lines}
        for place, kinds in enumerate(
            (("parent",), ("alumnus",), ("student",), ("parent", "alumnus"), ("parent", "other"))
        )
    }
    assert [rules.get(RECORD) for rules in found.values()] == [None, Rule.WARN, Rule.BLOCK, Rule.WARN, Rule.BLOCK]
    # Of everybody but those who are named besides.
    services.decide_rules(actor=director, rules={f"{RECORD}.other": "off", RECORD: "warn"})
    assert rules_now()[f"{RECORD}.other"] is Rule.OFF
    assert of_record() == {Rule.WARN, Rule.OFF}


def test_two_cards_become_one_with_the_stricter_days():
    decide(no_criminal_record="warn")
    kept, gone = make_guest(), make_guest("Заводской Глеб")
    make_paper(kept, number="17", valid_until=date(2027, 9, 1))
    make_paper(gone, number="17", withdrawn_on=date(2026, 10, 1), withdrawn_why="расторгнут", issuer="МВД")
    other = make_paper(gone, "agreement")
    join_clearances(kept.pk, gone.pk)
    (row,) = Clearance.objects.filter(person=kept, kind=RECORD)
    assert (row.valid_until, row.withdrawn_on) == (date(2027, 9, 1), date(2026, 10, 1))
    assert (row.issuer, row.withdrawn_why) == ("МВД", "расторгнут")
    assert Clearance.objects.get(pk=other.pk).person_id == kept.pk


@pytest.mark.parametrize("act", ["record", "correct"])
def test_what_another_records_in_the_same_moment_is_said(act: str, monkeypatch: pytest.MonkeyPatch):
    guest, curator = make_guest(), actor_with("curator", "employer-pupil")
    own = make_paper(guest, number="7")
    look = services._recorded_before

    def looked(*args: Any, **kwargs: Any) -> bool:
        found = look(*args, **kwargs)
        # As on another connection: after the look and before what follows from it.
        make_paper(guest, number="17")
        return found

    monkeypatch.setattr(services, "_recorded_before", looked)
    with pytest.raises(FaultyActError, match="recorded_already"):
        if act == "record":
            services.record_clearance(actor=curator, person_id=guest.pk, kind=RECORD, data=PAPER)
        else:
            services.correct_clearance(actor=curator, clearance_id=own.pk, data=PAPER)
    assert Clearance.objects.get(pk=own.pk).number == "7"
    assert audited() == []


def test_a_fault_of_the_rules_names_the_paper(inside: None):
    kinds, standing = clearance_kinds_now(), rules_now()
    form = RulesForm(dict.fromkeys(standing, "нет такого"), kinds=kinds, rules=standing)
    labels = [link.label for link in error_links(form) if link.label]
    assert len(set(labels)) == len(labels) == len(standing)
    assert all(any(label.startswith(f"{kind.title}, ") for kind in kinds) for label in labels)
