"""«Участие» that was taken back acts everywhere but in figures; one that was never given acts nowhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schools.consents.consequences import consequences_of_withdrawal
from schools.consents.domain import PARTICIPATION
from schools.consents.selectors import has_withdrawn_taking_part
from schools.consents.services import withdraw_consent
from schools.matching.leaving import end_taking_part_from_today
from schools.matching.question import question_of
from schools.matching.selectors import eligible_people, waiting_mentees
from schools.pairs.remarks import remarks_on_pair
from schools.pairs.selectors import drafts, pairs_visible_to, with_people, with_state, withdrawn_from
from schools.pairs.words import status_of
from schools.people.models import Person
from schools.questionnaires.selectors import withdrawn_among
from tenants.reference.selectors import definitions_now
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor, make_round

pytestmark = pytest.mark.usefixtures("inside", "today")

DAY = timedelta(days=1)


def taken_back(person: Any, on: date = TODAY, **fields: Any) -> Any:
    return make_consent(person, kind=PARTICIPATION, withdrawn_on=on, **fields)


def teacher(name: str = "Наставница Анна") -> Any:
    person = make_person(name, date(1980, 1, 1), ("teacher",))
    make_consent(person)
    return person


def test_only_a_withdrawn_one_of_a_minor_acts_and_only_until_another_is_given():
    cases = {
        "Молчун Ян": (date(2012, 5, 5), None, False),
        "Отозван Ян": (date(2012, 5, 5), TODAY, True),
        "Завтра Ян": (date(2012, 5, 5), TODAY + DAY, False),
        "Взрослый Ян": (date(2008, 11, 21), TODAY - DAY, False),
    }
    for name, (born, on, _acts) in cases.items():
        person = make_person(name, born)
        if on:
            taken_back(person, on, signer="representative")
    again = make_person("Снова Ян")
    taken_back(again, TODAY - DAY)
    make_consent(again, kind=PARTICIPATION, given_on=TODAY)
    found = Person.objects.filter(has_withdrawn_taking_part(TODAY))
    assert {person.full_name for person in found} == {name for name, (*_rest, acts) in cases.items() if acts}
    assert withdrawn_among(Person.objects.values_list("pk", flat=True)) == {person.pk for person in found}


def test_pairs_say_it_whether_they_act_or_wait_and_the_order_does():
    director, mentor = actor_with("director"), teacher()
    children = [make_person(f"Ученик Ян{n}") for n in range(2)]
    order = make_order()
    make_pair(mentor, children[0], order=order)
    make_pair(mentor, children[1])
    for child in children:
        make_consent(child)
        part = make_consent(child, kind=PARTICIPATION)
        told = consequences_of_withdrawal(actor=director, consent=part)
        words = "останется, с пометкой «отозвано согласие на участие»: решите, завершать ли её."
        assert f"Пара с {mentor.full_name} {words}" in told
        withdraw_consent(actor=director, consent_id=part.pk, withdrawn_on=TODAY)
    rows = {row.mentee_id: row for row in with_people(with_state(pairs_visible_to(director), TODAY))}
    acting, draft = (rows[child.pk] for child in children)
    assert (acting.state, draft.state) == ("acting", "awaits_consent")
    assert str(status_of(draft, TODAY).text) == "Ждёт согласия родителя"
    for row in (acting, draft):
        words = f"{row.mentee.full_name}: согласие на участие отозвано. Решите, завершать ли пару."
        assert words in remarks_on_pair(row, TODAY, form=None, definitions=definitions_now())
    assert withdrawn_from(with_state(drafts(director), TODAY)).get().pk == draft.pk


def test_no_run_takes_him_and_nobody_adds_him_or_waits_with_him():
    director, found = actor_with("director"), make_round()
    mentor, mentee = make_mentor(found, "Наставница Анна"), make_mentee(found, "Ученик Ян")
    assert question_of(found, TODAY).may_propose(mentee.pk, mentor.pk)
    taken_back(mentee.person)
    assert not question_of(found, TODAY).may_propose(mentee.pk, mentor.pk)
    closed = make_round(title="Весна", state="closed")
    waits = make_mentee(closed, "Второй Ян", waiting_since=TODAY)
    assert [row.pk for row in waiting_mentees(actor=director, day=TODAY)] == [waits.pk]
    taken_back(waits.person)
    assert not waiting_mentees(actor=director, day=TODAY).exists()
    asked = eligible_people(actor=director, found=make_round(title="Зима"), side="mentee")
    assert not asked.filter(pk__in=[mentee.person_id, waits.person_id]).exists()


def test_a_day_to_come_takes_him_out_when_it_is_there(monkeypatch: pytest.MonkeyPatch):
    found = make_round()
    mentee, other = make_mentee(found, "Ученик Ян"), make_mentee(found, "Второй Ян")
    part = make_consent(mentee.person, kind=PARTICIPATION)
    withdraw_consent(actor=actor_with("director"), consent_id=part.pk, withdrawn_on=TODAY + DAY)
    assert end_taking_part_from_today() == 0
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY + DAY)
    assert (end_taking_part_from_today(), end_taking_part_from_today()) == (1, 0)
    assert list(found.candidates.filter(out_at__isnull=True)) == [other]
