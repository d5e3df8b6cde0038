"""The waiting list: for whom the search goes on, and who of them has the psychologist's support meanwhile."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from core.audit.services import record
from core.authz import Actor, enforce
from schools.matching.models import Candidate
from schools.matching.selectors import waiting_mentee_for


def mark_support(*, actor: Actor, candidate_id: UUID, has_support: bool) -> Candidate:
    """Record that somebody who waits has, or has no longer, «психологическое сопровождение».

    :raises Http404: nobody who waits.
    :raises RefusedError: when the actor may not.
    """
    enforce(actor.has("waiting.support"))
    with transaction.atomic():
        row = waiting_mentee_for(actor=actor, candidate_id=candidate_id)
        Candidate.objects.filter(pk=row.pk).update(has_support=has_support)
        row.has_support = has_support
        record(
            actor=actor,
            action="matching.support_marked",
            object_type="people.person",
            object_id=row.person_id,
            details={"has_support": has_support},
        )
    return row
