"""How well two people fit, from 0 to 1000, and why: every point has a reason that can be said in words.

Fit is a sum. It begins with ``Weights.base`` (any mentor helps), and each thing that is *known of both* adds or takes
away; what is not known does neither. Weights of everything that adds sum up to 1000.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schools.matching.domain.facts import ANY_FORMAT, FormSides, MenteeFacts, MentorFacts
from schools.matching.domain.problem import FULL_FIT, Reason, Scores
from schools.matching.domain.rules import HardRule, mark_of, rules_between, rules_of_mentee, rules_of_mentor
from schools.matching.domain.words_alike import alike_words

Progress = Callable[[int, int], None]


class ReasonCode(StrEnum):
    """Why two fit or do not. In brackets: the parameters of the reason; lists are joined by commas, sorted."""

    CHOSEN_BY_MENTEE = "chosen_by_mentee"  # (rank: 1 is the most wanted)
    CHOSEN_BY_MENTOR = "chosen_by_mentor"  # (rank)
    REQUEST = "request"  # (words: of the request, which the mentor's competences or subjects answer)
    SUBJECTS = "subjects"  # (subjects: asked for and offered)
    INTERESTS = "interests"  # (interests: in common)
    AGE = "age"  # the mentee's age is the wished one (age)
    AGE_APART = "age_apart"  # (years: away from the wished age)
    TIME = "time"  # (slots: free times in common)
    NO_TIME = "no_time"  # both said when they are free, and there is no common time
    FORMAT = "format"  # (format)
    FORMAT_APART = "format_apart"  # (mentee, mentor: their formats)


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of each thing that adds (together 1000) and of each that takes away."""

    base: int = 200
    chosen_by_mentee: int = 200
    chosen_by_mentor: int = 150
    request: int = 120
    subjects: int = 120
    interests: int = 80
    age: int = 50
    time: int = 60
    format: int = 20
    age_apart_a_year: int = 25
    age_apart_most: int = 100
    no_time: int = 100
    format_apart: int = 60


@dataclass(frozen=True, slots=True)
class Fit:
    """A pair's fit and its reasons, what weighs most first."""

    score: int
    reasons: tuple[Reason, ...]


_SHARE_OF_RANK = (100, 75, 50, 25)  # percent; a wish further down counts as the last one
_ENOUGH_INTERESTS = 3
_SHARE_OF_SLOTS = (60, 80, 100)  # percent for one, two, three or more common times
_DEFAULT = Weights()


def fit_of(mentee: MenteeFacts, mentor: MentorFacts, weights: Weights = _DEFAULT) -> Fit:
    """Return how well two people fit and why; hard rules are not looked at here."""
    reasons = sorted(
        _reasons(_Side(mentee), _Side(mentor), weights), key=lambda reason: (-abs(reason.points), reason.code)
    )
    return Fit(_within(weights.base + sum(reason.points for reason in reasons)), tuple(reasons))


@dataclass(frozen=True, slots=True)
class Tables:
    """Fits of every two people, and the same as each side alone would like it: without what the other side has chosen.

    All three hold the mark of the first hard rule where a pair is forbidden.
    """

    fits: Scores
    of_mentees: Scores
    of_mentors: Scores


def score_table(
    mentees: Sequence[MenteeFacts],
    mentors: Sequence[MentorFacts],
    form: FormSides,
    *,
    bans: Collection[tuple[str, str]] = (),
    weights: Weights = _DEFAULT,
    progress: Progress = lambda done, of: None,
) -> Scores:
    """Return the fit of every two people, or the mark of the first hard rule that forbids them."""
    return score_tables(mentees, mentors, form, bans=bans, weights=weights, progress=progress).fits


def score_tables(
    mentees: Sequence[MenteeFacts],
    mentors: Sequence[MentorFacts],
    form: FormSides,
    *,
    bans: Collection[tuple[str, str]] = (),
    weights: Weights = _DEFAULT,
    progress: Progress = lambda done, of: None,
) -> Tables:
    """Return the fit of every two people and what each side would like; the stable mode needs all three.

    ``progress(done, of)`` is told after each mentee.
    """
    tables = Tables(*(Scores(len(mentees), len(mentors)) for _ in range(3)))
    banned = frozenset(bans)
    columns = [(mentor, _Side(mentor), rules_of_mentor(mentor, form)) for mentor in mentors]
    for row, mentee in enumerate(mentees):
        side, own = _Side(mentee), rules_of_mentee(mentee, form)
        for column, (mentor, other, theirs) in enumerate(columns):
            mark = _first(own, theirs, rules_between(mentee, mentor, banned))
            marks = _views(side, other, weights) if mark is None else (mark, mark, mark)
            tables.fits[row, column], tables.of_mentees[row, column], tables.of_mentors[row, column] = marks
        progress(row + 1, len(mentees))
    return tables


def _views(mentee: _Side, mentor: _Side, weights: Weights) -> tuple[int, int, int]:
    """Return the fit of two people, and what it is without the mentor's wish and without the mentee's."""
    points = weights.base
    wish_of_mentee = wish_of_mentor = 0
    for reason in _reasons(mentee, mentor, weights):
        points += reason.points
        if reason.code == ReasonCode.CHOSEN_BY_MENTEE:
            wish_of_mentee = reason.points
        elif reason.code == ReasonCode.CHOSEN_BY_MENTOR:
            wish_of_mentor = reason.points
    return _within(points), _within(points - wish_of_mentor), _within(points - wish_of_mentee)


def _first(*broken: tuple[HardRule, ...]) -> int | None:
    """Return the mark of the rule that is told first, None when none is broken."""
    return max((mark_of(rule) for rules in broken for rule in rules), default=None)


def _within(points: int) -> int:
    return min(FULL_FIT, max(0, points))


class _Side:
    """One person's facts with his words told alike, made once and not once a pair."""

    __slots__ = ("facts", "rank_of", "words")

    def __init__(self, facts: MenteeFacts | MentorFacts) -> None:
        self.facts = facts
        own = (
            facts.request if isinstance(facts, MenteeFacts) else " ".join((facts.competences, *sorted(facts.subjects)))
        )
        self.words = alike_words(own)
        self.rank_of = {key: at + 1 for at, key in reversed(list(enumerate(facts.choices)))}


def _reasons(mentee: _Side, mentor: _Side, weights: Weights) -> Iterator[Reason]:
    """Yield what adds and what takes away, each with its points."""
    if rank := mentee.rank_of.get(mentor.facts.key):
        yield _reason(ReasonCode.CHOSEN_BY_MENTEE, _of_rank(rank, weights.chosen_by_mentee), rank=rank)
    if rank := mentor.rank_of.get(mentee.facts.key):
        yield _reason(ReasonCode.CHOSEN_BY_MENTOR, _of_rank(rank, weights.chosen_by_mentor), rank=rank)
    if shared := mentee.words.keys() & mentor.words.keys():
        points = weights.request * min(len(shared), 2) // min(len(mentee.words), 2)
        yield _reason(ReasonCode.REQUEST, points, words=_listed(mentee.words[root] for root in shared))
    if common := mentee.facts.subjects & mentor.facts.subjects:
        points = weights.subjects * len(common) // len(mentee.facts.subjects)
        yield _reason(ReasonCode.SUBJECTS, points, subjects=_listed(common))
    if common := mentee.facts.interests & mentor.facts.interests:
        points = weights.interests * min(len(common), _ENOUGH_INTERESTS) // _ENOUGH_INTERESTS
        yield _reason(ReasonCode.INTERESTS, points, interests=_listed(common))
    yield from _of_age(mentee.facts, mentor.facts, weights)
    yield from _of_time(mentee.facts, mentor.facts, weights)


def _of_age(mentee: MenteeFacts | MentorFacts, mentor: MenteeFacts | MentorFacts, weights: Weights) -> Iterator[Reason]:
    if not isinstance(mentee, MenteeFacts) or not isinstance(mentor, MentorFacts) or mentee.age is None:
        return
    if mentor.age_from is None and mentor.age_to is None:
        return
    below = 0 if mentor.age_from is None else mentor.age_from - mentee.age
    above = 0 if mentor.age_to is None else mentee.age - mentor.age_to
    years = max(below, above, 0)
    if not years:
        yield _reason(ReasonCode.AGE, weights.age, age=mentee.age)
    else:
        points = -min(weights.age_apart_most, years * weights.age_apart_a_year)
        yield _reason(ReasonCode.AGE_APART, points, years=years)


def _of_time(
    mentee: MenteeFacts | MentorFacts, mentor: MenteeFacts | MentorFacts, weights: Weights
) -> Iterator[Reason]:
    if mentee.slots and mentor.slots:
        common = mentee.slots & mentor.slots
        if common:
            share = _SHARE_OF_SLOTS[min(len(common), len(_SHARE_OF_SLOTS)) - 1]
            yield _reason(ReasonCode.TIME, weights.time * share // 100, slots=_listed(common))
        else:
            yield _reason(ReasonCode.NO_TIME, -weights.no_time)
    if ANY_FORMAT not in (mentee.format, mentor.format):
        if mentee.format == mentor.format:
            yield _reason(ReasonCode.FORMAT, weights.format, format=mentee.format)
        else:
            yield _reason(ReasonCode.FORMAT_APART, -weights.format_apart, mentee=mentee.format, mentor=mentor.format)


def _of_rank(rank: int, points: int) -> int:
    return points * _SHARE_OF_RANK[min(rank, len(_SHARE_OF_RANK)) - 1] // 100


def _listed(words: Collection[str] | Iterator[str]) -> str:
    return ", ".join(sorted(words))


def _reason(code: ReasonCode, points: int, **parameters: str | int) -> Reason:
    return Reason(code, points, tuple(sorted(parameters.items())))
