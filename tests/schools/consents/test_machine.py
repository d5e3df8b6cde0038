"""The state machine of a consent: steps at random, and what must hold whatever they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schools.consents.domain import (
    ConsentState,
    IllegalStepError,
    Terms,
    Why,
    corrected,
    ending_of,
    ends_soon,
    restored,
    state_on,
    withdrawn,
)
from schools.people.domain import adult_from, is_adult_on

DAY = timedelta(days=1)
S = ConsentState
# What may come after a state when nothing but time goes by.
FOLLOWS = {
    S.NOT_YET: {S.NOT_YET, S.IN_FORCE, S.NEEDS_OWN, S.NEEDS_REPRESENTATIVE, S.WITHDRAWN},
    S.IN_FORCE: {S.IN_FORCE, S.EXPIRED, S.WITHDRAWN, S.NEEDS_OWN},
    S.NEEDS_REPRESENTATIVE: {S.NEEDS_REPRESENTATIVE, S.IN_FORCE, S.EXPIRED, S.WITHDRAWN},
    S.NEEDS_OWN: {S.NEEDS_OWN, S.EXPIRED, S.WITHDRAWN},
    S.EXPIRED: {S.EXPIRED, S.WITHDRAWN},
    S.WITHDRAWN: {S.WITHDRAWN},
}
NEAR = st.dates(date(2026, 1, 1), date(2027, 12, 31))
SIGNERS = st.sampled_from(["self", "representative"])
UNTIL = st.none() | NEAR


class ConsentMachine(RuleBasedStateMachine):
    """One consent of somebody who turns 18 within the days looked at, or before, or after."""

    @initialize(born=st.dates(date(2007, 1, 1), date(2010, 12, 31)), signer=SIGNERS, given=NEAR)
    def begin(self, born: date, signer: str, given: date) -> None:
        self.born = born
        self.terms = Terms(signer, given, None, None)
        self.day = given

    @rule(days=st.integers(1, 90))
    def time_goes_by(self, days: int) -> None:
        for _ in range(days):
            before = state_on(self.terms, self.born, self.day)
            self.day += DAY
            assert state_on(self.terms, self.born, self.day) in FOLLOWS[before]

    @rule(on=NEAR)
    def withdraw(self, on: date) -> None:
        if on < self.terms.given_on:
            with pytest.raises(IllegalStepError):
                withdrawn(self.terms, on)
            return
        self.terms = withdrawn(self.terms, on)
        assert state_on(self.terms, self.born, on) == S.WITHDRAWN
        assert state_on(self.terms, self.born, on + 999 * DAY) == S.WITHDRAWN

    @rule()
    def take_the_withdrawal_back(self) -> None:
        if self.terms.withdrawn_on is None:
            with pytest.raises(IllegalStepError):
                restored(self.terms)
            return
        self.terms = restored(self.terms)
        assert state_on(self.terms, self.born, self.day) != S.WITHDRAWN

    @rule(signer=SIGNERS, given=NEAR, until=UNTIL)
    def correct(self, signer: str, given: date, until: date | None) -> None:
        if self.terms.withdrawn_on is not None or (until is not None and until < given):
            with pytest.raises(IllegalStepError):
                corrected(self.terms, signer=signer, given_on=given, valid_until=until)
            return
        self.terms = corrected(self.terms, signer=signer, given_on=given, valid_until=until)

    @invariant()
    def the_end_is_the_end(self) -> None:
        if not hasattr(self, "terms"):
            return
        end = ending_of(self.terms, self.born)
        soon = ends_soon(self.terms, self.born, self.day)
        is_in_force = state_on(self.terms, self.born, self.day) == S.IN_FORCE
        assert soon is None or (is_in_force and soon == end)
        if end is None:
            assert self.terms.signer == "self"
            return
        assert state_on(self.terms, self.born, end.last_day + DAY) != S.IN_FORCE
        assert not is_in_force or self.day <= end.last_day
        if is_in_force:
            assert state_on(self.terms, self.born, end.last_day) == S.IN_FORCE
            assert (soon is None) == ((end.last_day - self.day).days >= 60)


TestConsentMachine = ConsentMachine.TestCase
TestConsentMachine.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)


@pytest.mark.parametrize(
    ("born", "first"),
    [
        (date(2008, 11, 22), date(2026, 11, 22)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2010, 3, 1), date(2028, 3, 1)),
    ],
)
def test_the_first_day_of_an_adult(born: date, first: date):
    assert adult_from(born) == first
    assert is_adult_on(born, first)
    assert not is_adult_on(born, first - DAY)


def test_turning_18_is_told_within_60_days():
    terms = Terms("representative", date(2026, 9, 1), None, None)
    end = ends_soon(terms, date(2008, 12, 5), date(2026, 11, 21))
    assert end is not None
    assert (end.last_day, end.why) == (date(2026, 12, 4), Why.TURNS_18)
    assert ends_soon(terms, date(2009, 1, 21), date(2026, 11, 21)) is None
    assert ends_soon(terms, date(2009, 1, 21), date(2026, 11, 21), within_days=61) is not None
