"""What a reader of a board is not told: what mentees answered, when he is their mentor or may become it.

In a small school one person leads a round and stands in it as a mentor. He goes on leading it; what children said of
him, or to somebody else than their mentor, is not told to him all the same: no reason made of their answers, no veto.
The curator's bans are told to him in the same words, or else what is not said would say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from core.authz import Actor
from schools.matching.domain.fit import ReasonCode
from schools.matching.domain.problem import Reason
from schools.matching.models import Candidate, Round
from schools.matching.question import Question
from schools.pairs.models import Pair

_OF_MENTEES: Final = frozenset(
    {
        ReasonCode.CHOSEN_BY_MENTEE,
        ReasonCode.REQUEST,
        ReasonCode.SUBJECTS,
        ReasonCode.INTERESTS,
        ReasonCode.TIME,
        ReasonCode.NO_TIME,
        ReasonCode.FORMAT,
        ReasonCode.FORMAT_APART,
    }
)


@dataclass(frozen=True, slots=True)
class Discretion:
    """Of whom the reader reads no answers: keys of people. Empty for everybody who mentors nobody here."""

    mentor: str = ""
    mentees: frozenset[str] = field(default_factory=frozenset)

    def hides(self, mentee: str, mentor: str) -> bool:
        """Tell whether what this mentee said of this mentor is kept from the reader."""
        return bool(self.mentor and self.mentor == mentor) or mentee in self.mentees

    def hides_rules_of(self, mentee: str) -> bool:
        """Tell whether the reader could conclude from a list of rules what this mentee said of him."""
        return bool(self.mentor) or mentee in self.mentees


NOBODY: Final = Discretion()


def discretion_for(actor: Actor, question: Question) -> Discretion:
    """Return of whom an actor reads no answers on a board; one query, none for who is no person of the school."""
    if actor.person_id is None:
        return NOBODY
    me = str(actor.person_id)
    people = [question.candidates[pk].person_id for pk in question.mentees]
    mine = Pair.objects.filter(mentor=actor.person_id, mentee__in=people).values_list("mentee", flat=True)
    is_mentor = any(facts.key == me for facts in question.mentors.values())
    return Discretion(me if is_mentor else "", frozenset(map(str, mine)))


def own_candidate_of(actor: Actor, found: Round) -> str:
    """Return the id of the actor himself among a round's mentors; empty when he is not there."""
    if actor.person_id is None:
        return ""
    rows = Candidate.objects.filter(round=found, side=Candidate.Side.MENTOR, person=actor.person_id)
    pk: UUID | None = rows.values_list("pk", flat=True).first()
    return str(pk) if pk else ""


def seen_list(row: Candidate, ids: Sequence[str], own: str) -> list[str]:
    """Return whom a candidate named, as the reader sees it: a mentee's list without the reader himself."""
    return [pk for pk in ids if pk != own] if row.side == Candidate.Side.MENTEE else list(ids)


def without_answers(reasons: Iterable[Reason]) -> list[Reason]:
    """Return the reasons that no answer of the mentee went into."""
    return [reason for reason in reasons if reason.code not in _OF_MENTEES]


def hidden_reasons_in_words() -> str:
    """Return what is said in place of hidden reasons."""
    return _("Что ответил наставляемый, вам не показано: вы его наставник или можете им стать.")
