"""Reads of requests to destroy data."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from core.authz import Actor
from schools.rights.models import Destruction


def destructions_visible_to(actor: Actor) -> QuerySet[Destruction]:
    """Return the requests of the school, the latest first; none for whoever may not see them."""
    rows = Destruction.objects.order_by("-number")
    return rows if actor.reach("rights.view").everything else rows.none()


def destruction_for(*, actor: Actor, request_id: UUID, lock: bool = False) -> Destruction:
    """Return one request; ``lock`` holds it until the transaction ends.

    :raises Http404: no such request among those the actor sees.
    """
    rows = destructions_visible_to(actor)
    found = (rows.select_for_update() if lock else rows).filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


def waiting_destructions(actor: Actor) -> list[Destruction]:
    """Return the requests that wait for the director, the one with the nearest end of its term first."""
    return list(destructions_visible_to(actor).filter(state=Destruction.State.OPEN).order_by("due_on", "number"))


def destruction_of_person(*, actor: Actor, person_id: UUID) -> Destruction | None:
    """Return the executed request about a card that is no more; None when there is none, or the actor sees none."""
    rows = destructions_visible_to(actor)
    return rows.filter(person_id=person_id, state=Destruction.State.DONE).first()


def days_left(request: Destruction, day: date) -> int:
    """Return how many days are left of the term; negative when it is over."""
    return (request.due_on - day).days
