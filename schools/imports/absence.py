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

    :raises FaultyActError: the day is before the admission of one of them.
    :raises Http404: no such enrolment among the people the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_run_imports(actor))
    with transaction.atomic():
        early = Enrolment.objects.filter(pk__in=enrolment_ids, admitted_on__gt=left_on).select_related("person")
        names = [row.person.full_name for row in early.order_by("person__folded_name")[: _NAMED + 1]]
        if names:
            listed = ", ".join(names[:_NAMED]) + (_(" и другие") if len(names) > _NAMED else "")
            sentence = _("В этот день ещё не были зачислены: %(names)s. Проверьте дату или снимите отметки.")
            raise FaultyActError.of("left_before", sentence % {"names": listed}, "left_on")
        for enrolment_id in enrolment_ids:
            record_leaving(actor=actor, enrolment_id=enrolment_id, left_on=left_on)
    return len(enrolment_ids)
