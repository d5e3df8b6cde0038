"""A session belongs to one world, ends when nobody works, and opens nothing before a compulsory second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.accounts.services.second_factor import has_second_factor
from core.accounts.services.sign_ins import (
    IDLE_KEY,
    SEEN_KEY,
    SIGN_IN_KEY,
    end_sign_in,
    idle_minutes,
    touch_sign_in,
)
from core.authz import Actor, actor_of, asks_itself, policy_of
from core.tenancy import require

WORLD_KEY = "_world"
SECOND_FACTOR_KEY = "_second_factor"
_TOUCH_SECONDS = 60

Handler = Callable[[HttpRequest], HttpResponse]


class SessionWorldMiddleware:
    """Empties a session that was made in another world; the second lock behind host-only cookies and own tables."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the session's world before anybody reads its user."""
        session = request.session
        if not session.is_empty() and session.get(WORLD_KEY) != require().stamp:
            session.flush()
        response = self.get_response(request)
        if session.modified and not session.is_empty():
            session[WORLD_KEY] = require().stamp
        return response


class PrivateAnswerMiddleware:
    """Forbids every cache to keep what somebody who has signed in was shown.

    At a shared computer the next person presses «Назад»; whoever writes a page need not think of it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer, unless the view has forbidden keeping it already."""
        response = self.get_response(request)
        if SESSION_KEY in request.session and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
        return response


class IdleMiddleware:
    """Ends a session that nobody used for too long; says once a minute that one is in use."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the clock before anybody reads the user."""
        session = request.session
        if SESSION_KEY in session:
            now, sign_in = int(time.time()), session.get(SIGN_IN_KEY)
            seen, limit = session.get(SEEN_KEY, now), session.get(IDLE_KEY, 0)
            if limit and now - seen > limit * 60:
                if sign_in:
                    end_sign_in(sign_in)
                session.flush()
                messages.info(request, _("Вы долго ничего не делали, поэтому вход завершён. Войдите снова."))
            elif (now - seen > _TOUCH_SECONDS or SEEN_KEY not in session) and not _refreshes_itself(request):
                session[SEEN_KEY] = now
                if sign_in:
                    touch_sign_in(sign_in)
        return self.get_response(request)


def _refreshes_itself(request: HttpRequest) -> bool:
    """Tell whether a part of a page asks by itself: a dashboard left open is nobody at work."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true"


class SecondFactorMiddleware:
    """Lets nobody with rights over others' data past without a second factor, whatever the address.

    A session remembers the check together with the user's session epoch: taking a factor off raises the epoch, so no
    session keeps a check that is no longer true.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing here: the view is not known yet."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Send whoever must still set up the second factor there."""
        policy = policy_of(view)
        if policy is None or policy.before_second_factor or asks_itself(view):
            return None
        actor = actor_of(request)
        if not actor.is_authenticated or second_factor_stands(request, actor):
            return None
        return redirect("mfa_activate_totp")


def second_factor_stands(request: HttpRequest, actor: Actor) -> bool:
    """Tell whether somebody who has signed in needs no second factor or has one; remembered in the session."""
    if not actor.needs_second_factor:
        return True
    epoch = request.user.session_epoch  # type: ignore[union-attr]
    if request.session.get(SECOND_FACTOR_KEY) == epoch:
        return True
    if actor.pk is None or not has_second_factor(actor.pk):
        return False
    request.session[SECOND_FACTOR_KEY] = epoch
    if not request.session.get(IDLE_KEY):
        # Somebody became staff while signed in: from here on the shorter limit of staff holds.
        request.session[IDLE_KEY] = idle_minutes(is_shared_computer=False, is_staff=True)
    return True
