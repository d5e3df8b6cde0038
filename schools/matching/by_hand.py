"""What a pair that somebody makes by hand has to respect: bans, vetoes, and that taking part is voluntary."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from schools.matching.answers import ANSWERS_HOLD, facts_from_answers
from schools.matching.models import Candidate, Round

_Side = Candidate.Side


def kept_apart(form_code: str, mentor_id: UUID, mentee_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the mentees whom a mentor may not have in a form; a constant number of queries.

    Ruled out in a round that is not closed or said in answers, for a year: the same that keeps a run from them.
    """
    now = timezone.now()
    people = [Candidate(person_id=mentor_id, side=_Side.MENTOR)]
    people += [Candidate(person_id=pk, side=_Side.MENTEE) for pk in mentee_ids]
    said = facts_from_answers(people, form_code=form_code, day=timezone.localdate(now))
    of_mentor, *of_mentees = (said.get(row.pk, {}) for row in people)
    if not of_mentor.get("is_willing", True):
        return set(mentee_ids)
    found = {
        row.person_id
        for row, told in zip(people[1:], of_mentees, strict=True)
        if not told.get("is_willing", True)
        or str(mentor_id) in told.get("vetoes", ())
        or str(row.person_id) in of_mentor.get("vetoes", ())
    }
    rows = Candidate.objects.filter(
        round__form_code=form_code, round__created_at__gte=now - ANSWERS_HOLD, out_at__isnull=True
    ).exclude(round__state=Round.State.CLOSED)
    here = list(rows.filter(person__in=[mentor_id, *mentee_ids]))
    mentors = {(row.round_id, str(row.pk)): row for row in here if row.side == _Side.MENTOR}
    for row in here:
        if row.side != _Side.MENTEE:
            continue
        against = {*row.bans, *row.vetoes}
        for (round_id, pk), mentor in mentors.items():
            if round_id == row.round_id and (pk in against or str(row.pk) in mentor.vetoes):
                found.add(row.person_id)
    return found
