"""How long a session of each kind of process may run a statement, wait for a lock, and sit in a transaction.

A role's own settings do not apply under SET ROLE, so the limits belong to the session: lock and idleness are given at
connect, the statement's time comes with the context (``backend.context_sql``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings

from core.tenancy.context import Kind

COMMAND: Final = "command"
MIGRATOR: Final = "migrator"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in seconds; 0: none. A statement slower than ``slow`` seconds is noted in the log."""

    statement: float
    lock: float
    idle_in_transaction: float
    slow: float


_process = COMMAND


def become(process: str) -> None:
    """Say which kind of process this is, before it connects: a key of ``settings.DOOR_LIMITS``.

    Forked children stay what their parent has become. The owner's login is always ``migrator``.

    :raises KeyError: for a process that the settings do not know.
    """
    global _process
    settings.DOOR_LIMITS[process]
    _process = process
    limits.cache_clear()


def this_process() -> str:
    """Return the kind of this process."""
    return MIGRATOR if settings.DOOR_LOGIN == "migrator" else _process


@cache
def limits() -> Limits:
    """Return the limits of this process."""
    found: Limits = settings.DOOR_LIMITS[this_process()]
    return found


def statement_seconds(kind: Kind) -> float:
    """Return how long a statement may run in a world: the roll-up reads hundreds of schools in one."""
    return float(settings.DOOR_ROLLUP_SECONDS) if kind is Kind.ROLLUP else limits().statement


def session_options() -> str:
    """Return what a new session is told at connect, in libpq's form: its own lock and idle limits."""
    ours = limits()
    return (
        f"-c lock_timeout={_milliseconds(ours.lock)}"
        f" -c idle_in_transaction_session_timeout={_milliseconds(ours.idle_in_transaction)}"
    )


def application_name() -> str:
    """Return what ``pg_stat_activity`` and the server's log call this session."""
    return f"mentoring-{this_process()}:{os.getpid()}"


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
