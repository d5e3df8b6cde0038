"""Somebody with a role, signed in, quickly: for the matrix of permissions and for every test of a page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from tests.support.world import SCHOOL_A, SCHOOL_B, TestSchool

PASSWORD = "пароль-для-проверки-17"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Place = TestSchool | str
"""A school of the check, its code, or "region"."""


def label_of(place: Place) -> str:
    """Return the host label of a place."""
    return place if isinstance(place, str) else place.code


def world_at(place: Place) -> AbstractContextManager[None]:
    """Return the context of a place, to be entered with ``with``."""
    from core.tenancy import region, school

    label = label_of(place)
    if label == "region":
        return region()
    return school(next(known.schema for known in (SCHOOL_A, SCHOOL_B) if known.code == label))


def make_user(
    role: str | None,
    scope: str = "",
    *,
    login: str = "",
    name: str = "Проверочный Пользователь",
    with_totp: bool = True,
    **fields: Any,
) -> Any:
    """Create a user of the current world with one role (or none) and, unless told otherwise, a second factor."""
    from allauth.mfa.totp.internal.auth import TOTP

    from core.accounts.models import RoleGrant, User

    user = User.objects.create_user(
        login=login or f"{role or 'nobody'}-{uuid4().hex[:8]}",
        name=name,
        password=PASSWORD,
        **fields,
    )
    if role:
        RoleGrant.objects.create(user=user, role=role, scope=scope)
    if with_totp:
        TOTP.activate(user, TOTP_SECRET)
    return user


def session_for(user: Any) -> str:
    """Store a session of the current world as signing in leaves it, second factor passed; return its key."""
    from core.accounts.middleware import WORLD_KEY
    from core.tenancy import require

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[WORLD_KEY] = require().stamp
    session.save()
    return str(session.session_key)


def sign_in(
    client_factory: Callable[[str], Client],
    place: Place,
    role: str | None,
    scope: str = "",
    *,
    person_id: UUID | None = None,
) -> Client:
    """Return a client of a place's host, signed in as a new user with a role, second factor passed.

    ``sign_in(client_at, school_a, "director")``, ``sign_in(client_at, "region", "region_admin")``; ``client.user`` is
    the user (an object of the place's world).
    """
    with world_at(place):
        user = make_user(role, scope, person_id=person_id)
        key = session_for(user)
    client = client_factory(label_of(place))
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    client.user = user
    return client


def token_for(place: Place, role: str, scope: str = "", *, days: int = 30, **fields: Any) -> str:
    """Return a token of a place's host that acts for a new user with a role."""
    from core.accounts.services.tokens import issue_token
    from core.authz import load_actor

    with world_at(place):
        user = make_user(role, scope, **fields)
        return issue_token(actor=load_actor(user), title="Проверка", roles=[(role, scope)], days=days).secret


def totp_code(secret: str = TOTP_SECRET, *, steps_ahead: int = 0) -> str:
    """Return the code a generator shows now, or some steps of 30 seconds later (a code passes once only)."""
    import time

    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps_ahead))
