"""Proposals as a state machine: whatever is tried in whatever order, no illegal step is taken."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schools.matching.domain import proposals as states
from schools.matching.domain.proposals import Answer, IllegalStepError, Party, ProposalState, Standing

PARTIES = st.sampled_from(list(Party))


class Proposals(RuleBasedStateMachine):
    """Beside the machine stands what people did, told in the plainest way."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing()
        self.is_choosing = False
        self.is_new = True
        self.yes: set[Party] = set()
        self.end: ProposalState | None = None

    @precondition(lambda self: self.is_new)
    @rule()
    def offer(self) -> None:
        """Begin with a choice: no mentor is asked until the mentee has chosen."""
        self.standing, self.is_choosing = Standing(ProposalState.OFFERED), True
        self.is_new = False

    @rule()
    def choose(self) -> None:
        if self.attempt(states.chosen, self.end is None and self.is_choosing):
            self.is_choosing = False
            self.yes = {Party.MENTEE}

    @rule(is_past=st.booleans())
    def lapse(self, is_past: bool) -> None:
        step = lambda standing: states.lapsed(standing, is_past=is_past)  # noqa: E731
        if self.attempt(step, self.end is None and self.is_choosing and is_past):
            self.is_choosing = False

    def attempt(self, step, is_legal: bool) -> bool:
        self.is_new = False
        before = self.standing
        try:
            self.standing = step(before)
        except IllegalStepError:
            assert not is_legal
            assert self.standing == before
            return False
        assert is_legal
        return True

    @rule(party=PARTIES)
    def accept(self, party: Party) -> None:
        is_legal = self.end is None and not self.is_choosing and party not in self.yes
        if self.attempt(lambda standing: states.accepted(standing, party), is_legal):
            self.yes.add(party)
            if len(self.yes) == 2:
                self.end = ProposalState.AGREED

    @rule(party=PARTIES)
    def decline(self, party: Party) -> None:
        is_asked = not self.is_choosing or party is Party.MENTEE
        if self.attempt(lambda standing: states.declined(standing, party), self.end is None and is_asked):
            self.is_choosing = False
            self.end = ProposalState.DECLINED

    @rule(is_past=st.booleans())
    def expire(self, is_past: bool) -> None:
        step = lambda standing: states.expired(standing, is_past=is_past)  # noqa: E731
        if self.attempt(step, self.end is None and not self.is_choosing and is_past):
            self.end = ProposalState.EXPIRED

    @rule()
    def withdraw(self) -> None:
        if self.attempt(states.withdrawn, self.end is None):
            self.is_choosing = False
            self.end = ProposalState.WITHDRAWN

    @invariant()
    def is_what_people_did(self) -> None:
        live = ProposalState.OFFERED if self.is_choosing else ProposalState.OPEN
        assert self.standing.state == (self.end or live)
        assert self.standing.mentor is Answer.NONE or not self.is_choosing
        both = {self.standing.mentor, self.standing.mentee}
        assert (both == {Answer.YES}) == (self.standing.state is ProposalState.AGREED)
        assert (Answer.NO in both) == (self.standing.state is ProposalState.DECLINED)


TestProposals = Proposals.TestCase
TestProposals.settings = settings(max_examples=30, stateful_step_count=8, deadline=None)


def test_whoever_said_yes_may_think_again_while_the_other_has_not_answered():
    standing = states.accepted(Standing(), Party.MENTOR)
    with pytest.raises(IllegalStepError, match="answered"):
        states.accepted(standing, Party.MENTOR)
    assert states.declined(standing, Party.MENTOR) == Standing(ProposalState.DECLINED, Answer.NO, Answer.NONE)
