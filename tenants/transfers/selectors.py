"""Reads of transfers, inside a school: what its own role is shown. Values may be carried from ``shared()``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core.tenancy import require_school, shared
from tenants.registry.selectors import by_name, fold, folded
from tenants.transfers.models import Place, Transfer

_MOST_PLACES = 12


@dataclass(frozen=True, slots=True)
class OtherSchool:
    """A school of the region that pupils can go to."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A transfer that waits for this school's decision, with the pupil's card."""

    id: UUID
    from_title: str
    leaves_on: Any
    expires_at: Any
    card: dict[str, Any]


def other_schools(text: str) -> list[OtherSchool]:
    """Return up to 12 working schools, not this one, whose title or code holds every word, by title; none for none."""
    words = fold(text[:200]).split()
    if not words:
        return []
    own = require_school()
    with shared():
        rows = Place.objects.exclude(pk=own).alias(folded_title=folded("title"))
        for word in words:
            rows = rows.filter(Q(folded_title__contains=word) | Q(code__contains=word))
        found = rows.order_by(*by_name("title"), "code")[:_MOST_PLACES]
        return [OtherSchool(code, title) for code, title in found.values_list("code", "title")]


def own_title() -> str:
    """Return what the register calls the current school; empty while it is not a working one."""
    own = require_school()
    with shared():
        return Place.objects.filter(pk=own).values_list("title", flat=True).first() or ""


def offers_to_us(ids: Collection[UUID] | None = None) -> list[Offer]:
    """Return the offers that this school may still accept (of the ids, if given), the oldest first; two queries."""
    own = require_school()
    with shared():
        rows = Transfer.objects.filter(
            to_schema=own, state=Transfer.State.OFFERED, expires_at__gt=timezone.now(), card__isnull=False
        )
        if ids is not None:
            rows = rows.filter(pk__in=ids)
        found = list(rows.select_related("card").order_by("made_at", "pk"))
        titles = dict(Place.objects.filter(pk__in={row.from_schema for row in found}).values_list("pk", "title"))
        return [
            Offer(row.pk, titles.get(row.from_schema, ""), row.leaves_on, row.expires_at, row.card.payload)
            for row in found
        ]


def number_of_offers() -> int:
    """Return how many offers wait for this school's decision."""
    own = require_school()
    with shared():
        waiting = Transfer.objects.filter(to_schema=own, state=Transfer.State.OFFERED, expires_at__gt=timezone.now())
        return waiting.count()


def states_of(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the states of transfers that this school made; an offer whose time is over counts as expired."""
    now, own = timezone.now(), require_school()
    with shared():
        rows = Transfer.objects.filter(pk__in=ids, from_schema=own).values_list("pk", "state", "expires_at")
        return {
            key: Transfer.State.EXPIRED.value if state == Transfer.State.OFFERED and ends <= now else state
            for key, state, ends in rows
        }
