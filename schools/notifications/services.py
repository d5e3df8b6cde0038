"""Writes of news: telling, its being seen, forgetting."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.accounts.models import User
from core.authz import Actor
from core.mail.sending import is_on
from schools.notifications.domain import KEPT_DAYS, KIND_OF, Channel, News
from schools.notifications.models import Letter, Notice, Preference
from schools.notifications.posting import post_later
from schools.pairs.models import Pair


def tell(news: News, rows: Collection[tuple[UUID, UUID]], *, day: date | None = None) -> None:
    """Tell accounts of something; ``rows`` are pairs (account, id of what it is about). Of one thing once a day.

    ``day`` is the one that the news is of, today unless given: told again later, news of the same day stays one.

    Whoever has switched a channel off is not told by it; whoever has no confirmed address, never by mail.
    """
    if not rows:
        return
    now, day, kind = timezone.now(), day or timezone.localdate(), KIND_OF[news]
    users = {user for user, _about in rows}
    with transaction.atomic():
        _hold(users)
        choices = {row.user_id: row for row in Preference.objects.filter(user__in=users)}

        def wanted(user: UUID, channel: Channel) -> bool:
            choice = choices.get(user)
            return channel is Channel.PRODUCT if choice is None else choice.wants(kind, channel)

        told = [row for row in rows if wanted(row[0], Channel.PRODUCT)]
        Notice.objects.bulk_create(
            [Notice(user_id=user, news=news, about=about, day=day, at=now) for user, about in told],
            ignore_conflicts=True,
        )
        _recount(users)
        if is_on():
            _write(news, [row for row in rows if wanted(row[0], Channel.MAIL)], now, day)


def _write(news: News, rows: Collection[tuple[UUID, UUID]], now: datetime, day: date) -> None:
    """Write letters of news and ask the courier for them."""
    if not rows:
        return
    letters = [
        Letter(
            user_id=user,
            sort=Letter.Sort.NEWS,
            key=f"{day.isoformat()}:{news.value}:{about}",
            data={"news": news.value},
            created_at=now,
            due_at=now,
        )
        for user, about in rows
    ]
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    post_later()


def see_all(*, actor: Actor, until: datetime | None = None) -> int:
    """Take note that the actor has seen his news, up to a moment if one is given; return how many were new."""
    if actor.pk is None:
        return 0
    with transaction.atomic():
        _hold({actor.pk})
        rows = Notice.objects.filter(user=actor.pk, seen_at__isnull=True)
        rows = rows if until is None else rows.filter(at__lte=until)
        seen = rows.update(seen_at=timezone.now())
        _recount({actor.pk})
    return seen


def forget_old_notices() -> int:
    """Delete news of a quarter ago; return how many. A daily chore, safe to repeat."""
    old = Notice.objects.filter(day__lt=timezone.localdate() - timedelta(days=KEPT_DAYS))
    return _forget(old)


def forget_pair(kept: Pair, gone: Pair) -> None:
    """Forget the news of a pair that was recorded twice: its page is no more."""
    _forget(Notice.objects.filter(about=gone.pk))


def join_accounts(kept: UUID, gone: UUID) -> None:
    """Give what an account that closes has not seen to the other one of the same person; its address is forgotten."""
    with transaction.atomic():
        _hold({kept, gone})
        known = set(Notice.objects.filter(user=kept).values_list("day", "news", "about"))
        rows = Notice.objects.filter(user=gone, seen_at__isnull=True)
        moving = [row.pk for row in rows if (row.day, row.news, row.about) not in known]
        Notice.objects.filter(pk__in=moving).update(user=kept)
        Preference.objects.filter(user=gone).delete()
        _recount({kept, gone})


def _forget(found: QuerySet[Notice]) -> int:
    users = set(found.filter(seen_at__isnull=True).values_list("user", flat=True))
    with transaction.atomic():
        _hold(users)
        number = found.delete()[0]
        _recount(users)
    return number


def _hold(users: Collection[UUID]) -> None:
    """Hold accounts in one order for everybody: two who tell the same people at once wait for each other."""
    list(User.objects.filter(pk__in=users).order_by("pk").select_for_update().values_list("pk"))


def _recount(users: Collection[UUID]) -> None:
    """Write into accounts how much each has not seen: a header on every page shows it without a query of its own."""
    unseen = Notice.objects.filter(user=OuterRef("pk"), seen_at__isnull=True).order_by().values("user")
    number = Coalesce(Subquery(unseen.annotate(number=Count("pk")).values("number")), 0)
    User.objects.filter(pk__in=users).update(unread=number)
