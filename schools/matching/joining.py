"""Candidates of two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.matching.domain.proposals import LIVE, ProposalState
from schools.matching.models import Candidate, Proposal, Support
from schools.people.joining import register_join, repoint

_LISTS = ("preferences", "vetoes", "bans")


def join_candidates(kept: UUID, gone: UUID) -> None:
    """Re-point candidates and the mark of support; of two on one side of a round the kept card's speaks for both."""
    same = ("person_id", "round_id", "side")
    for row, second in repoint(Candidate.objects.all(), kept, gone, sides=("person_id",), same=same):
        _speak_for_both(row, second)
        second.delete()
    for _kept_row, second in repoint(Support.objects.all(), kept, gone, sides=("person_id",), same=("person_id",)):
        second.delete()


def _speak_for_both(row: Candidate, second: Candidate) -> None:
    """Let a candidate take over what was said by and about the other."""
    for name in _LISTS:
        setattr(row, name, getattr(row, name) or getattr(second, name))
    if row.partner_id is None:
        row.partner_id, row.is_locked, row.group = second.partner_id, second.is_locked, row.group or second.group
    row.out_at = row.out_at if second.out_at is not None else None
    row.save()
    Candidate.objects.filter(partner=second).update(partner=row)
    if Proposal.objects.filter(mentee=row, state__in=LIVE).exists():
        Proposal.objects.filter(mentee=second, state__in=LIVE).update(state=ProposalState.WITHDRAWN)
    Proposal.objects.filter(mentee=second).update(mentee=row)
    Proposal.objects.filter(mentor=second).update(mentor=row)
    old, new = str(second.pk), str(row.pk)
    for proposal in Proposal.objects.filter(mentee__round=row.round_id, options__contains=[old]):
        proposal.options = list(dict.fromkeys(new if pk == old else pk for pk in proposal.options))
        proposal.save(update_fields=["options"])
    others = [other for other in Candidate.objects.filter(round=row.round_id) if _names(other, old)]
    for other in others:
        for name in _LISTS:
            said = [new if pk == old else pk for pk in getattr(other, name)]
            setattr(other, name, list(dict.fromkeys(said)))
    Candidate.objects.bulk_update(others, _LISTS)


def _names(row: Candidate, candidate_id: str) -> bool:
    return any(candidate_id in getattr(row, name) for name in _LISTS)


def register() -> None:
    """Take care of candidates in every merge."""
    register_join("matching", (Candidate, Support), join_candidates)
