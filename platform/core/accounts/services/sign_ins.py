"""Sign-ins as their owner sees them: when, where from, still open; and how they end."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.models import SignIn, User
from core.audit.services import record

SIGN_IN_KEY = "_sign_in"
IDLE_KEY = "_idle_minutes"
SEEN_KEY = "_seen"
_KEPT_DAYS = 180
_FAMILIES = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def browser_family(user_agent: str) -> str:
    """Return the family of a browser, and «телефон» where it says so; versions are not kept."""
    family = next((name for mark, name in _FAMILIES if mark in user_agent), "")
    if not family:
        return ""
    return f"{family}, {_('телефон')}" if "Mobile" in user_agent else family


def network_of(address: str) -> str:
    """Return the network of an address (/24, IPv6 /48); empty for what is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))


def idle_minutes(*, is_shared_computer: bool, is_staff: bool) -> int:
    """Return after how many idle minutes a session ends; 0: only with the session itself."""
    if is_shared_computer:
        return int(settings.IDLE_MINUTES_SHARED_COMPUTER)
    return int(settings.IDLE_MINUTES_STAFF) if is_staff else 0


def start_sign_in(
    *, request: HttpRequest, user: User, address: str, is_shared_computer: bool, is_staff: bool
) -> SignIn:
    """Write down a sign-in that has just succeeded and tie the session to it."""
    now = timezone.now()
    with transaction.atomic():
        SignIn.objects.filter(user=user, at__lt=now - timedelta(days=_KEPT_DAYS)).delete()
        # Sessions that nobody signed out of hold what was searched for; out of term they go with the next sign-in.
        request.session.clear_expired()
        sign_in = SignIn.objects.create(
            user=user,
            at=now,
            seen_at=now,
            browser=browser_family(request.META.get("HTTP_USER_AGENT", "")),
            network=network_of(address),
            is_shared_computer=is_shared_computer,
        )
        record(actor=user, action="signed_in", object_type="user", object_id=user.pk)
    request.session[SIGN_IN_KEY] = str(sign_in.pk)
    request.session[IDLE_KEY] = idle_minutes(is_shared_computer=is_shared_computer, is_staff=is_staff)
    request.session[SEEN_KEY] = int(now.timestamp())
    return sign_in


def touch_sign_in(sign_in_id: str) -> None:
    """Write down that a session is in use; called once a minute at most."""
    SignIn.objects.filter(pk=sign_in_id, ended_at__isnull=True).update(seen_at=timezone.now())


def end_sign_in(sign_in_id: str) -> None:
    """Write down that a session has ended."""
    SignIn.objects.filter(pk=sign_in_id, ended_at__isnull=True).update(ended_at=timezone.now())


def end_other_sign_ins(*, request: HttpRequest) -> int:
    """End every session of the request's user but this one; return how many open sign-ins were written off."""
    own = request.session.get(SIGN_IN_KEY)
    with transaction.atomic():
        user = User.objects.select_for_update().get(login=request.user.get_username())
        user.session_epoch += 1
        user.save(update_fields=["session_epoch"])
        others = SignIn.objects.filter(user=user, ended_at__isnull=True)
        others = others.exclude(pk=own) if own else others
        ended = others.update(ended_at=timezone.now())
        record(actor=user, action="sessions.others_ended", object_type="user", object_id=user.pk)
    update_session_auth_hash(request, user)
    return ended
