"""Tokens: keys by which programmes act for somebody, on one host and with some of his roles."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.accounts.errors import TokenError
from core.accounts.models import ApiToken, User
from core.accounts.policies import may_issue_tokens, may_revoke_token
from core.accounts.selectors import tokens_visible_to
from core.accounts.services.grants import RolePairs
from core.audit.services import record
from core.authz import Actor, RefusedError, enforce, load_actor
from core.tenancy import require

LONGEST_DAYS = 366
_MARK = "mt_"
_LONGEST_TOKEN = 100
_TOUCH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A fresh token: the only moment at which ``secret`` is known."""

    token: ApiToken
    secret: str


def _hash(secret: str, key: str | None = None) -> str:
    """Return the stored form, 64 hex digits: keyed by the secret key and by the world the token is for."""
    return salted_hmac(f"core.accounts.token:{require().stamp}", secret, secret=key, algorithm="sha256").hexdigest()


def issue_token(
    *,
    actor: Actor,
    title: str,
    roles: RolePairs,
    days: int,
    permissions: Collection[str] = (),
    means: ApiToken | None = None,
    owner: User | None = None,
) -> IssuedToken:
    """Issue a token that acts for the actor with some of his roles; it is returned and stored nowhere.

    ``permissions``: all that it may do of what the roles may; none named: everything they may. ``means`` is the token
    by which it is asked for: it bounds the new one's life and permissions. ``owner`` is for commands alone, which act
    under a label: the token acts for him, with roles that he holds.

    :raises RefusedError: when the actor may not, or is here for a few hours.
    :raises TokenError: roles he does not hold, none at all, permissions they do not carry, no name, a life of less than
        a day or more than 366 days.
    """
    enforce(may_issue_tokens(actor))
    holder = load_actor(owner) if actor.is_system else actor
    if holder.pk is None:
        raise RefusedError(_("Токен действует от имени сотрудника: выдать его может только он сам."))
    held = {(grant.role.slug, grant.scope) for grant in holder.grants}
    pairs = list(dict.fromkeys((slug, scope) for slug, scope in roles))
    if not pairs or not set(pairs) <= held:
        raise TokenError(_("Выберите роли из тех, что есть у вас."), "roles")
    chosen = _permissions(holder, pairs, permissions, means)
    if not title.strip():
        raise TokenError(_("Напишите, для какой программы токен."), "title")
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenError(_("Токен действует от 1 до 366 дней."), "days")
    secret, now = _MARK + secrets.token_urlsafe(32), timezone.now()
    expires_at = now + timedelta(days=days)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user_id=holder.pk,
            title=" ".join(title.split())[:100],
            token_hash=_hash(secret),
            roles=[list(pair) for pair in pairs],
            permissions=chosen,
            created_at=now,
            expires_at=min(expires_at, means.expires_at) if means is not None else expires_at,
        )
        details = {"roles": [slug for slug, _scope in pairs], "permissions": chosen, "days": days}
        record(actor=actor, action="token.issued", object_type="token", object_id=token.pk, details=details)
    return IssuedToken(token, secret)


def _permissions(holder: Actor, pairs: RolePairs, permissions: Collection[str], means: ApiToken | None) -> list[str]:
    wanted = set(permissions)
    carried = {
        name
        for grant in holder.grants
        if (grant.role.slug, grant.scope) in set(pairs)
        for name in grant.role.capabilities
    }
    if not wanted <= carried:
        raise TokenError(_("Выбранные роли этого не могут."), "permissions")
    if means is not None and means.permissions and not (wanted and wanted <= set(means.permissions)):
        raise TokenError(_("Токен не выдаёт того, чего не может сам."), "permissions")
    return sorted(wanted)


def revoke_token(*, actor: Actor, token_id: UUID) -> ApiToken:
    """End a token at once; ending it again changes nothing.

    :raises Http404: no such token among those the actor sees.
    :raises RefusedError: when it is somebody's whose account he may not manage.
    """
    with transaction.atomic():
        token = tokens_visible_to(actor).select_for_update(of=("self",)).filter(pk=token_id).first()
        if token is None:
            raise Http404
        enforce(may_revoke_token(actor, token))
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            record(actor=actor, action="token.revoked", object_type="token", object_id=token.pk)
    return token


def token_of(secret: str) -> ApiToken | None:
    """Return the token in force of this world that a request names, with its owner; note once a minute that it is used.

    None for every other: unknown, another host's, out of date, revoked, of somebody who may not sign in.
    """
    if not secret.startswith(_MARK) or len(secret) > _LONGEST_TOKEN:
        return None
    hashes = [_hash(secret), *(_hash(secret, key) for key in settings.SECRET_KEY_FALLBACKS)]
    token = ApiToken.objects.select_related("user").filter(token_hash__in=hashes).first()
    now = timezone.now()
    if token is None or not token.is_in_force(now) or not token.user.is_in_force(now):
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(seconds=_TOUCH_SECONDS):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token
