"""The daily digest: who gets one today, when, and what it counts."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.accounts.models import User
from core.authz import Actor, load_actor
from core.events.daily import turn_of
from core.events.outbox import enqueue_at
from core.mail.sending import is_on
from core.tenancy import require_school
from schools.notifications.domain import WINDOW_LENGTH, Window, begin_of
from schools.notifications.letters import CONCERNS, UNREAD
from schools.notifications.models import Letter
from schools.notifications.posting import post_later
from schools.participants.policies import may_answer
from schools.participants.selectors import waiting_concerns
from schools.worklist.policies import may_see_worklist
from schools.worklist.selectors import what_waits


def moment_of(schema: str, window: Window, day: date) -> datetime:
    """Return when a school's digests of a window are made: always the same moment of its two hours."""
    return turn_of(schema, begin_of(window, day, timezone.get_default_timezone()))


def plan_digests() -> int:
    """Put the day's digests into the outbox, each window of which somebody wants one; return how many windows.

    A chore of the night before, at the school's own turn. Safe to repeat: the letters themselves are one a day.
    """
    from schools.notifications.tasks import make_digests

    if not is_on():
        return 0
    day, now = timezone.localdate(), timezone.now()
    wanted = set(_readers().values_list("preference__digest", flat=True).order_by().distinct())
    planned = 0
    for window in Window:
        when = moment_of(require_school(), window, day)
        if window.value in wanted and when + WINDOW_LENGTH > now:
            enqueue_at(make_digests, when, day=day.isoformat(), window=window.value)
            planned += 1
    return planned


def _readers() -> QuerySet[User]:
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return User.objects.filter(in_force, is_active=True).exclude(preference__email="").filter(preference__isnull=False)


def make_day_digests(day: date, window: Window) -> int:
    """Write the letters of a window for everybody who has something waiting; return how many there are.

    For each reader a constant number of queries, however much waits for him. Run again it changes nothing; on another
    day than its own it does nothing.
    """
    if day != timezone.localdate() or not is_on():
        return 0
    now = timezone.now()
    letters = []
    for user in _readers().filter(preference__digest=window.value).order_by("pk"):
        counts = counts_for(load_actor(user), day, user.unread)
        if counts:
            letters.append(
                Letter(
                    user=user,
                    sort=Letter.Sort.DIGEST,
                    key=f"digest:{day.isoformat()}",
                    data={"counts": counts},
                    created_at=now,
                    due_at=now,
                )
            )
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    if letters:
        post_later()
    return len(letters)


def counts_for(actor: Actor, day: date, unread: int) -> dict[str, int]:
    """Return what waits for somebody, by word; nothing for who follows nobody."""
    if not may_see_worklist(actor):
        return {}
    counts = {each.matter.value: each.total for each in what_waits(actor, day, rows=0)}
    if may_answer(actor):
        counts[CONCERNS] = waiting_concerns(actor)
    counts[UNREAD] = unread
    return {word: number for word, number in counts.items() if number}
