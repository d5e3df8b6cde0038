"""Every view declares its policy; the middleware asks before the view runs, and refuses a view that declares none.

::

    @requires("people.view")
    def people_list(request): ...

A decorator only records the policy on the view, where the test that walks the URLconfs reads it too. For a view of
somebody else's (a library's), ``declared(view, policy)`` records it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, slots=True)
class MethodPolicies:
    """What an endpoint of the API demands, by HTTP method; it asks itself, with the sender of a token known."""

    by_method: Mapping[str, Policy]

    def of(self, method: str) -> Policy:
        """Return the policy of a method; for one that is not served, the most that any of them would demand."""
        known = self.by_method.get("GET" if method == "HEAD" else method)
        return known if known is not None else self.of_any()

    def of_any(self) -> Policy:
        """Return the policy of whoever may do anything here at all."""
        found = list(self.by_method.values())
        if any(policy.kind is PolicyKind.SIGNED_IN for policy in found):
            return Policy(PolicyKind.SIGNED_IN)
        names = [name for policy in found for name in policy.permissions]
        return Policy(PolicyKind.REQUIRES, tuple(dict.fromkeys(names)))


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


def _recorded(view: Any) -> Any:
    return getattr(view, _ATTRIBUTE, None) or getattr(getattr(view, "view_class", None), _ATTRIBUTE, None)


def policy_of(view: Any, method: str = "") -> Policy | None:
    """Return the declared policy of what a URL pattern calls (a function or ``View.as_view()``), or None.

    For an endpoint of the API: that of the method, or without one that of whoever may do anything there.
    """
    found = _recorded(view)
    if isinstance(found, MethodPolicies):
        return found.of(method) if method else found.of_any()
    return found if isinstance(found, Policy) else None


def asks_itself(view: Any) -> bool:
    """Tell whether a view asks its policy itself, as endpoints of the API do once they know whose token came."""
    return isinstance(_recorded(view), MethodPolicies)


def ask(policy: Policy, actor: Actor) -> None:
    """Ask the policy about somebody who has signed in.

    :raises RefusedError: with the reason.
    """
    if policy.kind is PolicyKind.REQUIRES:
        enforce(can(*policy.permissions)(actor))


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
        if policy.kind is PolicyKind.PUBLIC or asks_itself(view):
            return None
        actor = actor_of(request)
        if not actor.is_authenticated:
            return _to_sign_in(request)
        ask(policy, actor)
        return None
