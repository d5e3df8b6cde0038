"""One act at a time decides who is who in a school: two at once would each find nobody, and add the person twice."""

from __future__ import annotations

from typing import Final

from django.db import connection

from core.tenancy import require_school

# First half of the advisory lock's key; the second is made of the school's schema: locks are shared by all schools.
_LOCK: Final = 0x7065


def hold_who_is_who() -> None:
    """Wait until no other act adds people to this school or changes their names; held until the transaction ends.

    Taken before any row is locked, so that an import and a person's form never wait for each other.
    """
    key = int(require_school().removeprefix("s_"), 16) % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s, %s)", [_LOCK, key])
