"""Passwords checked by allauth, and an account out of its term treated as one that is switched off."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in by login and password of the current world."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Refuse accounts that are off or out of term; asked at sign-in and again with every request."""
        return bool(user.is_in_force())
