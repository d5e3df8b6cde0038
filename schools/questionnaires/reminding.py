"""Reminding in the product: everybody who has not answered, by one act, each at most once a day."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.people.errors import FaultyActError
from schools.questionnaires import policies, selectors
from schools.questionnaires.models import Response
from schools.questionnaires.words import move_fault


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many will see a reminder on their home page, and how many have no way into the product to see it."""

    reminded: int
    without_account: int


def remind_unanswered(*, actor: Actor, round_id: UUID) -> Reminded:
    """Remind whoever has not answered, of those whom the actor may ask; nobody twice in a day.

    :raises FaultyActError: the round is closed.
    :raises Http404: no such round among the actor's.
    :raises RefusedError: when the actor asks nobody.
    """
    enforce(policies.may_edit_rounds(actor))
    with transaction.atomic():
        row = selectors.round_for(actor=actor, round_id=round_id, permission="questionnaires.edit", lock=True)
        if row.closed_at is not None:
            raise FaultyActError.of("closed", move_fault("closed"))
        asked = selectors.awaited(selectors.asked_in(actor, row, "questionnaires.edit"))
        waiting = selectors.with_accounts(asked)
        not_today = Q(reminded_at__isnull=True) | Q(reminded_at__date__lt=timezone.localdate())
        due = waiting.filter(not_today, has_account=True)
        keys = list(due.order_by().values_list("pk", flat=True))
        Response.objects.filter(pk__in=keys).update(reminded_at=timezone.now())
        told = Reminded(len(keys), waiting.filter(has_account=False).count())
        if keys:
            record(
                actor=actor,
                action="questionnaires.reminded",
                object_type="questionnaires.round",
                object_id=row.pk,
                details={"people": len(keys)},
            )
            announce("questionnaire.reminded", {"round": row.pk, "responses": keys})
    return told
