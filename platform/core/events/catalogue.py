"""Typed events: what happened, told to whoever subscribed, in the transaction in which it happened.

An app registers its kinds of event in ``AppConfig.ready`` and its services announce them; an upper or a sibling layer
subscribes. Events carry ids, days, numbers and codes: nothing of them may name a child.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from core.authz.registry import Text, World
from core.events.outbox import enqueue
from core.tenancy import Kind, require

Plain = str | int | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: ``name`` is stable, ``title`` completes «Когда: …», ``members`` name what an event carries."""

    name: str
    title: Text
    worlds: frozenset[World]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; ``data`` is ready for JSON."""

    kind: EventKind
    id: UUID
    at: datetime
    data: Mapping[str, Plain]


Subscriber = Callable[[Event], None]
_kinds: dict[str, EventKind] = {}
_subscribers: dict[Subscriber, Callable[[str], bool]] = {}


def register_events(world: World, *rows: tuple[str, Text, tuple[str, ...]]) -> None:
    """Add kinds of event of one world from rows (name, title, members); called from ``AppConfig.ready``.

    :raises ImproperlyConfigured: for a name that means something else already.
    """
    for name, title, members in rows:
        kind = EventKind(name, title, frozenset({world}), members)
        if _kinds.setdefault(name, kind) != kind:
            raise ImproperlyConfigured(f"the event {name} is registered twice")


def subscribe(subscriber: Subscriber, *, wants: Callable[[str], bool]) -> None:
    """Have a function called with every event, in the event's own context and transaction.

    ``wants`` tells of a name whether the subscriber would do anything with such an event of the region now; the
    roll-up asks it, under its own role, before it goes to any trouble.
    """
    _subscribers[subscriber] = wants


def is_wanted(name: str) -> bool:
    """Tell whether anybody wants such an event of the region now."""
    return any(wants(name) for wants in _subscribers.values())


def event_kinds(world: World) -> Sequence[EventKind]:
    """Return the kinds of event of a world, in the order of registration."""
    return [kind for kind in _kinds.values() if world in kind.worlds]


def announce(name: str, data: Mapping[str, Any]) -> None:
    """Tell the subscribers that something happened; called by a service inside its transaction.

    :raises ImproperlyConfigured: for an unknown name, or members other than the registered ones.
    :raises TypeError: for a value that is no id, day, number or code: free text could name somebody.
    """
    kind = _kinds.get(name)
    if kind is None or set(data) != set(kind.members):
        raise ImproperlyConfigured(f"the event {name} is not registered with the members {sorted(data)}")
    plain = {key: _plain(value) for key, value in data.items()}
    if require().kind is Kind.ROLLUP:
        # The roll-up reaches nobody's subscriptions: the region tells in its place, after the commit.
        from core.events.tasks import announce_in_region

        if is_wanted(name):
            enqueue(announce_in_region, name=name, at=timezone.now().isoformat(), data=plain)
        return
    tell(Event(kind, uuid.uuid4(), timezone.now(), plain))


def announce_later(name: str, at: datetime, data: Mapping[str, Plain]) -> None:
    """Tell what the roll-up asked the region to tell."""
    tell(Event(_kinds[name], uuid.uuid4(), at, data))


def tell(event: Event) -> None:
    """Hand an event to the subscribers."""
    for subscriber in _subscribers:
        subscriber(event)


def _plain(value: Any) -> Plain:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [str(UUID(str(each))) for each in value]
    raise TypeError(f"an event carries ids, days, numbers and codes, not {type(value).__name__}")
