"""What a token can be confined to on the page: single permissions that make sense for a programme alone.

Apps register theirs in ``AppConfig.ready``; through the API a token can be confined to any permissions of its roles.
"""

from __future__ import annotations

from core.authz import Actor
from core.authz.registry import Text, permission

_purposes: list[str] = []


def register_purpose(name: str) -> None:
    """Offer a permission as all that a token may do."""
    if name not in _purposes:
        _purposes.append(name)


def purposes_of(actor: Actor) -> list[tuple[str, Text]]:
    """Return pairs (permission, title) of those that the actor carries himself."""
    return [(name, permission(name).title) for name in _purposes if actor.reach(name)]
