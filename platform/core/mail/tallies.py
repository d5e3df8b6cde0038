"""Counts of letters: a school writes its own, the region reads them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from core.mail.models import Tally
from core.tenancy import require_school, shared

COUNTS = ("waiting", "sent", "failed", "lost", "digests")
_KEPT_DAYS = 30
_LATELY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of the last days over all schools; ``schools`` are those of which some were not delivered."""

    days: int
    waiting: int
    sent: int
    failed: int
    lost: int
    digests: int
    schools: int


def write_tallies(of_days: Mapping[date, Mapping[str, int]]) -> None:
    """Write what a school counted of its letters; called inside the school. Safe to repeat: numbers are absolute."""
    rows = [Tally(school_schema=require_school(), day=day, **numbers) for day, numbers in sorted(of_days.items())]
    if rows:
        with shared():
            Tally.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["day", "school_schema"], update_fields=list(COUNTS)
            )


def letters_lately() -> Letters:
    """Return the letters of the last week; one query, in ``region()``."""
    since = timezone.localdate() - timedelta(days=_LATELY_DAYS - 1)
    rows = Tally.objects.filter(day__gte=since)
    trouble = Count("school_schema", distinct=True, filter=Q(failed__gt=0) | Q(lost__gt=0))
    # The schools first: after a sum its name would mean the sum.
    found = rows.aggregate(schools=trouble, **{name: Sum(name, default=0) for name in COUNTS})
    return Letters(days=_LATELY_DAYS, **found)


def forget_old_tallies() -> int:
    """Delete counts of a month ago; return how many. A daily chore of the region, safe to repeat."""
    return Tally.objects.filter(day__lt=timezone.localdate() - timedelta(days=_KEPT_DAYS)).delete()[0]
