"""Whoever stands in a pair is its mentor or mentee under the login he has: from which cards these roles follow."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from schools.pairs.models import Pair
from schools.people.own_roles import register_own_role


def _on_side(side: str) -> Callable[[Collection[UUID]], set[UUID]]:
    def follows(people: Collection[UUID]) -> set[UUID]:
        going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())
        rows = Pair.objects.filter(going_on, **{f"{side}__in": people})
        return set(rows.values_list(f"{side}_id", flat=True))

    return follows


def register_own_roles() -> None:
    """Say that a pair makes a mentor and a mentee, drafts too: they see that a pair awaits its order."""
    register_own_role("mentor", "pair", _on_side("mentor"))
    register_own_role("mentee", "pair", _on_side("mentee"))
