"""Writing the audit: in the same transaction as the act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from core.audit.models import AuditRecord
from core.audit.request import current_request_id


def record(
    *,
    actor: Any,
    action: str,
    object_type: str = "",
    object_id: UUID | str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Write one audit row in the current context; the arguments are those of ``audit_row``."""
    audit_row(actor=actor, action=action, object_type=object_type, object_id=object_id, details=details).save(
        force_insert=True
    )


def audit_row(
    *,
    actor: Any,
    action: str,
    object_type: str = "",
    object_id: UUID | str = "",
    details: dict[str, Any] | None = None,
) -> AuditRecord:
    """Return an audit row that is not written yet, for an act that is one statement and carries it along.

    ``actor`` is an actor or a user, or a short label of what acts without one ("import", "provisioner"). ``details``
    holds counts and ids, never names or dates of birth.
    """
    label = actor if isinstance(actor, str) else getattr(actor, "label", "")
    return AuditRecord(
        at=timezone.now(),
        actor_id=None if label else actor.pk,
        actor_label=label,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        details=details or {},
        request_id=current_request_id(),
    )
