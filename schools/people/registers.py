"""One act at a time decides what is new in a school: two at once would each find nothing, and add it twice."""

from __future__ import annotations

from typing import Final

from django.db import connection

from core.tenancy import require_school

# First half of the advisory lock's key; the second is made of the school's schema: locks are shared by all schools.
_LOCK: Final = 0x7065


def hold_registers() -> None:
    """Wait until no other act adds people or orders to this school or renames them; held until the transaction ends.

    Taken before any row is locked, so that an import and a form never wait for each other.
    """
    key = int(require_school().removeprefix("s_"), 16) % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s, %s)", [_LOCK, key])
