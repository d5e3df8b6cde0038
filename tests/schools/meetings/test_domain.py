"""The chain of meetings, their states as a machine, the term of a programme, the rows of a plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schools.meetings.domain import (
    BEGINNINGS,
    MeetingState,
    PlanKind,
    TermRemark,
    clean_rows,
    fits_day,
    joined_periods,
    may_become,
    next_states,
    proposed_kind,
    term_remark,
)

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("held", "ends_on", "kind"),
    [
        ([], None, "first"),
        ([], DAY, "first"),
        (["first"], None, "trial"),
        (["trial"], None, "planning"),
        (["first", "trial", "planning"], None, "regular"),
        (["regular"], None, "regular"),
        (["regular"], DAY + timedelta(days=14), "final"),
        (["regular"], DAY + timedelta(days=15), "regular"),
        (["planning"], DAY - timedelta(days=30), "final"),
        (["final"], DAY, "regular"),
    ],
)
def test_the_chain_proposes_the_next_kind(held: list[str], ends_on: date | None, kind: str):
    assert proposed_kind(held, DAY, ends_on) == kind


@pytest.mark.parametrize(
    ("periods", "joined"),
    [
        ([], []),
        ([(5, 9), (1, 4)], [(1, 9)]),
        ([(1, 4), (6, 9)], [(1, 4), (6, 9)]),
        ([(1, 9), (2, 3), (8, None), (20, 21)], [(1, None)]),
    ],
)
def test_the_same_days_are_said_in_few_periods(
    periods: list[tuple[int, int | None]], joined: list[tuple[int, int | None]]
):
    day = lambda number: None if number is None else DAY + timedelta(days=number)  # noqa: E731
    found = joined_periods((day(first), day(last)) for first, last in periods)
    assert found == [(day(first), day(last)) for first, last in joined]


class Life(RuleBasedStateMachine):
    """A meeting under every attempt to change it: only what the rules let through happens."""

    @initialize(state=st.sampled_from(sorted(BEGINNINGS)))
    def begin(self, state: MeetingState) -> None:
        self.state, self.past = state, [state]

    @rule(wanted=st.sampled_from(list(MeetingState)))
    def attempt(self, wanted: MeetingState) -> None:
        if may_become(self.state, wanted):
            self.state = wanted
            if wanted is not self.past[-1]:
                self.past.append(wanted)

    @invariant()
    def nothing_comes_back(self) -> None:
        assert len(set(self.past)) == len(self.past) <= 4
        assert MeetingState.CANCELLED not in self.past[:-1]
        assert MeetingState.PLANNED not in self.past[1:]
        assert (next_states(self.state) == ()) == (self.state is MeetingState.CANCELLED)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)


@given(st.sampled_from(list(MeetingState)), st.integers(-3, 3))
def test_nothing_takes_place_tomorrow(state: MeetingState, days: int):
    happened = state in (MeetingState.HELD, MeetingState.MISSED)
    assert fits_day(state, DAY + timedelta(days=days), DAY) == (not happened or days <= 0)


@pytest.mark.parametrize(
    ("first", "last", "remark"),
    [
        (date(2026, 9, 1), date(2026, 11, 29), TermRemark.SHORT),
        (date(2026, 9, 1), date(2026, 11, 30), None),
        (date(2026, 9, 1), date(2027, 8, 31), None),
        (date(2026, 9, 1), date(2027, 9, 1), TermRemark.LONG),
        (date(2026, 11, 30), date(2027, 2, 28), None),
        (None, date(2027, 9, 1), None),
        (date(2026, 9, 1), None, None),
    ],
)
def test_a_programme_usually_takes_three_to_twelve_months(first: date, last: date, remark: TermRemark | None):
    assert term_remark(PlanKind.PERSONALISED, first, last) is remark
    assert term_remark(PlanKind.INDIVIDUAL, first, last) is None


def test_rows_are_trimmed_sorted_by_section_and_never_empty():
    typed = [
        {"section": 1, "task": "  Проект \n «Сад» ", "term": "май"},
        {"section": 0, "task": " ", "mark": ""},
        {"section": 7, "task": "x" * 600},
    ]
    rows = clean_rows(typed, 2)
    assert [(row["section"], str(row["task"])[:8]) for row in rows] == [(0, "xxxxxxxx"), (1, "Проект «")]
    assert len(str(rows[0]["task"])) == 500
    assert set(rows[1]) == {"section", "task", "term", "planned", "actual", "mark"}
    assert len(clean_rows([{"task": "a"}] * 70, 2)) == 60
