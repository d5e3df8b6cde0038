"""States of a response walked at random, and answers of every type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schools.questionnaires.domain import (
    Act,
    AnswerError,
    IllegalMoveError,
    ResponseState,
    checked_answer,
    checked_answers,
    from_paper,
    next_state,
    on_paper,
)
from tenants.reference.items import Item, ItemType, Option, items_from
from tenants.reference.shipped_questionnaires import QUESTIONNAIRES

OPTIONS = (Option("a", "А"), Option("b", "Б"), Option("c", "В"))
PEOPLE = ["p1", "p2", "p3", "p4"]


class Answering(RuleBasedStateMachine):
    """One response under every act, in an open and in a closed round."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.is_open, self.sent = ResponseState.ASKED, True, False

    @rule(act=st.sampled_from(Act))
    def act(self, act: Act) -> None:
        """Do something; what is refused changes nothing."""
        legal = self.is_open and (self.state is ResponseState.SUBMITTED) == (act is Act.REOPEN)
        if not legal:
            with pytest.raises(IllegalMoveError):
                next_state(self.state, act, is_open=self.is_open)
            return
        self.state = next_state(self.state, act, is_open=self.is_open)
        self.sent = self.sent or act is Act.SUBMIT

    @rule(is_open=st.booleans())
    def turn(self, is_open: bool) -> None:
        """Close or open the round."""
        self.is_open = is_open

    @invariant()
    def reopened_means_sent_before(self) -> None:
        """Only what was sent is sent back."""
        assert self.sent or self.state in (ResponseState.ASKED, ResponseState.DRAFT)


TestAnswering = Answering.TestCase


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("scale", [(1, 1), ("10", 10)], [0, 11, "семь", True, 1.5]),
        ("yes_no", [(True, True), ("no", False)], ["может быть", 1]),
        ("text", [(" слово ", "слово"), ("\x00", None)], [5, "я" * 4001]),
        ("choice", [("b", "b")], ["z", 3]),
        ("choices", [(["c", "a"], ["a", "c"])], [["z"], {"a": 1}]),
        ("people", [(["p2", "p1", "p2"], ["p2", "p1"])], [["p9"], ["p1", "p2", "p3", "p4"], [1]]),
    ],
)
def test_answers_in_their_stored_shape(kind, good, bad):
    item = Item("x", "?", ItemType(kind), options=OPTIONS, most=3)
    for typed, stored in good:
        assert checked_answer(item, typed, PEOPLE) == stored
    for typed in bad:
        with pytest.raises(AnswerError):
            checked_answer(item, typed, PEOPLE)
    assert checked_answer(item, "", PEOPLE) is None


@given(st.sampled_from(ItemType), st.data())
def test_what_stands_on_the_sheet_reads_back(kind, data):
    answers = {
        ItemType.SCALE: st.integers(1, 10),
        ItemType.YES_NO: st.booleans(),
        ItemType.TEXT: st.sampled_from(["слово", "12"]),
        ItemType.CHOICE: st.sampled_from("abc"),
        ItemType.CHOICES: st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(sorted),
        ItemType.PEOPLE: st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True),
    }
    item = Item("x", "?", kind, options=OPTIONS, most=3)
    answer = data.draw(answers[kind])
    assert checked_answer(item, from_paper(item, on_paper(item, answer, PEOPLE), PEOPLE), PEOPLE) == answer


@pytest.mark.parametrize(("code", "gap"), [("entry-mentee", "request"), ("entry-mentor", "competences")])
def test_no_to_taking_part_is_a_whole_answer_of_the_shipped_questionnaires(code, gap):
    items = items_from(next(row["items"] for row in QUESTIONNAIRES if row["code"] == code))
    assert checked_answers(items, {"takes_part": "no"}, (), is_final=True) == ({"takes_part": False}, {})
    # What was typed all the same must still fit.
    assert checked_answers(items, {"takes_part": "no", gap: ["z"]}, (), is_final=True)[1] == {gap: "option"}
    assert checked_answers(items, {"takes_part": "yes"}, (), is_final=True)[1] == {gap: "required"}
    assert checked_answers(items, {}, (), is_final=True)[1] == {"takes_part": "required", gap: "required"}
