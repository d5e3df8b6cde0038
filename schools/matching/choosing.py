"""A mentee chooses among mentors: whom he is offered, and what he has chosen.

While he chooses, a proposal is ``offered`` and holds its ``options``: none of these mentors is asked yet, none is told
that he was offered or passed over. Chosen, the options are forgotten and the proposal goes on as any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from schools.matching.domain.fit import fit_of
from schools.matching.domain.proposals import LIVE, ProposalState
from schools.matching.domain.rules import broken_rules
from schools.matching.models import Candidate, Proposal
from schools.matching.question import Question

MOST_OPTIONS: Final = 3


def options_for(
    question: Question, mentee_id: UUID, mentor_id: UUID, most: int, taken: Mapping[UUID, int]
) -> list[UUID]:
    """Return whom a mentee is offered: the mentor of the board, then the best who have a place left; at most ``most``.

    ``taken`` counts the places of each mentor that others hold. Nobody without a consent is among the others: only
    whom a person put on the board goes on without one.
    """
    mentee = question.mentees[mentee_id]
    others = [
        (-fit_of(mentee, mentor).score, question.candidates[pk].number, pk)
        for pk, mentor in question.mentors.items()
        if pk != mentor_id
        and taken.get(pk, 0) < mentor.places
        and not broken_rules(mentee, mentor, question.form, question.bans)
    ]
    return [mentor_id, *(pk for _score, _number, pk in sorted(others)[: max(0, most - 1)])]


def options_of(proposals: Sequence[Proposal]) -> dict[UUID, list[Candidate]]:
    """Return the mentors offered by each proposal, in their order, without those who left the round; one query."""
    wanted = {pk for row in proposals for pk in row.options}
    rows = Candidate.objects.filter(pk__in=wanted, out_at__isnull=True).select_related("person")
    found = {str(row.pk): row for row in rows} if wanted else {}
    return {row.pk: [found[pk] for pk in row.options if pk in found] for row in proposals}


def asked_to_mentor(people: Collection[UUID]) -> set[UUID]:
    """Return those of the people who are asked as mentors now: they answer under the login they have."""
    rows = Proposal.objects.filter(mentor__person__in=people, state=ProposalState.OPEN)
    return set(rows.values_list("mentor__person", flat=True))


def asked_to_be_mentored(people: Collection[UUID]) -> set[UUID]:
    """Return those of the people who are asked, or choose, as mentees now."""
    rows = Proposal.objects.filter(mentee__person__in=people, state__in=LIVE)
    return set(rows.values_list("mentee__person", flat=True))
