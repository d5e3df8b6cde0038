"""Somebody who asks at a host in a role; whatever comes back, or leaves meanwhile, is searched for foreign canaries."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.test import Client

from core.authz.registry import Extent, World, roles
from core.authz.views import PolicyKind
from core.tenancy import current, region, school
from tests.permissions import twins
from tests.permissions.walk import Endpoint, canaries
from tests.support import seeds
from tests.support.accounts import sign_in, world_at
from tests.support.opened import text_of_letters, text_of_response
from tests.support.world import SCHOOL_A

# Pages that are served by POST alone answer a GET with it.
NOT_SERVED = 405


@dataclass
class Asker:
    """A client of our host in a role, with what it has asked so far."""

    client: Client
    where: World
    role: str
    kept: SimpleCookie
    cases: int = 0
    refused: int = 0
    allowed: int = 0
    foreign: int = 0
    files: int = 0
    letters: int = 0
    sent: set[tuple[str, ...]] = field(default_factory=set)

    def __str__(self) -> str:
        counted = ("cases", "refused", "allowed", "foreign", "files", "letters")
        return f"{self.where}/{self.role}: " + ", ".join(f"{name} {getattr(self, name)}" for name in counted)

    def send(self, method: str, path: str, **kwargs: Any) -> Any:
        """Send one request, ``json`` or form ``data`` with it, and assert what holds for every answer."""
        if "json" in kwargs:
            kwargs = {"data": json.dumps(kwargs["json"]), "content_type": "application/json"}
            response = self.client.generic(method, path, **kwargs)
        else:
            response = (
                self.client.generic(method, path, **kwargs)
                if "data" not in kwargs
                else self.client.post(path, **kwargs)
            )
        self.cases += 1
        assert current() is None
        assert response.status_code < 500, f"{method} {path}: {response.status_code}"
        left = text_of_letters()
        self.letters += bool(left)
        self.files += "attachment" in response.get("Content-Disposition", "")
        seen = f"{text_of_response(response)}\n{left}\n{self.client.cookies!r}".lower()
        for canary in canaries(self.where):
            assert canary.lower() not in seen, f"{method} {path}: {canary}"
        return response

    def own_path(self, endpoint: Endpoint) -> str:
        """Return the path of an endpoint with what is open to the role, with what a letter's link would carry.

        Makes another person of the account where the endpoint is for another than the role's usual one.
        """
        from core.accounts.models import User
        from tests.permissions.walk import own_values

        path = endpoint.path(own_values(endpoint, self.role))
        user = getattr(self.client, "user", None)
        if self.where is World.REGION:
            return path
        with school(SCHOOL_A.schema):
            if (person := twins.person_for(self.role, endpoint.name)) is not None:
                User.objects.filter(pk=user.pk).update(person_id=person)
            return path + twins.query_for(endpoint.name, user)

    def begin_again(self) -> None:
        """Take back what an answer did to the cookies."""
        self.client.cookies = self.kept.copy()


def asker_for(client_at: Callable[[str], Client], where: World, role: str) -> Asker:
    """Return somebody at our host; scoped roles get the scope that holds the seeded objects."""
    place = SCHOOL_A if where is World.SCHOOL else "region"
    if role == "visitor":
        client = client_at(SCHOOL_A.code if where is World.SCHOOL else "region")
        client.user = None
    elif role == "nobody":
        client = sign_in(client_at, place, None)
    else:
        kind = next(known.scope_kind for known in roles(where) if known.slug == role)
        scope = twins.SCOPES.get(kind, ("",))[0]
        client = sign_in(client_at, place, role, scope, person_id=twins.person_of(where, role))
    if client.user is not None:
        with world_at(place):
            twins.give_belongings(where, role, client.user)
    client.raise_request_exception = False
    return Asker(client, where, role, client.cookies.copy())


@cache
def every_role() -> list[tuple[World, str]]:
    """Return (world, slug) of every role plus a visitor and somebody without roles."""
    known = [(where, role.slug) for where in World for role in roles(where)]
    return [*known, *((where, extra) for where in World for extra in ("visitor", "nobody"))]


@cache
def roles_of(where: World) -> list[str]:
    """Return the slugs that :func:`every_role` has for a world."""
    return [role for place, role in every_role() if place is where]


def carries(endpoint: Endpoint, where: World, role: str, method: str = "") -> bool:
    """Tell whether a role may open an endpoint at all, from the declared policy and the table of roles."""
    policy = endpoint.policy_for(method) if method else endpoint.policy
    assert policy is not None
    if policy.kind is PolicyKind.PUBLIC:
        return True
    if policy.kind is PolicyKind.SIGNED_IN:
        return role != "visitor"
    held = next((known.capabilities for known in roles(where) if known.slug == role), {})
    return any(name in held for name in policy.permissions)


def everywhere(endpoint: Endpoint, where: World, role: str) -> bool:
    """Tell whether a role carries an endpoint's permission over everything."""
    policy = endpoint.policy_for("GET")
    held = next((known.capabilities for known in roles(where) if known.slug == role), {})
    return policy is not None and any(held.get(name) is Extent.EVERYTHING for name in policy.permissions)


def methods_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the methods that an endpoint may serve: those of the API say which, a page is asked both."""
    return tuple(endpoint.operations) if endpoint.is_api else ("GET", "POST")


def is_answered(endpoint: Endpoint, method: str, response: Any) -> bool:
    """Tell whether somebody who may got an answer: the thing itself, or of what he typed what is wrong with it."""
    status = response.status_code
    if status in (301, 302, 303):
        return "/accounts/login/" not in response["Location"] or endpoint.name in seeds.ENDS_THE_SESSION
    return status in (200, 204, 286, 304) if method == "GET" else status not in (401, 403, 404, NOT_SERVED)


def assert_twin(asker: Asker, endpoint: Endpoint, method: str, response: Any) -> bool:
    """Assert that who is admitted is answered, or refused for a reason that is written down; tell whether served."""
    if response.status_code == NOT_SERVED and not endpoint.is_api:
        return False
    named = f"{asker.role}: {method} {endpoint.name}: {response.status_code}"
    if (asker.role, endpoint.name, method) in twins.REFUSED:
        assert not is_answered(endpoint, method, response), f"{named} is no longer refused: take it out of the list"
        return True
    assert is_answered(endpoint, method, response), f"{named}: no allowed twin"
    asker.allowed += 1
    return True


def of_forms(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as a form with files can carry it: no nested members."""
    return {
        name: value
        for name, value in body.items()
        if isinstance(value, str | int | UploadedFile | UUID) or (isinstance(value, list) and value)
    }


def snapshot(schema: str) -> str:
    """Return a hash of every row of a school."""
    with school(schema), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND relkind = 'r' AND relname <> 'django_migrations' ORDER BY 1",
            [schema],
        )
        tables = [name for (name,) in cursor.fetchall()]
        parts = " UNION ALL ".join(
            f"SELECT '{name}' AS t, count(*)::text || coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') AS h"
            f' FROM "{name}" x'
            for name in tables
        )
        cursor.execute(f"SELECT md5(string_agg(t || h, '|' ORDER BY t)) FROM ({parts}) q")
        return str(cursor.fetchone()[0])


def writes_to(schema: str) -> int:
    """Return how many rows of a school this transaction has inserted, changed or deleted, also what it took back."""
    with region(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int8"
            " FROM pg_catalog.pg_stat_xact_user_tables WHERE schemaname = %s",
            [schema],
        )
        return int(cursor.fetchone()[0])
