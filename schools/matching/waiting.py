"""The waiting list: for whom the search goes on, and who of them has the psychologist's support meanwhile."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.matching.editions import support_values
from schools.matching.models import Candidate
from schools.matching.selectors import waiting_mentee_for
from schools.people.editions import Acts, refuse_overtaken


def mark_support(*, actor: Actor, candidate_id: UUID, has_support: bool, seen: str | None = None) -> Candidate:
    """Record that somebody who waits has, or has no longer, «психологическое сопровождение»; again, nothing changes.

    ``seen`` is the edition of :func:`support_values` that was read: what somebody else has marked since stays.

    :raises FaultyActError: somebody else has.
    :raises Http404: nobody who waits.
    :raises RefusedError: when the actor may not.
    """
    enforce(actor.has("waiting.support"))
    with transaction.atomic():
        row = waiting_mentee_for(actor=actor, candidate_id=candidate_id)
        held = Candidate.objects.select_for_update().get(pk=row.pk)
        words = {"has_support": _("есть") if held.has_support else _("нет")}
        acts = Acts("people.person", row.person_id, ["matching.support_marked"])
        typed = {"has_support": has_support}
        refuse_overtaken(seen=seen, values=support_values(held), typed=typed, words=words, acts=acts)
        row.has_support = has_support
        if held.has_support == has_support:
            return row
        Candidate.objects.filter(pk=row.pk).update(has_support=has_support)
        record(
            actor=actor,
            action="matching.support_marked",
            object_type="people.person",
            object_id=row.person_id,
            details={"has_support": has_support},
        )
    return row
