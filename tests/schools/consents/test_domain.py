"""The state of a consent: the pure rule and the database's are one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from schools.consents.domain import ConsentState, Terms, state_on
from tests.schools.makers import TODAY, make_consent, make_person

CHILD, ADULT = date(2012, 5, 5), date(1980, 5, 5)
GIVEN = date(2026, 9, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("terms", "born", "day", "state"),
    [
        (Terms("representative", GIVEN, None, None), CHILD, GIVEN, ConsentState.IN_FORCE),
        (Terms("representative", GIVEN, None, None), CHILD, GIVEN - DAY, ConsentState.NOT_YET),
        (Terms("representative", GIVEN, TODAY, None), CHILD, TODAY, ConsentState.IN_FORCE),
        (Terms("representative", GIVEN, TODAY, None), CHILD, TODAY + DAY, ConsentState.EXPIRED),
        (Terms("representative", GIVEN, None, TODAY), CHILD, TODAY - DAY, ConsentState.IN_FORCE),
        (Terms("representative", GIVEN, None, TODAY), CHILD, TODAY, ConsentState.WITHDRAWN),
        (Terms("self", GIVEN, None, None), CHILD, TODAY, ConsentState.NEEDS_REPRESENTATIVE),
        (Terms("self", GIVEN, None, None), ADULT, TODAY, ConsentState.IN_FORCE),
        (Terms("representative", GIVEN, None, None), ADULT, TODAY, ConsentState.NEEDS_OWN),
        (Terms("representative", GIVEN, None, None), date(2008, 11, 21), TODAY, ConsentState.NEEDS_OWN),
        (Terms("representative", GIVEN, None, None), date(2008, 11, 22), TODAY, ConsentState.IN_FORCE),
        (Terms("self", GIVEN, None, None), date(2008, 11, 21), TODAY, ConsentState.IN_FORCE),
        (Terms("representative", GIVEN, None, None, is_of_minors=True), ADULT, TODAY, ConsentState.OUTGROWN),
        (Terms("representative", GIVEN, None, None, is_of_minors=True), CHILD, TODAY, ConsentState.IN_FORCE),
        (Terms("representative", GIVEN, TODAY, None, is_of_minors=True), ADULT, TODAY + DAY, ConsentState.EXPIRED),
    ],
)
def test_state(terms: Terms, born: date, day: date, state: ConsentState):
    assert state_on(terms, born, day) == state


@pytest.mark.usefixtures("inside")
def test_the_database_says_the_same_on_every_day_that_matters():
    from schools.consents.models import Consent
    from schools.consents.selectors import in_force_q, state_of

    births = [CHILD, ADULT, date(2008, 2, 29), date(2008, 11, 21)]
    spans = [(None, None), (date(2027, 3, 1), None), (None, date(2026, 12, 1)), (date(2026, 10, 1), date(2026, 9, 20))]
    for number, born in enumerate(births):
        person = make_person(f"Проверка Номер{number}", born)
        for signer in ("self", "representative"):
            for index, (until, withdrawn) in enumerate(spans):
                make_consent(person, signer, number=f"{signer}{index}", valid_until=until, withdrawn_on=withdrawn)
    days = [GIVEN, date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29)]
    days += [
        anchor + step * DAY for anchor in (GIVEN, TODAY, date(2026, 12, 1), date(2027, 3, 1)) for step in (-1, 0, 1)
    ]
    checked = 0
    for day in days:
        by_database = set(Consent.objects.filter(in_force_q(day)).values_list("pk", flat=True))
        for consent in Consent.objects.select_related("person"):
            assert (state_of(consent, day, ()) == ConsentState.IN_FORCE) == (consent.pk in by_database), (consent, day)
            checked += 1
    assert checked == len(days) * (len(births) * 8 + 1)
