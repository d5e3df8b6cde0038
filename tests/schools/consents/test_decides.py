"""P15: consent decides, at one place: every purpose × age × signer × date, against a table written by hand.

It decides who counts as engaged (``schools.coverage``), whom lists show as lacking one (``schools.consents``), whom a
run of matching may propose and whose proposal is taken back (``schools.matching``), and, taken back, whom nobody asks
anything (``schools.questionnaires``): there a child's taking part too. Mentor bank and publication do not exist yet;
they come into this test when they do.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.db import connection

from schools.consents.domain import ConsentState
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds, has_consent, state_of
from schools.coverage.domain import bit_tests, people_statement
from schools.coverage.selectors import rule_of
from schools.matching.models import Candidate, Proposal
from schools.matching.proposals import _without_consent_since
from schools.matching.question import question_of
from schools.pairs.models import Order, Pair
from schools.people.models import Enrolment, Person
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import counted as counted_responses
from schools.questionnaires.selectors import withdrawn_among
from tenants.reference.selectors import consent_kinds_now, definitions_now
from tests.schools.makers import TODAY, make_person
from tests.schools.matching.makers import make_mentor, make_round
from tests.schools.questionnaires.makers import make_round as make_survey

DAY = timedelta(days=1)
NOW = "2026-09-01T08:00:00Z"
ASKED = date(2026, 9, 1)
# (birth date, is an adult on 21 November 2026, was one when asked)
AGES = (
    (date(2008, 11, 21), True, False),  # 18 on this day
    (date(2008, 11, 22), False, False),  # tomorrow
    (date(2008, 2, 29), True, True),
    (date(2013, 5, 5), False, False),
    (date(1980, 1, 1), True, True),
)
SIGNERS = (("self", True), ("representative", False))  # who signs, of an adult
GIVEN = ((TODAY + DAY, False), (TODAY, True), (date(2026, 9, 1), True))
UNTIL = ((None, True), (TODAY - DAY, False), (TODAY, True))
WITHDRAWN = ((None, True), (TODAY, False), (TODAY + DAY, True))


Case = tuple[Person, Consent, bool, bool]


def _cases() -> list[Case]:
    """A person, his one consent, whether it is in force and whether it was when he was asked, for every line."""
    kinds = [kind.code for kind in consent_kinds_now(with_withdrawn=True)]
    assert len(kinds) >= 4
    found = []
    lines = product(kinds, AGES, SIGNERS, GIVEN, UNTIL, WITHDRAWN)
    for number, (kind, (born, adult, was), (signer, of_adult), (given, a), (until, b), (withdrawn, c)) in enumerate(
        lines
    ):
        key = f"{number:032x}"
        person = Person(
            id=uuid4(), surname=f"П{number}", name="И", folded_name=f"п{number} и", birth_date=born, name_key=key,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        consent = Consent(
            person=person, kind=kind, signer=signer, given_on=given, valid_until=until, withdrawn_on=withdrawn,
            created_at=NOW,
        )  # fmt: skip
        found.append((person, consent, adult is of_adult and a and b and c, was is of_adult and given == ASKED))
    return found


def _stored(cases: list[Case]) -> None:
    """Everybody a pupil in a pair under an order: only consent is left to decide."""
    mentor = make_person("Наставница Анна", date(1970, 1, 1), ("teacher",))
    order = Order.objects.create(number="1", signed_on=date(2026, 9, 1), created_at=NOW)
    people = [person for person, *_rest in cases]
    Person.objects.bulk_create(people)
    Consent.objects.bulk_create([consent for _person, consent, *_rest in cases])
    Enrolment.objects.bulk_create([Enrolment(person=one, kind="pupil", admitted_on=date(2026, 9, 1)) for one in people])
    begun = {"form_code": "teacher-pupil", "starts_on": date(2026, 9, 2), "created_at": NOW}
    Pair.objects.bulk_create([Pair(mentor=mentor, mentee=one, order=order, **begun) for one in people])


def _engaged(code: str) -> set[UUID]:
    rule = rule_of(next(row for row in definitions_now() if row.code == code))
    (test,) = bit_tests((rule,))
    with connection.cursor() as cursor:
        cursor.execute(people_statement((rule,), TODAY, (None,)))
        return {person for _, person, _, _, mask in cursor.fetchall() if test.is_engaged(mask)}


@pytest.mark.nightly
def test_consent_decides_alike_wherever_it_decides(inside):
    cases = _cases()
    _stored(cases)
    print(f"P15: {len(cases)} combinations of purpose, age, signer and dates")
    assert len(cases) >= 1000
    in_force = {person.pk for person, _consent, is_in_force, _was in cases if is_in_force}
    counted = {
        person.pk for person, consent, is_in_force, _was in cases if is_in_force and consent.kind == "processing"
    }
    assert 0 < len(counted) < len(in_force) < len(cases)
    everybody = {person.pk for person, *_rest in cases}

    # Figures: of the base, exactly those with a processing consent in force are engaged.
    assert _engaged("pupils") & everybody == counted
    # Lists: by the deciding kinds, and by each kind.
    assert deciding_kinds() == {"processing"}
    shown = Person.objects.filter(pk__in=everybody)
    assert set(shown.filter(has_consent(TODAY, deciding_kinds())).values_list("pk", flat=True)) == counted
    for kind in {consent.kind for _person, consent, *_rest in cases}:
        of_kind = {person.pk for person, consent, is_in_force, _was in cases if is_in_force and consent.kind == kind}
        assert set(shown.filter(has_consent(TODAY, [kind])).values_list("pk", flat=True)) == of_kind
    # The state on a card.
    assert {one.pk for one, consent, *_ in cases if state_of(consent, TODAY, ()) == ConsentState.IN_FORCE} == in_force
    _matching(cases, counted)
    _questionnaires(cases, everybody)


def _matching(cases: list[Case], counted: set[UUID]) -> None:
    """Of all who take part, a run proposes those; of all who were asked, who has lost a consent is asked no more."""
    found = make_round(form_code="any")
    mentor = make_mentor(found, "Согласная Анна")
    rows = {
        person.pk: Candidate(round=found, person=person, side="mentee", number=number)
        for number, (person, *_rest) in enumerate(cases)
    }
    Candidate.objects.bulk_create(rows.values())
    asked_at = datetime(2026, 9, 1, 12, tzinfo=UTC)
    Proposal.objects.bulk_create(
        Proposal(mentor=mentor, mentee=row, asked_at=asked_at, expires_on=TODAY) for row in rows.values()
    )
    question = question_of(found, TODAY)
    assert {person for person, row in rows.items() if question.may_propose(row.pk, mentor.pk)} == counted
    lost = {
        rows[person.pk].pk
        for person, consent, is_in_force, was_in_force in cases
        if consent.kind == "processing" and was_in_force and not is_in_force
    }
    assert lost
    Consent.objects.filter(person=mentor.person).update(given_on=ASKED)
    assert _without_consent_since(found, TODAY) == lost


def _questionnaires(cases: list[Case], everybody: set[UUID]) -> None:
    """Who took back his data's consent, or a child's to take part, is asked nothing; who never gave it, as before."""
    silent = {
        person.pk
        for person, consent, *_ in cases
        if consent.withdrawn_on == TODAY
        and (consent.kind == "processing" or (consent.kind == "participation" and person.birth_date > AGES[0][0]))
    }
    asked = make_survey()
    Response.objects.bulk_create(Response(round=asked, person_id=key) for key in everybody)
    heard = counted_responses(Response.objects.filter(round=asked)).values_list("person", flat=True)
    assert everybody - set(heard) == silent == withdrawn_among(everybody)
    assert 0 < len(silent) < len(everybody)


def test_a_withdrawal_counts_from_its_own_day(inside):
    person = make_person("Ушедший Ян", date(2013, 5, 5))
    order = Order.objects.create(number="1", signed_on=date(2026, 9, 1), created_at=NOW)
    mentor = make_person("Наставница Анна", date(1970, 1, 1), ("teacher",))
    Pair.objects.create(
        mentor=mentor, mentee=person, order=order, form_code="teacher-pupil", starts_on=date(2026, 9, 2), created_at=NOW
    )
    consent = Consent.objects.create(
        person=person, kind="processing", signer="representative", given_on=date(2026, 9, 1), created_at=NOW
    )
    assert person.pk in _engaged("pupils")
    Consent.objects.filter(pk=consent.pk).update(withdrawn_on=TODAY)
    assert person.pk not in _engaged("pupils")
