"""Who may yet become somebody's partner, as packages above know it: he reads no answers of his, as a partner does not.

This package knows pairs alone; each of them registers itself in its ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

# Of a role, «mentor» or «mentee», and the id of a person: the ids of those who may come to stand in it beside him.
Partners = Callable[[str, UUID], QuerySet[Any, Any]]
_partners: list[Partners] = []


def register_partners(partners: Partners) -> None:
    """Let a package say who may come to stand in a pair's one part with somebody in the other."""
    _partners.append(partners)


def possible_partners(role: str, person_id: UUID) -> list[QuerySet[Any, Any]]:
    """Return the ids of those who may come to stand in a role beside a person, as queries of a single column."""
    return [partners(role, person_id) for partners in _partners]
