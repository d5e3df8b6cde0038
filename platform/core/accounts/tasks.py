"""What the region does about accounts inside a school: tasks that carry the school; the region sees no answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from celery import shared_task

from core.accounts.services.ending import end_all_accounts
from core.accounts.services.invitations import receive_invitation
from core.accounts.services.second_factor import reset_directors_second_factor
from core.tenancy.tasks import SchoolTask


@shared_task(base=SchoolTask, name="core.accounts.deliver_invitation")
def deliver_invitation(
    invitation_id: str,
    code_hash: str,
    roles: list[list[str]],
    expires_at: str,
    account_expires_at: str = "",
    reason: str = "",
) -> None:
    """Store the region's invitation in the school. Times are ISO 8601 with an offset."""
    receive_invitation(
        invitation_id=UUID(invitation_id),
        code_hash=code_hash,
        roles=[(slug, scope) for slug, scope in roles],
        expires_at=datetime.fromisoformat(expires_at),
        account_expires_at=datetime.fromisoformat(account_expires_at) if account_expires_at else None,
        reason=reason,
    )


@shared_task(base=SchoolTask, name="core.accounts.reset_director")
def reset_director(order_id: str, login: str) -> None:
    """Take off a director's lost second factor by order of the region."""
    reset_directors_second_factor(order_id=UUID(order_id), login=login)


@shared_task(base=SchoolTask, name="core.accounts.end_accounts")
def end_accounts() -> None:
    """End the accounts of a school that the region has closed."""
    end_all_accounts(actor="region")
