"""The end of all accounts of a world: its school is closed for good."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.accounts.models import ApiToken, Invitation, SignIn, User
from core.audit.services import record


def end_all_accounts(*, actor: str) -> int:
    """Switch every account of the current world off, with its sessions, codes and tokens; return how many were on.

    Safe to repeat.
    """
    now = timezone.now()
    with transaction.atomic():
        ended = User.objects.filter(is_active=True).update(is_active=False, session_epoch=F("session_epoch") + 1)
        SignIn.objects.filter(ended_at=None).update(ended_at=now)
        ApiToken.objects.filter(revoked_at=None).update(revoked_at=now)
        Invitation.objects.usable().update(revoked_at=now)
        if ended:
            record(actor=actor, action="account.all_ended", details={"accounts": ended})
    return ended
