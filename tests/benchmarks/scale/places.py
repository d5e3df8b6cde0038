"""Which database a statement goes to: that of the school whose context it runs in, else the region's.

Everything in the product speaks to the connection ``default``; here that name means "the database of the context", so
that models, raw statements and transactions follow alike. A transaction that is open in one database refuses
statements for another: there is no transaction over both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections
from django.db.utils import ConnectionHandler

from core.tenancy.context import Kind, current

REGION = "default"
_at: ContextVar[str | None] = ContextVar("place", default=None)
_homes: dict[str, str] = {}


class SplitTransactionError(Exception):
    """Work begun in one database's transaction went on in another: it could be half done."""


def place_of(schema: str) -> str:
    """Return the database of a school."""
    return _homes.get(schema, REGION)


@contextmanager
def at(place: str) -> Iterator[None]:
    """Read in this database whatever the context: the roll-up goes to where the facts are."""
    token = _at.set(place)
    try:
        yield
    finally:
        _at.reset(token)


def place_now() -> str:
    """Return the database of this moment."""
    chosen = _at.get()
    if chosen is not None:
        return chosen
    context = current()
    if context is not None and context.kind in (Kind.SCHOOL, Kind.SHARED):
        return place_of(context.role)
    return REGION


class ByContext(ConnectionHandler):
    """Django's connections, with ``default`` standing for the database of the context."""

    def __getitem__(self, alias: str) -> Any:
        """Return the connection.

        :raises SplitTransactionError: while another database's transaction is open here.
        """
        if alias != REGION:
            return super().__getitem__(alias)
        place = place_now()
        for other in self.settings:
            opened = getattr(self._connections, other, None) if other != place else None
            if opened is not None and opened.in_atomic_block:
                raise SplitTransactionError(f"a transaction is open in {other}, this statement is for {place}")
        return super().__getitem__(place)


def divide(place: str, address: dict[str, Any], schemas: set[str]) -> None:
    """Add a database that holds these schools; once in a process, before anything is asked of it."""
    connections.settings[place] = {**connections.settings[REGION], **address}
    connections.__class__ = ByContext
    _homes.update(dict.fromkeys(schemas, place))
