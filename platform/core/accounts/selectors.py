"""Reads of accounts, for whoever may see staff and for oneself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.accounts.models import ApiToken, Invitation, SignIn, User
from core.authz import Actor, enforce


def users_visible_to(actor: Actor, *, search: str = "") -> QuerySet[User]:
    """Return the users of this host with their grants, by name; ``search`` is a part of a name or login.

    :raises RefusedError: for an actor who may not see staff.
    """
    enforce(actor.has("staff.view"))
    found = User.objects.prefetch_related("grants").order_by("name", "login")
    for word in search.split():
        found = found.filter(Q(name__icontains=word) | Q(login__icontains=word))
    return found


def open_invitations_visible_to(actor: Actor) -> QuerySet[Invitation]:
    """Return the invitations that can still be used, newest first.

    :raises RefusedError: for an actor who may not see staff.
    """
    enforce(actor.has("staff.view"))
    return Invitation.objects.usable().order_by("-created_at")


def temporary_accounts() -> QuerySet[User]:
    """Return the accounts with a term that are in force now: what the region opened for itself on this host."""
    return User.objects.filter(is_active=True, expires_at__gt=timezone.now()).order_by("expires_at")


def temporary_access_offers() -> QuerySet[Invitation]:
    """Return the region's unused offers of temporary access."""
    return Invitation.objects.usable().filter(account_expires_at__isnull=False).order_by("created_at")


def own_sign_ins(actor: Actor) -> QuerySet[SignIn]:
    """Return the actor's own sign-ins, newest first."""
    if actor.pk is None:
        return SignIn.objects.none()
    return SignIn.objects.filter(user_id=actor.pk).order_by("-at")


def tokens_visible_to(actor: Actor) -> QuerySet[ApiToken]:
    """Return the tokens of this host with their owners, newest first: all for who manages staff, else one's own.

    :raises RefusedError: for an actor who may not issue tokens.
    """
    enforce(actor.has("tokens.manage"))
    rows = ApiToken.objects.select_related("user").order_by("-created_at", "pk")
    if actor.has("staff.manage"):
        return rows
    return rows.none() if actor.pk is None else rows.filter(user_id=actor.pk)


def names_of(user_ids: Iterable[Any]) -> dict[str, str]:
    """Return names of accounts by id as text, for records that keep the account of whoever acted; one query.

    It takes no actor: who acted is told beside the act, to whoever was granted the act. Ids may be UUIDs or texts;
    accounts that are gone, and empty ids, are missing.
    """
    wanted = {str(key) for key in user_ids if key}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=wanted).values_list("pk", "name")}


def all_names() -> list[tuple[str, str]]:
    """Return (id as text, name) of every account of this host, by name: to choose whose acts are shown.

    It takes no actor: whoever is shown acts is shown by whom.
    """
    return [(str(pk), name) for pk, name in User.objects.order_by("name").values_list("pk", "name")]


def names_in_role(role: str) -> list[str]:
    """Return the names of the accounts that are on and hold a role, each once: whom papers name by office."""
    rows = User.objects.filter(is_active=True, grants__role=role)
    return list(rows.order_by("name").values_list("name", flat=True).distinct())
