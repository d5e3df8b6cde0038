"""psycopg classes of the door.

What a session is known to have applied hangs on the PHYSICAL connection, so that reconnects, pools and forks need no
hooks. Private API used: psycopg's ``_execute_send`` (guarded by a test).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any, cast

import psycopg
from django.db.backends.postgresql.base import Cursor as DjangoCursor
from django.db.backends.postgresql.base import ServerSideCursor as DjangoServerSideCursor
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import TransactionStatus

from core.tenancy.errors import StampError
from core.tenancy.slow import SHORTEST_SLOW_SECONDS, note_if_slow


class DoorConnection(psycopg.Connection[Any]):
    """A connection that knows which context's SQL it has applied, and forgets when the server may have reverted it."""

    door_applied: bytes | None = None
    door_wanted: Callable[[], bytes] | None = None

    def rollback(self) -> None:
        """Roll back, and forget: a session-level SET is reverted with the transaction that made it."""
        try:
            super().rollback()
        finally:
            self.door_applied = None

    def commit(self) -> None:
        """Commit.

        :raises InFailedSqlTransaction: when the transaction has failed: the server would answer COMMIT with a silent
            ROLLBACK, revert role and path, and lose the work without a word.
        """
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            self.rollback()
            raise InFailedSqlTransaction("the transaction had failed: nothing was committed")
        try:
            super().commit()
        except BaseException:
            self.door_applied = None
            raise

    def apply_door(self) -> None:
        """Bring the session into the current context, in one round trip when it is not known to be there."""
        if self.door_wanted is None:
            return
        wanted = self.door_wanted()
        if self.door_applied == wanted or self.pgconn.transaction_status == TransactionStatus.INERROR:
            return
        self.door_applied = None
        with psycopg.ClientCursor(self) as cursor:
            cursor.execute(wanted)
        self.door_applied = wanted


class DoorCursorMixin:
    """Applies the context before each statement and sends every statement by the extended protocol.

    The extended protocol takes one statement only: text injected into a value cannot open a second one.
    """

    connection: DoorConnection

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Execute one statement in the current context; a slow one is noted, also when it fails."""
        self.connection.apply_door()
        began = monotonic()
        try:
            return super().execute(*args, **kwargs)  # type: ignore[misc]
        finally:
            took = monotonic() - began
            # Asked here first: nothing slower than this check belongs on every statement's way.
            if took >= SHORTEST_SLOW_SECONDS:
                note_if_slow(args[0] if args else kwargs.get("query"), took)

    def executemany(self, *args: Any, **kwargs: Any) -> Any:
        """Execute in a pipeline; the context is applied before it opens (the simple protocol is refused inside)."""
        self.connection.apply_door()
        return super().executemany(*args, **kwargs)  # type: ignore[misc]

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Open a COPY in the current context."""
        self.connection.apply_door()
        return super().copy(*args, **kwargs)  # type: ignore[misc]

    def stream(self, *args: Any, **kwargs: Any) -> Any:
        """Stream rows of one statement in the current context."""
        self.connection.apply_door()
        return super().stream(*args, **kwargs)  # type: ignore[misc]

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)  # type: ignore[misc]


class DoorCursor(DoorCursorMixin, DjangoCursor):
    """Django's client-binding cursor behind the door."""


class DoorServerSideCursor(DoorCursorMixin, DjangoServerSideCursor):
    """Django's server-side cursor behind the door; an open one is refused in another context."""

    _opened_in: bytes | None = None

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Open the cursor, and remember the context it belongs to."""
        result = super().execute(*args, **kwargs)
        self._opened_in = self.connection.door_applied
        return result

    def _check(self) -> None:
        wanted = self.connection.door_wanted
        if wanted is not None and self._opened_in != wanted():
            raise StampError("a server-side cursor of one context was read in another")

    def fetchone(self) -> Any:
        """Fetch one row, in the context the cursor was opened in."""
        self._check()
        return super().fetchone()  # type: ignore[misc]

    def fetchmany(self, size: int = 0) -> Any:
        """Fetch some rows, in the context the cursor was opened in."""
        self._check()
        return super().fetchmany(size)  # type: ignore[misc]

    def fetchall(self) -> Any:
        """Fetch the rest, in the context the cursor was opened in."""
        self._check()
        return super().fetchall()  # type: ignore[misc]

    def __iter__(self) -> Iterator[Any]:
        for row in cast("Iterator[Any]", super().__iter__()):  # type: ignore[misc]
            self._check()
            yield row
