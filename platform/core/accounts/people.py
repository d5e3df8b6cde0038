"""Accounts of people the place knows: who a person is, this layer asks the one above."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from core.accounts.models import User
from core.authz import Actor

NameOf = Callable[[Actor, UUID], str]
PartOf = Callable[[Actor, User], dict[str, Any] | None]
# Takes whose login it is (None: nobody knows) and the slugs of all its roles; returns why they may not be one's.
WhyNotStaff = Callable[[UUID | None, Collection[str]], str]
_sources: list[NameOf] = []
_bars: list[WhyNotStaff] = []
_parts: list[tuple[str, PartOf]] = []


def register_people(name_of: NameOf) -> None:
    """Say how to find a person's full name for an actor; it raises Http404 for a person the actor does not see."""
    _sources[:] = [name_of]


def person_name(actor: Actor, person_id: UUID) -> str:
    """Return the full name of a person the actor sees; empty on a host that knows no people.

    :raises Http404: for a person the actor does not see.
    """
    return _sources[0](actor, person_id) if _sources else ""


def register_staff_bar(why_not: WhyNotStaff) -> None:
    """Say whose login gets no role over others' data; the sentence says why and what to do, empty where it may."""
    _bars[:] = [why_not]


def why_no_staff(person_id: UUID | None, slugs: Collection[str]) -> str:
    """Return why a login of a person may not have these roles, one of which opens others' data; empty when it may."""
    return _bars[0](person_id, slugs) if _bars else ""


def register_member_part(template: str, build: PartOf) -> None:
    """Add a part to the page of an account: a template and what it is told of an account, None where nothing."""
    _parts[:] = [known for known in _parts if known[0] != template] + [(template, build)]


def member_parts(actor: Actor, user: User) -> list[tuple[str, dict[str, Any]]]:
    """Return what the layers above have to say on the page of an account: pairs (template, context)."""
    built = ((template, build(actor, user)) for template, build in _parts)
    return [(template, context) for template, context in built if context is not None]
