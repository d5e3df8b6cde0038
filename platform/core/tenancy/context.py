"""The context says in which world a statement runs: one school, the region, the roll-up, or none.

It is the only input of the database backend: role, search path and timeouts of the session follow from it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from core.tenancy.errors import ContextError, NoContextError

REGION_SCHEMA = "region"
EXTENSION_SCHEMA = "ext"
SCHOOL_SCHEMA = re.compile(r"s_[0-9a-f]{12}\Z")


class Kind(StrEnum):
    """The worlds a statement can run in."""

    SCHOOL = "school"
    SHARED = "shared"
    REGION = "region"
    ROLLUP = "rollup"


@dataclass(frozen=True, slots=True)
class Context:
    """Where statements run: ``role`` is the database role, ``schema`` the one schema whose tables are in reach.

    ``stamp`` names the context on objects, cache keys and signatures: the schema for a school and for the
    region, and schema plus role where a role sees a part of another layer's schema.
    """

    kind: Kind
    role: str
    schema: str
    # Kept, not computed: every object that is loaded asks for it.
    stamp: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Name the context."""
        stamp = self.schema if self.role == self.schema else f"{self.schema}@{self.role}"
        object.__setattr__(self, "stamp", stamp)


_current: ContextVar[Context | None] = ContextVar("tenancy_context", default=None)

_REGION = Context(Kind.REGION, REGION_SCHEMA, REGION_SCHEMA)
_ROLLUP = Context(Kind.ROLLUP, "rollup", REGION_SCHEMA)


def current() -> Context | None:
    """Return the context of this thread of work, or None."""
    return _current.get()


def require() -> Context:
    """Return the current context.

    :raises NoContextError: when there is none.
    """
    context = _current.get()
    if context is None:
        raise NoContextError
    return context


def require_school() -> str:
    """Return the schema of the current school, also from inside ``shared()``.

    :raises ContextError: outside a school.
    """
    context = require()
    if context.kind is Kind.SCHOOL:
        return context.schema
    if context.kind is Kind.SHARED:
        return context.role
    raise ContextError(f"a school is needed here, the context is {context.stamp}")


def is_school_schema(name: str) -> bool:
    """Tell whether a string has the form of a school's schema name."""
    return SCHOOL_SCHEMA.match(name) is not None


@contextmanager
def _enter(context: Context | None) -> Iterator[None]:
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def school(schema: str) -> Iterator[None]:
    """Work inside one school: its role, its schema, nothing of the region in reach.

    :raises ContextError: when the name is not that of a school's schema.
    """
    if not isinstance(schema, str) or not is_school_schema(schema):
        raise ContextError("not the name of a school's schema")
    with _enter(Context(Kind.SCHOOL, schema, schema)):
        yield


@contextmanager
def region() -> Iterator[None]:
    """Work in the region's schema as the region.

    :raises ContextError: from inside a school: a school reaches the region through ``shared()`` only.
    """
    context = _current.get()
    if context is not None and context.kind in (Kind.SCHOOL, Kind.SHARED):
        raise ContextError("a school does not open the region; use shared()")
    with _enter(_REGION):
        yield


@contextmanager
def rollup() -> Iterator[None]:
    """Work as the roll-up: the fact views of every school and the tables of reports.

    :raises ContextError: from inside a school.
    """
    context = _current.get()
    if context is not None and context.kind in (Kind.SCHOOL, Kind.SHARED):
        raise ContextError("a school does not open the roll-up")
    with _enter(_ROLLUP):
        yield


@contextmanager
def shared() -> Iterator[None]:
    """Work, inside a school, on the shared tables: the role stays the school's; grants and row policies decide.

    :raises ContextError: outside a school.
    """
    schema = require_school()
    with _enter(Context(Kind.SHARED, schema, REGION_SCHEMA)):
        yield


@contextmanager
def nowhere() -> Iterator[None]:
    """Leave every context for a while; for code that must not touch the database."""
    with _enter(None):
        yield


def _forget_after_fork() -> None:
    _current.set(None)


os.register_at_fork(after_in_child=_forget_after_fork)
