"""Class teachers go on with their classes: their roles are narrowed by classes, which are others each year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core.accounts.models import Invitation, RoleGrant
from core.authz import Actor
from schools.people.roles import CLASS_TEACHER

# One role that was moved: user, former class, new class (empty: taken away, or he had it anyway), who gave it, its end.
MovedGrant = Sequence[str]


def move_class_teachers(*, actor: Actor, goes_to: Mapping[UUID, UUID | None]) -> list[MovedGrant]:
    """Narrow class teachers' roles by the classes theirs became; a class that became none takes the role away.

    Invitations to teach one of these classes that nobody has used are withdrawn: they would open another class.
    Everything or nothing that the actor may do with staff; without that right nobody is moved. Six queries at most.

    :returns: what was moved, for :func:`return_class_teachers`.
    """
    if not actor.has("staff.manage"):
        return []
    scopes = {str(key) for key in goes_to}
    held = list(RoleGrant.objects.select_for_update().filter(role=CLASS_TEACHER, scope__in=scopes).order_by("pk"))
    RoleGrant.objects.filter(pk__in=[row.pk for row in held]).delete()
    new_scopes = [str(key) for key in goes_to.values() if key is not None]
    kept = set(RoleGrant.objects.filter(role=CLASS_TEACHER, scope__in=new_scopes).values_list("user_id", "scope"))
    moved = []
    for row in held:
        now = str(goes_to[UUID(row.scope)] or "")
        moved.append(
            [
                str(row.user_id),
                row.scope,
                "" if (row.user_id, now) in kept else now,
                str(row.granted_by or ""),
                row.expires_at.isoformat() if row.expires_at else "",
            ]
        )
    _give((user, now, giver, ends) for user, _was, now, giver, ends in moved)
    _withdraw_invitations(scopes)
    return list(moved)


def return_class_teachers(moved: Sequence[MovedGrant]) -> None:
    """Give class teachers back the classes they had before."""
    given = Q(pk__in=())
    for user, _was, now, _giver, _ends in moved:
        given |= Q(user=user, scope=now)
    RoleGrant.objects.filter(given, role=CLASS_TEACHER).exclude(scope="").delete()
    _give((user, was, giver, ends) for user, was, _now, giver, ends in moved)


def _withdraw_invitations(scopes: set[str]) -> None:
    known = Invitation.objects.usable().values_list("pk", "roles")
    ours = [key for key, roles in known if any(slug == CLASS_TEACHER and scope in scopes for slug, scope in roles)]
    if ours:
        Invitation.objects.filter(pk__in=ours).update(revoked_at=timezone.now())


def _give(rows: Iterable[tuple[str, str, str, str]]) -> None:
    made = [
        RoleGrant(
            user_id=UUID(user),
            role=CLASS_TEACHER,
            scope=scope,
            granted_by=UUID(giver) if giver else None,
            expires_at=datetime.fromisoformat(ends) if ends else None,
        )
        for user, scope, giver, ends in rows
        if scope
    ]
    # Who teaches two classes that become one has the role once.
    RoleGrant.objects.bulk_create(made, ignore_conflicts=True)
