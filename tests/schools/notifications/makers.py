"""Readers with an address, news for them, and links in what they get."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from tests.schools.makers import actor_with
from tests.support import world

ADDRESS = "inna@mail.test"


def reader(role: str = "mentor", *, email: str = ADDRESS, **fields: Any) -> Any:
    """Return an account with a confirmed address."""
    from core.accounts.models import User
    from schools.notifications.models import Preference

    user = User.objects.get(pk=actor_with(role, **fields).pk)
    Preference.objects.create(user=user, email=email, confirmed_at=timezone.now())
    return user


def news(user: Any, what: str = "stuck") -> None:
    """Tell an account of something about the template's pair."""
    from schools.notifications.domain import News
    from schools.notifications.services import tell

    tell(News(what), [(user.pk, world.PAIR)])


def link_in(letter: Any, words: str) -> str:
    """Return path and query of the link whose path holds these words."""
    (url,) = {found for found in re.findall(r"http\S+", letter.body) if words in found}
    parts = urlsplit(url)
    assert parts.hostname == "sch-a.localhost"
    return f"{parts.path}?{parts.query}"
