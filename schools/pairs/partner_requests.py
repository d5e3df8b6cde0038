"""Requests for another partner: they go to whoever settles them, blame nobody and are never shown to the other side."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.pairs.confidence import is_near
from schools.pairs.domain import Act, Outcome, Side, Wish, may_do, step_of
from schools.pairs.models import Pair, PartnerRequest
from schools.pairs.selectors import own_pairs
from schools.people.errors import Fault, FaultyActError

# What somebody may do about his own request; the others are the curator's.
_OWN_OUTCOME = Outcome.WITHDRAWN


def requests_to_settle(actor: Actor) -> QuerySet[PartnerRequest]:
    """Return the requests that the actor settles: of his forms, waiting ones first, then the latest.

    Never those about a pair in which he himself stands, whatever else he is in the school: the other side's request
    is not for him.
    """
    reach = actor.reach("partner_requests.settle")
    rows = PartnerRequest.objects.select_related("pair__mentor", "pair__mentee")
    if not reach.everything:
        rows = rows.filter(pair__form_code__in=reach.values("form"))
    return rows.exclude(is_near(actor, "pair__")).order_by("outcome", "-asked_at", "pk")


def own_requests(actor: Actor, pair: Pair) -> QuerySet[PartnerRequest]:
    """Return what the actor himself has asked about a pair, the latest first."""
    if actor.pk is None:
        return PartnerRequest.objects.none()
    return PartnerRequest.objects.filter(pair=pair, asked_by=actor.pk).order_by("-asked_at")


def has_requests(pair: Pair) -> bool:
    """Tell whether anybody has ever asked for another partner in a pair."""
    return PartnerRequest.objects.filter(pair=pair).exists()


def side_of(actor: Actor, pair: Pair) -> Side:
    """Return on which side of a pair of his own the actor stands."""
    if actor.person_id == pair.mentor_id:
        return Side.MENTOR
    return Side.MENTEE if actor.person_id == pair.mentee_id else Side.PARENT


def own_pair(*, actor: Actor, pair_id: UUID, lock: bool = False) -> Pair:
    """Return a pair of the actor himself or of his child.

    :raises Http404: no such pair among them.
    """
    rows = own_pairs(actor).filter(pk=pair_id)
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("mentor", "mentee", "order")
    pair = rows.first()
    if pair is None:
        raise Http404
    return pair


def ask_for_another(*, actor: Actor, pair_id: UUID, wish: str, words: str = "") -> PartnerRequest:
    """Ask the curator for another partner; while a request waits, asking again changes its words.

    :raises FaultyActError: no such wish, «другое» without words, or the pair has ended.
    :raises Http404: no such pair among the actor's own and his children's.
    :raises RefusedError: when the actor takes no part.
    """
    enforce(actor.has("partner_requests.make"))
    if actor.pk is None:
        raise Http404
    words = " ".join(words.split())[:500]
    faults = []
    if wish not in list(Wish):
        faults.append(Fault("no_wish", _("Выберите, что мешает."), "wish"))
    elif wish == Wish.OTHER and not words:
        faults.append(Fault("no_words", _("Напишите в двух словах, что мешает."), "words"))
    with transaction.atomic():
        pair = own_pair(actor=actor, pair_id=pair_id, lock=True)
        is_ordered = pair.order is not None and pair.order.is_complete
        step = step_of(is_ordered=is_ordered, ends_on=pair.ends_on, day=timezone.localdate())
        if not may_do(step, Act.ASK):
            faults.append(Fault("has_ended", _("Пара уже завершена.")))
        if faults:
            raise FaultyActError(*faults)
        found, _is_new = PartnerRequest.objects.update_or_create(
            pair=pair,
            asked_by=actor.pk,
            outcome="",
            defaults={"side": side_of(actor, pair), "wish": wish, "words": words, "asked_at": timezone.now()},
        )
        # The id alone: the record and the event are read by more people than the request is.
        record(actor=actor, action="pairs.partner_asked", object_type="pairs.request", object_id=found.pk)
        announce("partner_request.made", {"request": found.pk})
    return found


def settle_request(*, actor: Actor, request_id: UUID, outcome: str) -> PartnerRequest:
    """Write down what came of a request; the one who asked sees it, the other side nothing.

    :raises FaultyActError: no such outcome, or the request is settled already.
    :raises Http404: no such request among those the actor settles.
    :raises RefusedError: when the actor settles none.
    """
    enforce(actor.has("partner_requests.settle"))
    with transaction.atomic():
        found = requests_to_settle(actor).select_related(None).select_for_update(of=("self",))
        row = found.filter(pk=request_id).first()
        if row is None:
            raise Http404
        return _close(actor, row, outcome, frozenset(Outcome) - {_OWN_OUTCOME})


def withdraw_request(*, actor: Actor, pair_id: UUID) -> PartnerRequest:
    """Take one's own waiting request back.

    :raises Http404: nothing of the actor's waits about such a pair.
    :raises RefusedError: when the actor takes no part.
    """
    enforce(actor.has("partner_requests.make"))
    with transaction.atomic():
        pair = own_pair(actor=actor, pair_id=pair_id)
        row = own_requests(actor, pair).filter(outcome="").select_for_update(of=("self",)).first()
        if row is None:
            raise Http404
        return _close(actor, row, _OWN_OUTCOME, frozenset({_OWN_OUTCOME}))


def _close(actor: Actor, row: PartnerRequest, outcome: str, allowed: frozenset[Outcome]) -> PartnerRequest:
    if row.outcome:
        raise FaultyActError.of("settled", _("По этой просьбе решение уже записано."), "outcome")
    if outcome not in allowed:
        raise FaultyActError.of("no_outcome", _("Выберите, что решили."), "outcome")
    row.outcome, row.settled_by, row.settled_at = outcome, actor.pk, timezone.now()
    row.save(update_fields=["outcome", "settled_by", "settled_at"])
    record(
        actor=actor,
        action="pairs.partner_request_settled",
        object_type="pairs.request",
        object_id=row.pk,
        details={"outcome": str(outcome)},
    )
    return row
