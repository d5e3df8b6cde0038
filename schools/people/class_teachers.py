"""Class teachers go on with their classes: their roles are narrowed by classes, which are others each year."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core.accounts.models import Invitation, RoleGrant, User
from core.authz import Actor, enforce
from schools.people import policies
from schools.people.models import Enrolment, Rollover
from schools.people.roles import CLASS_TEACHER

# One role that was moved: user, former class, new class (empty: taken away), who gave it, its end, and "had" where he
# had the new class anyway.
MovedGrant = Sequence[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of class teachers: roles, for :func:`return_class_teachers`, and invitations withdrawn."""

    grants: Sequence[MovedGrant] = ()
    invitations: Sequence[UUID] = ()


def move_class_teachers(*, actor: Actor, goes_to: Mapping[UUID, UUID | None]) -> Moved:
    """Narrow class teachers' roles by the classes theirs became; a class that became none takes the role away.

    Invitations to teach one of these classes that nobody has used are withdrawn: they would open another class.
    Everything or nothing that the actor may do with staff; without that right nobody is moved. Six queries at most.
    """
    if not policies.may_move_class_teachers(actor):
        return Moved()
    scopes = {str(key) for key in goes_to}
    held = list(RoleGrant.objects.select_for_update().filter(role=CLASS_TEACHER, scope__in=scopes).order_by("pk"))
    RoleGrant.objects.filter(pk__in=[row.pk for row in held]).delete()
    new_scopes = [str(key) for key in goes_to.values() if key is not None]
    had = set(RoleGrant.objects.filter(role=CLASS_TEACHER, scope__in=new_scopes).values_list("user_id", "scope"))
    moved = []
    for row in held:
        now = str(goes_to[UUID(row.scope)] or "")
        ends = row.expires_at.isoformat() if row.expires_at else ""
        moved.append(
            [
                str(row.user_id),
                row.scope,
                now,
                str(row.granted_by or ""),
                ends,
                "had" if (row.user_id, now) in had else "",
            ]
        )
    _give((user, now, giver, ends) for user, _was, now, giver, ends, _had in moved)
    return Moved(moved, _withdraw_invitations(scopes))


def return_class_teachers(*, actor: Actor, moved: Sequence[MovedGrant]) -> list[MovedGrant]:
    """Give class teachers back the classes they had before; return whose roles came back, in the same form.

    A role that was taken away since stays taken away: whoever lost the new class gets no former one for it.

    :raises RefusedError: when roles were moved and the actor may not give them.
    """
    if not moved:
        return []
    enforce(policies.may_move_class_teachers(actor))
    users = set(User.objects.filter(pk__in={row[0] for row in moved}).values_list("pk", flat=True))
    scopes = {row[2] for row in moved if row[2]}
    rows = RoleGrant.objects.select_for_update().filter(role=CLASS_TEACHER, scope__in=scopes).order_by("pk")
    held = {(str(user), scope): key for key, user, scope in rows.values_list("pk", "user_id", "scope")}
    back = [row for row in moved if UUID(row[0]) in users and (not row[2] or (row[0], row[2]) in held)]
    given = [held[user, now] for user, _was, now, _giver, _ends, had in back if now and not had]
    RoleGrant.objects.filter(pk__in=given).delete()
    _give((user, was, giver, ends) for user, was, _now, giver, ends, _had in back)
    return back


def pass_on_class_teacher(kept: UUID, gone: UUID) -> None:
    """Let what a rollover may give back come to the account that stays of two, for the other one has no roles."""
    for row in Rollover.objects.exclude(grants=[]):
        if any(moved[0] == str(gone) for moved in row.grants):
            row.grants = [[str(kept), *moved[1:]] if moved[0] == str(gone) else moved for moved in row.grants]
            row.save(update_fields=["grants"])


def classes_in_use(ids: Collection[UUID]) -> set[UUID]:
    """Return those of the classes that somebody is or was in, teaches, or is invited to teach. Three queries."""
    names = {str(key) for key in ids}
    inhabited = Enrolment.objects.filter(school_class__in=ids).values_list("school_class", flat=True).distinct()
    taught = RoleGrant.objects.filter(scope__in=names).values_list("scope", flat=True)
    invited = {scope for _key, scope in _invited() if scope in names}
    return {*filter(None, inhabited), *(UUID(scope) for scope in {*taught, *invited})}


def _withdraw_invitations(scopes: set[str]) -> list[UUID]:
    ours = sorted({key for key, scope in _invited(CLASS_TEACHER) if scope in scopes})
    if ours:
        Invitation.objects.filter(pk__in=ours).update(revoked_at=timezone.now())
    return ours


def _invited(role: str = "") -> list[tuple[UUID, str]]:
    """Return (invitation, scope) of each role, or of one, that invitations still in force would give."""
    known = Invitation.objects.usable().values_list("pk", "roles")
    return [(key, scope) for key, roles in known for slug, scope in roles if not role or slug == role]


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
