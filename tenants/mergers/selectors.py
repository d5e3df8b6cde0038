"""Reads of mergers, in the region: which schools, which steps, how many; nothing of people."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from core.authz import Actor, enforce
from tenants.mergers.models import Merger


def mergers_visible_to(actor: Actor) -> QuerySet[Merger]:
    """Return the mergers of the region with their steps, the latest first. In ``region()``.

    :raises RefusedError: when the actor may not manage schools.
    """
    enforce(actor.has("schools.manage"))
    return Merger.objects.prefetch_related("steps").order_by("-asked_at", "pk")


def merger_visible_to(actor: Actor, merger_id: UUID) -> Merger:
    """Return one merger.

    :raises Http404: when there is none.
    :raises RefusedError: when the actor may not manage schools.
    """
    found = mergers_visible_to(actor).filter(pk=merger_id).first()
    if found is None:
        raise Http404
    return found
