"""One act at a time decides what is new in a school: two at once would each find nothing, and add it twice."""

from __future__ import annotations

from typing import Final

from django.db import connection

from core.tenancy import require_school

# First half of the advisory lock's key; the second is made of the school's schema: locks are shared by all schools.
_REGISTERS: Final = 0x7065
_STORE: Final = 0x7366


def hold_registers() -> None:
    """Wait until no other act adds people or orders to this school or renames them; held until the transaction ends.

    Taken before any row is locked, so that an import and a form never wait for each other.
    """
    _hold(_REGISTERS)


def hold_store() -> None:
    """Wait until no other act adds files to this school: each measures the room that is left before it takes of it.

    Held until the transaction ends, and taken before any row is locked.
    """
    _hold(_STORE)


def _hold(lock: int) -> None:
    key = int(require_school().removeprefix("s_"), 16) % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s, %s)", [lock, key])
