"""Acts about concerns: telling one, taking it, closing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.pairs.models import Pair
from schools.participants import policies, selectors
from schools.participants.domain import ConcernState, may_become
from schools.participants.models import LONGEST_TEXT, Concern
from schools.people.errors import FaultyActError


def tell_concern(*, actor: Actor, pair_id: UUID, text: str = "") -> Concern:
    """Tell the curator and the psychologist that something is not right; no word is needed.

    While one about the pair waits, another only adds its words to it; words for which it has no room wait beside it.

    :raises Http404: not a pair of the actor or of his child.
    :raises RefusedError: when the actor takes no part.
    """
    enforce(policies.may_tell(actor))
    own = selectors.own_pair(actor=actor, pair_id=pair_id, day=timezone.localdate())
    text = text.strip()[:LONGEST_TEXT]
    with transaction.atomic():
        # Held, so that a double press tells once.
        Pair.objects.select_for_update().get(pk=own.pair.pk)
        concern = selectors.own_concerns(actor).filter(pair=own.pair, state=Concern.State.NEW).first()
        whole = _joined(concern.text, text) if concern is not None else text
        if concern is None or len(whole) > LONGEST_TEXT:
            concern = Concern.objects.create(
                person=own.who, pair=own.pair, text=text, said_by=actor.pk, said_at=timezone.now()
            )
        elif whole != concern.text:
            concern.text = whole
            concern.save(update_fields=["text"])
        _note(actor, concern, "participants.concern_told")
        # The id alone: more people hear the event than may read what was told.
        announce("concern.told", {"concern": concern.pk})
    return concern


def _joined(told: str, text: str) -> str:
    """Return what was told with what is told now; nothing twice."""
    return told if text in told else "\n".join(part for part in (told, text) if part)


def take_concern(*, actor: Actor, concern_id: UUID) -> Concern:
    """Say that the actor deals with a concern; who told it sees that.

    :raises FaultyActError: it is closed.
    :raises Http404: it does not reach the actor.
    :raises RefusedError: when no concern does.
    """
    enforce(policies.may_answer(actor))
    with transaction.atomic():
        concern = _changed(actor, concern_id, ConcernState.TAKEN)
        concern.taken_by, concern.taken_at = actor.pk, timezone.now()
        concern.save(update_fields=["state", "taken_by", "taken_at"])
        _note(actor, concern, "participants.concern_taken")
    return concern


def close_concern(*, actor: Actor, concern_id: UUID, outcome: str) -> Concern:
    """Say what came of a concern.

    :raises FaultyActError: nobody has taken it, it is closed, or nothing is said.
    :raises Http404: it does not reach the actor.
    :raises RefusedError: when no concern does.
    """
    enforce(policies.may_answer(actor))
    outcome = outcome.strip()[:LONGEST_TEXT]
    if not outcome:
        raise FaultyActError.of("no_outcome", _("Напишите, чем закончилось: одной фразы хватит."), "outcome")
    with transaction.atomic():
        concern = _changed(actor, concern_id, ConcernState.CLOSED)
        concern.outcome, concern.closed_at = outcome, timezone.now()
        concern.save(update_fields=["state", "outcome", "closed_at"])
        _note(actor, concern, "participants.concern_closed")
    return concern


def _changed(actor: Actor, concern_id: UUID, wanted: ConcernState) -> Concern:
    concern = selectors.concern_for(actor=actor, concern_id=concern_id, lock=True)
    if not may_become(ConcernState(concern.state), wanted):
        sentence = (
            _("Это обращение уже закрыто.")
            if concern.state == Concern.State.CLOSED
            else _("Сначала отметьте, что вы им занимаетесь.")
        )
        raise FaultyActError.of("bad_state", sentence)
    concern.state = wanted.value
    return concern


def _note(actor: Actor, concern: Concern, action: str) -> None:
    """Record the act without a word of what was told."""
    details: dict[str, Any] = {"state": str(concern.state)}
    record(actor=actor, action=action, object_type="participants.concern", object_id=concern.pk, details=details)
