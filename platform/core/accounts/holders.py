"""Who of the staff carries a permission: for news, and to say honestly when nobody does."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core.accounts.models import RoleGrant, User
from core.authz import Actor, Grant
from core.authz.registry import World, role_of, roles_with


def staff_with(*permissions: str) -> list[Actor]:
    """Return the actors of a school's accounts in force that carry one of the permissions at all; two queries.

    Whoever is here for a few hours by order of the region is not meant: nothing is told to him, nor counts on him.
    """
    slugs = {role.slug for name in permissions for role in roles_with(World.SCHOOL, name)}
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    grants = RoleGrant.objects.filter(in_force)
    users = User.objects.filter(is_active=True, expires_at__isnull=True)
    holders = {user.pk: user for user in users.filter(pk__in=grants.filter(role__in=slugs).values("user"))}
    held: defaultdict[UUID, list[Grant]] = defaultdict(list)
    for row in grants.filter(user__in=holders).order_by("granted_at"):
        if (role := role_of(World.SCHOOL, row.role)) is not None:
            held[row.user_id].append(Grant(role, row.scope, is_temporary=row.expires_at is not None))
    return [
        Actor(grants=held[pk], pk=pk, name=user.name, person_id=user.person_id) for pk, user in sorted(holders.items())
    ]
