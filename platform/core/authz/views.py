"""Every view declares its policy; the middleware asks before the view runs, and refuses a view that declares none.

::

    @requires("people.view")
    def people_list(request): ...

A decorator only records the policy on the view, where the test that walks the URLconfs reads it too. For a view of
somebody else's (a library's), ``declared(view, policy)`` records it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject

from core.authz.actor import Actor, can, load_actor
from core.authz.decisions import enforce

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "policy"


class PolicyKind(StrEnum):
    """Who may open a view at all."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    REQUIRES = "requires"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a view demands. ``permissions``: any one of them suffices.

    ``before_second_factor``: open also to somebody who must still set up the second factor (that set-up, leaving).
    """

    kind: PolicyKind
    permissions: tuple[str, ...] = ()
    before_second_factor: bool = False


def declared(view: View, policy: Policy) -> View:
    """Record a policy on a view function or class and return the view.

    :raises ImproperlyConfigured: when it has one: two answers to one question hide each other.
    """
    if _ATTRIBUTE in vars(view):
        raise ImproperlyConfigured(f"{view!r} declares its policy twice")
    setattr(view, _ATTRIBUTE, policy)
    return view


def public(view: View) -> View:
    """Declare a view open to everybody. Each one is pinned in a test: the list is short."""
    return declared(view, Policy(PolicyKind.PUBLIC, before_second_factor=True))


def signed_in_before_second_factor(view: View) -> View:
    """Declare a view of setting the second factor up, or of leaving: open before there is one."""
    return declared(view, Policy(PolicyKind.SIGNED_IN, before_second_factor=True))


def signed_in(view: View) -> View:
    """Declare a view open to everybody who has signed in: it shows what is one's own."""
    return declared(view, Policy(PolicyKind.SIGNED_IN))


def requires(*permissions: str) -> Callable[[View], View]:
    """Declare the permission a view needs; of several names, any one suffices."""
    if not permissions:
        raise ImproperlyConfigured("requires() needs a permission")

    def declare(view: View) -> View:
        return declared(view, Policy(PolicyKind.REQUIRES, permissions))

    return declare


def policy_of(view: Any) -> Policy | None:
    """Return the declared policy of what a URL pattern calls (a function or ``View.as_view()``), or None."""
    found = getattr(view, _ATTRIBUTE, None) or getattr(getattr(view, "view_class", None), _ATTRIBUTE, None)
    return found if isinstance(found, Policy) else None


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a request; loaded on first use, one query."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the sign-in page; back again only to a whole page that can be asked for once more."""
    is_page = request.method == "GET" and not request.headers.get("HX-Request")
    wanted = request.get_full_path()
    suffix = f"?next={quote(wanted)}" if is_page and wanted != "/" else ""
    return redirect(resolve_url(settings.LOGIN_URL) + suffix)


class PolicyMiddleware:
    """Gives the request its actor and asks the view's policy before the view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor, unloaded."""
        request.actor = SimpleLazyObject(lambda: load_actor(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Ask the policy.

        :raises ImproperlyConfigured: for a view without one: forgotten is refused.
        :raises RefusedError: with the reason, for the 403 page.
        """
        policy = policy_of(view)
        if policy is None:
            raise ImproperlyConfigured(f"{view!r} declares no policy: use @requires, @signed_in or @public")
        if policy.kind is PolicyKind.PUBLIC:
            return None
        actor = actor_of(request)
        if not actor.is_authenticated:
            return _to_sign_in(request)
        if policy.kind is PolicyKind.REQUIRES:
            enforce(can(*policy.permissions)(actor))
        return None
