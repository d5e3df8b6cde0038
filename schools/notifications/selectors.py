"""Reads of one's own news."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from core.authz import Actor
from schools.notifications.domain import ABOUT_ANSWERS, ABOUT_PAIRS
from schools.notifications.models import Notice
from schools.pairs.models import Pair
from schools.pairs.selectors import own_pairs
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import own_responses


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Return what the actor's own account was told, the latest first."""
    if actor.pk is None:
        return Notice.objects.none()
    return Notice.objects.filter(user=actor.pk).order_by("-at", "pk")


def unseen_for(actor: Actor) -> QuerySet[Notice]:
    """Return what the actor has not seen."""
    return notices_for(actor).filter(seen_at__isnull=True)


def pairs_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Pair]:
    """Return the pairs of some news that are still the actor's own, or his children's; at most one query."""
    keys = {row.about for row in notices if row.news in ABOUT_PAIRS}
    rows = own_pairs(actor).filter(pk__in=keys).select_related("mentor", "mentee") if keys else ()
    return {pair.pk: pair for pair in rows}


def responses_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Response]:
    """Return what some news asks the actor to answer and is still his to answer; at most one query."""
    keys = {row.about for row in notices if row.news in ABOUT_ANSWERS}
    return {row.pk: row for row in own_responses(actor).filter(pk__in=keys)} if keys else {}
