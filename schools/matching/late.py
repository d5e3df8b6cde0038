"""Which rounds have proposals whose term is about to pass without an answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Min, Q, QuerySet

from core.authz import Actor
from schools.matching.domain.proposals import LIVE
from schools.matching.models import Round
from schools.matching.selectors import rounds_visible_to

# So long before the last day there is still time to ask whoever is silent; a term is five days where nobody says else.
NEAR_DAYS: Final = 2


def rounds_about_to_lapse(actor: Actor, day: date) -> QuerySet[Round]:
    """Return the published rounds that the actor leads with proposals whose last day is near, the soonest first.

    Each carries ``number``, how many such proposals there are, and ``soonest``, the first of their last days.
    """
    near = Q(
        candidates__asked_as_mentee__state__in=LIVE,
        candidates__asked_as_mentee__expires_on__lte=day + timedelta(days=NEAR_DAYS),
    )
    rounds = rounds_visible_to(actor, "matching.edit").filter(state=Round.State.PUBLISHED)
    counted = rounds.annotate(
        number=Count("candidates__asked_as_mentee", filter=near),
        soonest=Min("candidates__asked_as_mentee__expires_on", filter=near),
    )
    return counted.filter(number__gt=0).order_by("soonest", "created_at", "pk")
