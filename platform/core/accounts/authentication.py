"""Who sends a request to the API: a programme by its token, or the browser of somebody who has signed in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from core.accounts.middleware import second_factor_stands
from core.accounts.models import ApiToken, User
from core.accounts.services.second_factor import has_second_factor
from core.accounts.services.tokens import token_of
from core.authz import load_actor, narrowed

_SCHEME = "bearer"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer …``; a token of another host is as unknown as one that nobody issued."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's owner and the token; the request's actor has the token's roles alone.

        :raises AuthenticationFailed: for a token that opens nothing here.
        """
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != _SCHEME:
            return None
        token = token_of(secret.strip())
        if token is None:
            raise AuthenticationFailed
        pairs = [(slug, scope) for slug, scope in token.roles]
        actor = narrowed(load_actor(token.user), pairs, token.permissions)
        if actor.needs_second_factor and not has_second_factor(token.user.pk):
            raise AuthenticationFailed
        request._request.actor = actor  # type: ignore[attr-defined]
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return "Bearer"


class BrowserAuthentication(SessionAuthentication):
    """The session of a page, with its CSRF token for unsafe requests and its second factor."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the user of the session.

        :raises PermissionDenied: without the CSRF token, or before a compulsory second factor.
        """
        found = super().authenticate(request)
        if found is None:
            return None
        actor = request._request.actor  # type: ignore[attr-defined]
        if not second_factor_stands(request._request, actor):
            raise PermissionDenied(_("Сначала настройте второй фактор на сайте."))
        return found[0], None


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document names the token."""

    target_class = "core.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        words = "Токен этого сайта: его выдают на странице «Токены», он виден один раз."
        return {"type": "http", "scheme": "bearer", "description": words}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document names the session."""

    target_class = "core.accounts.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        words = "Вход на сайте; для изменений нужен заголовок X-CSRFToken."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": words}
