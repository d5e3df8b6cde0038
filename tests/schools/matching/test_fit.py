"""From what is known of two people to a fit with its reasons, or to the rules that keep them apart."""

from __future__ import annotations

import dataclasses

import pytest

from schools.matching.domain.facts import FormSides, MenteeFacts, MentorFacts
from schools.matching.domain.fit import ReasonCode, Weights, fit_of, score_table, score_tables
from schools.matching.domain.problem import FULL_FIT, Reason
from schools.matching.domain.rules import ORDER, HardRule, broken_rules, mark_of, rule_of
from schools.matching.domain.words_alike import alike_words

MENTEE = MenteeFacts(key="a", kinds=frozenset({"pupil"}))
MENTOR = MentorFacts(key="x", kinds=frozenset({"teacher"}))
FORM = FormSides(mentor_kinds=frozenset({"teacher"}), mentee_kinds=frozenset({"pupil"}))


def _with(side: MenteeFacts | MentorFacts, **changes: object):
    return dataclasses.replace(side, **changes)  # type: ignore[arg-type]


def test_weights_sum_up_to_a_full_fit():
    adding = dataclasses.asdict(Weights())
    taking = {"age_apart_a_year", "age_apart_most", "no_time", "format_apart"}
    assert sum(points for name, points in adding.items() if name not in taking) == FULL_FIT


def test_nothing_known_speaks_neither_way():
    assert fit_of(MENTEE, MENTOR) == fit_of(_with(MENTEE, slots=frozenset({"mon"}), age=9), MENTOR)
    assert fit_of(MENTEE, MENTOR).score == Weights().base
    assert fit_of(MENTEE, MENTOR).reasons == ()


def test_everything_fits():
    mentee = _with(
        MENTEE, age=13, request="Подтянуть химию", subjects=frozenset({"химия"}), interests=frozenset("абв"),
        slots=frozenset({"mon", "tue", "wed"}), format="in_person", choices=("x",),
    )  # fmt: skip
    mentor = _with(
        MENTOR, age_from=11, age_to=13, subjects=frozenset({"химия"}), interests=frozenset("абвг"),
        slots=frozenset({"mon", "tue", "wed", "thu"}), format="in_person", choices=("a",),
        competences="Подтянула многих",
    )  # fmt: skip
    assert fit_of(mentee, mentor).score == FULL_FIT
    assert fit_of(mentee, mentor).reasons[0] == Reason(ReasonCode.CHOSEN_BY_MENTEE, 200, (("rank", 1),))


@pytest.mark.parametrize(
    ("mentee", "mentor", "reason"),
    [
        ({"choices": ("y", "x")}, {}, Reason(ReasonCode.CHOSEN_BY_MENTEE, 150, (("rank", 2),))),
        ({}, {"choices": ("b", "c", "a")}, Reason(ReasonCode.CHOSEN_BY_MENTOR, 75, (("rank", 3),))),
        (
            {"request": "хочу выступать и не бояться"},
            {"competences": "Публичные выступления"},
            Reason(ReasonCode.REQUEST, 60, (("words", "выступать"),)),
        ),
        (
            {"subjects": frozenset({"физика", "химия"})},
            {"subjects": frozenset({"химия"})},
            Reason(ReasonCode.SUBJECTS, 60, (("subjects", "химия"),)),
        ),
        ({"age": 10}, {"age_from": 12, "age_to": 14}, Reason(ReasonCode.AGE_APART, -50, (("years", 2),))),
        ({"age": 19}, {"age_to": 11}, Reason(ReasonCode.AGE_APART, -100, (("years", 8),))),
        ({"age": 12}, {"age_from": 12}, Reason(ReasonCode.AGE, 50, (("age", 12),))),
        ({"slots": frozenset({"mon"})}, {"slots": frozenset({"tue"})}, Reason(ReasonCode.NO_TIME, -100)),
        (
            {"format": "remote"},
            {"format": "in_person"},
            Reason(ReasonCode.FORMAT_APART, -60, (("mentee", "remote"), ("mentor", "in_person"))),
        ),
    ],
)
def test_each_reason(mentee: dict[str, object], mentor: dict[str, object], reason: Reason):
    fit = fit_of(_with(MENTEE, **mentee), _with(MENTOR, **mentor))
    assert fit.reasons == (reason,)
    assert fit.score == Weights().base + reason.points


def test_words_are_alike_across_endings():
    for word, other in (("химия", "химию"), ("физика", "физике"), ("спорт", "спортом"), ("музыка", "музыкой")):
        assert alike_words(word).keys() == alike_words(other).keys()
    assert alike_words("Мне нужна помощь") == {}
    assert alike_words("Когда или если, но между ними только это").keys() == {"ним"}
    assert not alike_words("математика").keys() & alike_words("матросы").keys()


BREAKING = {
    HardRule.SAME_PERSON: ({"key": "x"}, {}),
    HardRule.OWN_CHILD: ({"parents": frozenset({"x"})}, {}),
    HardRule.MENTEE_KIND: ({"kinds": frozenset({"teacher"})}, {}),
    HardRule.MENTOR_KIND: ({}, {"kinds": frozenset({"pupil"})}),
    HardRule.MENTEE_NOT_WILLING: ({"is_willing": False}, {}),
    HardRule.MENTOR_NOT_WILLING: ({}, {"is_willing": False}),
    HardRule.VETO_OF_MENTEE: ({"vetoes": frozenset({"x"})}, {}),
    HardRule.VETO_OF_MENTOR: ({}, {"vetoes": frozenset({"a"})}),
    HardRule.NOT_CLEARED: ({}, {"is_cleared": False}),
    HardRule.MENTEE_NO_CONSENT: ({"has_consent": False}, {}),
    HardRule.MENTOR_NO_CONSENT: ({}, {"has_consent": False}),
    HardRule.NO_PLACES: ({}, {"places": 0}),
    HardRule.MENTEE_WITHDREW: ({"has_withdrawn": True}, {}),
    HardRule.MENTOR_WITHDREW: ({}, {"has_withdrawn": True}),
}


@pytest.mark.parametrize("rule", ORDER)
def test_each_hard_rule(rule: HardRule):
    """Each rule is told by ``broken_rules`` and marked in the table; the same two without it are proposed."""
    mentee, mentor = BREAKING.get(rule, ({}, {}))
    one, other = _with(MENTEE, **mentee), _with(MENTOR, **mentor)
    bans = {("a", "x")} if rule is HardRule.BANNED else set()
    assert broken_rules(one, other, FORM, bans) == (rule,)
    assert score_table([one], [other], FORM, bans=bans)[0, 0] == mark_of(rule)
    assert rule_of(mark_of(rule)) is rule
    assert broken_rules(MENTEE, MENTOR, FORM) == ()
    assert score_table([MENTEE], [MENTOR], FORM)[0, 0] == Weights().base


def test_the_first_rule_is_told_and_all_are_known():
    one = _with(MENTEE, has_consent=False, parents=frozenset({"x"}))
    assert broken_rules(one, MENTOR, FORM) == (HardRule.OWN_CHILD, HardRule.MENTEE_NO_CONSENT)
    assert rule_of(score_table([one], [MENTOR], FORM)[0, 0]) is HardRule.OWN_CHILD


def test_the_table_is_the_fit_of_every_two():
    mentees = [_with(MENTEE, key=f"e{at}", age=at + 8, choices=("o1",)) for at in range(5)]
    mentors = [_with(MENTOR, key=f"o{at}", age_from=at + 9, age_to=at + 10) for at in range(4)]
    told: list[tuple[int, int]] = []
    table = score_table(mentees, mentors, FORM, progress=lambda done, of: told.append((done, of)))
    for row, mentee in enumerate(mentees):
        assert [table[row, column] for column in range(4)] == [fit_of(mentee, mentor).score for mentor in mentors]
    assert told[-1] == (5, 5)


def test_each_side_has_a_view_of_its_own():
    """What one side has chosen weighs in the fit and in its own view, not in the other's."""
    tables = score_tables([_with(MENTEE, choices=("x",))], [_with(MENTOR, choices=("b", "a"))], FORM)
    base, of_mentee, of_mentor = Weights().base, 200, 112
    views = tables.fits[0, 0], tables.of_mentees[0, 0], tables.of_mentors[0, 0]
    assert views == (base + of_mentee + of_mentor, base + of_mentee, base + of_mentor)
