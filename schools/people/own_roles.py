"""Participants' roles that follow from one's own card: whoever stands in a pair sees it under the login he has.

What makes somebody a mentor is known above; whoever knows it registers here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final
from uuid import UUID

from django.utils import timezone

from core.accounts.models import RoleGrant, User
from core.audit.services import record
from core.authz import Actor
from schools.people.models import Guardianship
from schools.people.selectors import representing_q

# Takes ids of people; returns those of them from whose card the role follows today.
Follows = Callable[[Collection[UUID]], set[UUID]]
_FOLLOWS: Final[dict[tuple[str, str], Follows]] = {}


def register_own_role(slug: str, why: str, follows: Follows) -> None:
    """Say from whose cards a participant's role follows; ``why`` names the reason, for a role may have several."""
    _FOLLOWS[slug, why] = follows


def guardians_among(people: Collection[UUID]) -> set[UUID]:
    """Return those who are somebody's legal representative today."""
    rows = Guardianship.objects.filter(representing_q(timezone.localdate()), guardian__in=people)
    return set(rows.values_list("guardian_id", flat=True))


def give_own_roles(*, actor: Actor | str, people: Collection[UUID]) -> int:
    """Give the accounts of these people the participants' roles that follow from their cards; return how many.

    Such a role opens what is one's own and nothing else, so whoever may put somebody into a pair may cause it. An
    account with a term gets none. Runs in the caller's transaction.
    """
    accounts = list(User.objects.filter(person_id__in=list(people), is_active=True, expires_at__isnull=True))
    if not accounts:
        return 0
    held = set(RoleGrant.objects.filter(user__in=accounts, scope="").values_list("user_id", "role"))
    given = 0
    cards = [user.person_id for user in accounts if user.person_id is not None]
    for (slug, _why), follows in _FOLLOWS.items():
        missing = [user for user in accounts if (user.pk, slug) not in held]
        fitting = follows(cards) if missing else set()
        for user in missing:
            if user.person_id in fitting:
                given += _give(actor, user, slug)
                held.add((user.pk, slug))
    return given


def _give(actor: Actor | str, user: User, slug: str) -> int:
    by = actor.pk if isinstance(actor, Actor) else None
    _grant, is_new = RoleGrant.objects.get_or_create(user=user, role=slug, scope="", defaults={"granted_by": by})
    if is_new:
        details = {"role": slug, "scope": "", "follows_from_card": True}
        record(actor=actor, action="role.granted", object_type="user", object_id=user.pk, details=details)
    return int(is_new)
