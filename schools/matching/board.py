"""The review board as it is shown: pairs with their reasons, everybody left with the why, what a change costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.clearances.words import sentences
from schools.matching.discretion import (
    NOBODY,
    Discretion,
    discretion_for,
    hidden_reasons_in_words,
    without_answers,
)
from schools.matching.domain.exchange import why_not_each
from schools.matching.domain.facts import MenteeFacts, MentorFacts
from schools.matching.domain.fit import ReasonCode, fit_of
from schools.matching.domain.problem import FULL_FIT, Problem
from schools.matching.domain.result import Result
from schools.matching.domain.rules import SOFT_BY_HAND, HardRule, broken_rules
from schools.matching.models import Candidate, Round, Run
from schools.matching.question import Question, question_of
from schools.matching.reasons import (
    out_of_100,
    reason_in_words,
    reasons_in_words,
    rule_in_words,
    told,
    unmatched_in_words,
    why_not_in_words,
)
from schools.matching.stored import stored_problem, stored_result, unmatched_from
from schools.training.words import untrained


@dataclass(frozen=True, slots=True)
class PairView:
    """Two people seen together: fit (0–1000), reasons, what forbids the pair and what is only warned about."""

    score: int
    reasons: list[str]
    forbidden: list[str]
    warnings: list[str]

    @property
    def fit(self) -> int:
        """Return the fit as people are told it, out of 100."""
        return out_of_100(self.score)


@dataclass(frozen=True, slots=True)
class Row:
    """A mentee's row: his mentor with the view of the two, or why he has none."""

    candidate: Candidate
    mentor: Candidate | None
    pair: PairView | None
    unmatched: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a board is worth: mentees with a mentor of how many, and the sum of fits."""

    covered: int
    mentees: int
    total: int

    @property
    def fit(self) -> int:
        """Return the sum of fits as people are told it."""
        return out_of_100(self.total)

    @property
    def average(self) -> int | None:
        """Return the average fit out of 100; None without pairs."""
        return out_of_100(self.total // self.covered) if self.covered else None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a change does: the pair before and after, the whole board's difference, and who loses how much."""

    before: PairView | None
    after: PairView | None
    difference: int
    is_full: bool
    losers: list[str]

    @property
    def fit_before(self) -> int:
        """Return the fit before; 0 without a mentor."""
        return self.before.fit if self.before else 0

    @property
    def fit_after(self) -> int:
        """Return the fit after; 0 without a mentor."""
        return self.after.fit if self.after else 0

    @property
    def fit(self) -> int:
        """Return the difference of the board's total as people are told it."""
        return out_of_100(self.difference)

    @property
    def signed(self) -> str:
        """Return the difference with its sign."""
        return f"{self.fit:+d}".replace("-", "−")

    @property
    def has_warnings(self) -> bool:
        """Tell whether there is something to look at before saving."""
        return self.is_full or bool(self.after and self.after.warnings)


def board_for(actor: Actor, found: Round) -> Board:
    """Return the board of a round as it stands today, as an actor to whom it was given may read it."""
    question = question_of(found, timezone.localdate())
    return Board(found, question, discretion_for(actor, question))


class Board:
    """A round's board over facts that were read once; asks the database for nothing more but the last run.

    ``discretion`` is whose answers are kept from the reader: a board that is shown to somebody needs his.
    """

    def __init__(self, found: Round, question: Question, discretion: Discretion = NOBODY) -> None:
        self.round, self.question, self.discretion = found, question, discretion
        self.holders: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for mentee, mentor in question.placed.items():
            self.holders[mentor].append(mentee)

    @cached_property
    def last_run(self) -> Run | None:
        """Return the last run that is over and was proven."""
        return self.round.runs.filter(state=Run.State.DONE).order_by("-finished_at").first()

    @cached_property
    def _bans(self) -> frozenset[tuple[str, str]]:
        return self.question.bans

    @cached_property
    def _asked(self) -> tuple[Problem, Result] | None:
        return None if self.last_run is None else (stored_problem(self.last_run), stored_result(self.last_run))

    @cached_property
    def _left(self) -> Mapping[str, list[str]]:
        rows = map(unmatched_from, self.last_run.result["unmatched"] if self.last_run else [])
        return {
            row.mentee: unmatched_in_words(row, is_hidden=self.discretion.hides_rules_of(row.mentee)) for row in rows
        }

    @property
    def is_stale(self) -> bool:
        """Tell whether something that the last run looked at is different now."""
        return self.last_run is not None and self.last_run.inputs != self.question.digest()

    @cached_property
    def _by_run(self) -> frozenset[tuple[str, str]]:
        """Return the pairs that the last run chose itself, by keys."""
        rows = self.last_run.result["pairs"] if self.last_run else []
        return frozenset((row[0], row[1]) for row in rows if not row[3])

    def left_out(self) -> list[UUID]:
        """Return the mentees whose pairs are not published: chosen by the run, and a consent has ended since.

        Nobody without a consent is proposed automatically; whoever wants it by hand locks the pair.
        """
        return [mentee for mentee, mentor in self.question.placed.items() if self._is_left_out(mentee, mentor)]

    def _is_left_out(self, mentee_id: UUID, mentor_id: UUID) -> bool:
        mentee, mentor = self.question.mentees[mentee_id], self.question.mentors[mentor_id]
        is_by_run = (mentee.key, mentor.key) in self._by_run and not self.question.candidates[mentee_id].is_locked
        is_taken_back = mentee.has_withdrawn or mentor.has_withdrawn
        return is_by_run and (is_taken_back or not (mentee.has_consent and mentor.has_consent))

    def mentees(self) -> list[Candidate]:
        """Return the mentees by number."""
        return [self.question.candidates[pk] for pk in self.question.mentees]

    def row(self, candidate: Candidate) -> Row:
        """Return a mentee's row."""
        mentor_id = self.question.placed.get(candidate.pk)
        if mentor_id is None:
            return Row(candidate, None, None, self._why_left(candidate))
        pair = self.pair(candidate.pk, mentor_id)
        if self.is_full(mentor_id, but=candidate.pk):
            pair.warnings.append(_("У наставника больше наставляемых, чем он готов взять."))
        if self._is_left_out(candidate.pk, mentor_id):
            words = _("Подобрана автоматически: без согласия не будет опубликована. Закрепите, если решили иначе.")
            pair.warnings.append(words)
        return Row(candidate, self.question.candidates[mentor_id], pair)

    def pair(self, mentee_id: UUID, mentor_id: UUID) -> PairView:
        """Return two people seen together."""
        mentee, mentor = self.question.mentees[mentee_id], self.question.mentors[mentor_id]
        fit = fit_of(mentee, mentor)
        broken = broken_rules(mentee, mentor, self.question.form, self._bans)
        ages = [reason for reason in fit.reasons if reason.code == ReasonCode.AGE_APART]
        warnings = [rule_in_words(rule) for rule in broken if rule in SOFT_BY_HAND]
        if mentee_id in self.question.paired:
            warnings.append(_("У наставляемого уже есть пара этой формы."))
        warnings += self.about_mentor(mentor_id)
        score, reasons = fit.score, [reason for reason in fit.reasons if reason not in ages]
        if self.discretion.hides(mentee.key, mentor.key):
            kept = without_answers(reasons)
            score -= sum(reason.points for reason in reasons) - sum(reason.points for reason in kept)
            said = [*map(reason_in_words, kept), hidden_reasons_in_words()]
        else:
            said = reasons_in_words(reasons)
        forbidden = [sentence for _code, sentence in self.rules(mentee_id, mentor_id)]
        return PairView(min(FULL_FIT, max(0, score)), said, forbidden, [*warnings, *map(reason_in_words, ages)])

    def about_mentor(self, mentor_id: UUID) -> list[str]:
        """Return what is warned about a mentor whoever his mentee is: papers, training."""
        cleared = self.question.cleared.get(mentor_id)
        said = [] if cleared is None else sentences(cleared, blocking=False)
        if mentor_id in self.question.untrained:
            said.append(untrained(self.question.candidates[mentor_id].person.full_name))
        return said

    def rules(self, mentee_id: UUID, mentor_id: UUID) -> list[tuple[str, str]]:
        """Return the rules that forbid a pair also by hand: code and sentence of each, as the reader is told it."""
        mentee, mentor = self.question.mentees[mentee_id], self.question.mentors[mentor_id]
        broken = broken_rules(mentee, mentor, self.question.form, self._bans)
        is_hidden = self.discretion.hides(mentee.key, mentor.key)
        rules = [told(rule, is_hidden=is_hidden) for rule in broken if rule not in SOFT_BY_HAND]
        cleared = self.question.cleared.get(mentor_id)
        if HardRule.NOT_CLEARED in broken and cleared is not None and (papers := sentences(cleared, blocking=True)):
            # Which papers he lacks says more than that he lacks some.
            rules = [each for each in rules if each[0] != HardRule.NOT_CLEARED]
            rules += [(str(HardRule.NOT_CLEARED), words) for words in papers]
        return list(dict.fromkeys(rules))

    def is_banned(self, mentee_id: UUID, mentor_id: UUID) -> bool:
        """Tell whether the curator has ruled a pair out, as far as the reader may know it."""
        keys = self.question.mentees[mentee_id].key, self.question.mentors[mentor_id].key
        return keys in self._bans and not self.discretion.hides(*keys)

    def worth(self) -> Worth:
        """Return what the board is worth now."""
        total = sum(self.score(mentee, mentor) for mentee, mentor in self.question.placed.items())
        return Worth(len(self.question.placed), len(self.question.mentees), total)

    def cost(self, mentee_id: UUID, mentor_id: UUID | None, instead_of: UUID | None = None) -> Cost:
        """Return what it costs to give a mentee another mentor, or none; ``instead_of`` gives up his place there."""
        now = self.question.placed.get(mentee_id)
        before = self.pair(mentee_id, now) if now is not None else None
        after = self.pair(mentee_id, mentor_id) if mentor_id is not None else None
        difference = (after.score if after else 0) - (before.score if before else 0)
        losers = []
        if mentor_id is not None and instead_of in self.holders[mentor_id]:
            lost = self.score(instead_of, mentor_id)
            difference -= lost
            name = self.question.candidates[instead_of].person.full_name
            losers.append(
                _("%(name)s остаётся без наставника (было %(fit)s)") % {"name": name, "fit": out_of_100(lost)}
            )
        if before is not None and mentor_id is None:
            name = self.question.candidates[mentee_id].person.full_name
            losers.append(_("%(name)s остаётся без наставника (было %(fit)s)") % {"name": name, "fit": before.fit})
        return Cost(before, after, difference, self.is_full(mentor_id, but=mentee_id, without=instead_of), losers)

    def is_full(self, mentor_id: UUID | None, *, but: UUID, without: UUID | None = None) -> bool:
        """Tell whether all places of a mentor are taken by others than these two."""
        if mentor_id is None:
            return False
        others = [pk for pk in self.holders[mentor_id] if pk not in (but, without)]
        return len(others) >= self.question.mentors[mentor_id].places

    def why_not(self, mentee_id: UUID, mentor_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
        """Return, for each mentor, why the last run did not choose him for this mentee; empty where it cannot say."""
        if self._asked is None:
            return {}
        problem, result = self._asked
        mentee = self.question.mentees[mentee_id].key
        names = {facts.key: self.question.candidates[pk].person.full_name for pk, facts in self._everybody()}
        keys = {self.question.mentors[pk].key: pk for pk in mentor_ids}
        known = [key for key in keys if key in problem.mentor_index] if mentee in problem.mentee_index else []
        answers = why_not_each(problem, result, mentee, known)
        return {
            keys[key]: why_not_in_words(answer, names, is_hidden=self.discretion.hides(mentee, key))
            for key, answer in answers.items()
        }

    def _everybody(self) -> Iterable[tuple[UUID, MenteeFacts | MentorFacts]]:
        yield from self.question.mentees.items()
        yield from self.question.mentors.items()

    def score(self, mentee_id: UUID, mentor_id: UUID) -> int:
        """Return the fit of two people, 0–1000."""
        return fit_of(self.question.mentees[mentee_id], self.question.mentors[mentor_id]).score

    def _why_left(self, candidate: Candidate) -> list[str]:
        left = self._left.get(str(candidate.person_id))
        if left is not None:
            return left
        if self.last_run is None:
            return [_("Подбор ещё не запускали.")]
        return [_("Пара снята вручную или участник добавлен после подбора.")]
