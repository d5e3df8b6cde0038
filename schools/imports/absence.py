"""People whom a newer list does not name: they stay, until somebody confirms that they have left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.authz import Actor, enforce
from schools.imports import policies
from schools.people.enrolments import record_leaving
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment

# So many people are named in a refusal; the rest are «и другие».
_NAMED = 5


def record_leavings(*, actor: Actor, enrolment_ids: Sequence[UUID], left_on: date) -> int:
    """Record one day of leaving for several enrolments, all or none; return how many.

    A day before a rollover is one of the class before, as :func:`record_leaving` says.

    :raises FaultyActError: the day is before the admission of some of them, who are named; whatever else that act
        refuses of one.
    :raises Http404: no such enrolment among the people the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_run_imports(actor))
    early = []
    with transaction.atomic():
        for enrolment_id in enrolment_ids:
            try:
                record_leaving(actor=actor, enrolment_id=enrolment_id, left_on=left_on)
            except FaultyActError as refusal:
                if [fault.code for fault in refusal.faults] != ["left_before"]:
                    raise
                early.append(enrolment_id)
        if early:
            raise FaultyActError.of("left_before", _too_early(early), "left_on")
    return len(enrolment_ids)


def _too_early(enrolment_ids: Sequence[UUID]) -> str:
    rows = Enrolment.objects.filter(pk__in=enrolment_ids).select_related("person").order_by("person__folded_name")
    names = [row.person.full_name for row in rows[: _NAMED + 1]]
    listed = ", ".join(names[:_NAMED]) + (_(" и другие") if len(names) > _NAMED else "")
    sentence = _("В этот день ещё не были зачислены: %(names)s. Проверьте дату или снимите отметки.")
    return sentence % {"names": listed}
