"""People whom a newer list does not name: they stay, until somebody confirms that they have left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from core.authz import Actor, enforce
from schools.imports import policies
from schools.people.enrolments import record_leaving


def record_leavings(*, actor: Actor, enrolment_ids: Sequence[UUID], left_on: date) -> int:
    """Record one day of leaving for several enrolments, all or none; return how many.

    :raises FaultyActError: the day is before the admission of one of them.
    :raises Http404: no such enrolment among the people the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_run_imports(actor))
    with transaction.atomic():
        for enrolment_id in enrolment_ids:
            record_leaving(actor=actor, enrolment_id=enrolment_id, left_on=left_on)
    return len(enrolment_ids)
