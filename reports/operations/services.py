"""What a person may do about a queue."""

from __future__ import annotations

from uuid import UUID

from core.authz import Actor, can, enforce
from core.events import outbox
from reports.operations.errors import NothingToSendError


def send_again(*, actor: Actor, outbox_id: UUID) -> None:
    """Send a task that was given up once more, from the beginning. Runs in ``region()``; leaves a row in the audit.

    :raises RefusedError: for whoever only looks.
    :raises NothingToSendError: when it is no longer among those given up.
    """
    enforce(can("operations.manage")(actor))
    if not outbox.send_again(actor=actor, outbox_id=outbox_id):
        raise NothingToSendError
