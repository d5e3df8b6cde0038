"""Whose figures somebody may see: the whole region's, or those of his own districts."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from core.authz import ALLOWED, Actor, Decision, Denied
from tenants.registry.roles import DISTRICT


def may_see_region(actor: Actor) -> Decision:
    """Allow the figures of the region to those whose permission has no bounds."""
    if actor.reach("dashboards.view").everything:
        return ALLOWED
    return Denied(_("Вам открыты показатели своего района."))


def may_see_district(actor: Actor, district_id: UUID | None) -> Decision:
    """Allow the figures of a district, and of its schools; others' do not exist for the asker.

    ``district_id`` is None for a school of the region itself.
    """
    reach = actor.reach("dashboards.view")
    if reach.everything or (district_id is not None and str(district_id) in reach.values(DISTRICT)):
        return ALLOWED
    return Denied(_("Такого района нет."), hidden=True)


def own_districts(actor: Actor) -> frozenset[str]:
    """Return the ids of the districts an actor is confined to; empty for those who see everything, or nothing."""
    reach = actor.reach("dashboards.view")
    return frozenset() if reach.everything else reach.values(DISTRICT)
