"""P15: consent decides, at one place: every purpose × age × signer × date, against a table written by hand.

There are two things for it to decide so far: who counts as engaged (``schools.coverage``) and whom lists show as
lacking a consent (``schools.consents``). Mentor bank, publication and matching do not exist yet; they come into this
test when they do.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.db import connection

from schools.consents.domain import ConsentState
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds, has_consent, state_of
from schools.coverage.domain import bit_tests, people_statement
from schools.coverage.selectors import rule_of
from schools.pairs.models import Order, Pair
from schools.people.models import Enrolment, Person
from tenants.reference.selectors import consent_kinds_now, definitions_now
from tests.schools.makers import TODAY, make_person

DAY = timedelta(days=1)
NOW = "2026-09-01T08:00:00Z"
# (birth date, is an adult on 21 November 2026)
AGES = (
    (date(2008, 11, 21), True),  # 18 on this day
    (date(2008, 11, 22), False),  # tomorrow
    (date(2008, 2, 29), True),
    (date(2013, 5, 5), False),
    (date(1980, 1, 1), True),
)
SIGNERS = (("self", True), ("representative", False))  # who signs, of an adult
GIVEN = ((TODAY + DAY, False), (TODAY, True), (date(2026, 9, 1), True))
UNTIL = ((None, True), (TODAY - DAY, False), (TODAY, True))
WITHDRAWN = ((None, True), (TODAY, False), (TODAY + DAY, True))


def _cases() -> list[tuple[Person, Consent, bool]]:
    """A person, his one consent and whether it is in force, for every line of the product of the tables."""
    kinds = [kind.code for kind in consent_kinds_now(with_withdrawn=True)]
    assert len(kinds) >= 4
    found = []
    lines = product(kinds, AGES, SIGNERS, GIVEN, UNTIL, WITHDRAWN)
    for number, (kind, (born, adult), (signer, of_adult), (given, a), (until, b), (withdrawn, c)) in enumerate(lines):
        key = f"{number:032x}"
        person = Person(
            id=uuid4(), surname=f"П{number}", name="И", folded_name=f"п{number} и", birth_date=born, name_key=key,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        consent = Consent(
            person=person, kind=kind, signer=signer, given_on=given, valid_until=until, withdrawn_on=withdrawn,
            created_at=NOW,
        )  # fmt: skip
        found.append((person, consent, adult is of_adult and a and b and c))
    return found


def _stored(cases: list[tuple[Person, Consent, bool]]) -> None:
    """Everybody a pupil in a pair under an order: only consent is left to decide."""
    mentor = make_person("Наставница Анна", date(1970, 1, 1), ("teacher",))
    order = Order.objects.create(number="1", signed_on=date(2026, 9, 1), created_at=NOW)
    people = [person for person, _consent, _is in cases]
    Person.objects.bulk_create(people)
    Consent.objects.bulk_create([consent for _person, consent, _is in cases])
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
    in_force = {person.pk for person, _consent, is_in_force in cases if is_in_force}
    counted = {person.pk for person, consent, is_in_force in cases if is_in_force and consent.kind == "processing"}
    assert 0 < len(counted) < len(in_force) < len(cases)
    everybody = {person.pk for person, _consent, _is in cases}

    # Figures: of the base, exactly those with a processing consent in force are engaged.
    assert _engaged("pupils") & everybody == counted
    # Lists: by the deciding kinds, and by each kind.
    assert deciding_kinds() == {"processing"}
    shown = Person.objects.filter(pk__in=everybody)
    assert set(shown.filter(has_consent(TODAY, deciding_kinds())).values_list("pk", flat=True)) == counted
    for kind in {consent.kind for _person, consent, _is in cases}:
        of_kind = {person.pk for person, consent, is_in_force in cases if is_in_force and consent.kind == kind}
        assert set(shown.filter(has_consent(TODAY, [kind])).values_list("pk", flat=True)) == of_kind
    # The state on a card.
    assert {one.pk for one, consent, _is in cases if state_of(consent, TODAY, ()) == ConsentState.IN_FORCE} == in_force


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
