"""Meetings of one's pairs and groups, and their plans."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from schools.meetings.models import Meeting, Plan
from schools.pairs.models import Pair
from schools.rights.holdings.papers import pairs_of
from schools.rights.registry import Holding, Subject, register_holdings

_CATEGORY = gettext_lazy("сведения о встречах и планах в программе наставничества")
_TEXTS = {"place": "", "topic": "", "result": "", "note": "", "corrections": []}


def _pairs(subject: Subject) -> QuerySet[Pair]:
    return pairs_of(subject).order_by()


def meetings_of(subject: Subject) -> QuerySet[Meeting]:
    """Return the meetings of a person's pairs, and of groups in which he is or was."""
    pairs = _pairs(subject)
    mine = Q(pair__in=pairs.values("pk")) | Q(group__in=pairs.filter(group__isnull=False).values("group"))
    return Meeting.objects.filter(mine).order_by("held_on", "pk")


def plans_of(subject: Subject) -> QuerySet[Plan]:
    """Return the plans of a person's pairs."""
    return Plan.objects.filter(pair__in=_pairs(subject).values("pk")).order_by("pk")


def _destroy_meetings(subject: Subject, day: date) -> None:
    """Empty what was said; days and kinds stay, as those of the partner and of reports already filed.

    Of a group's meeting the words may be about anybody, so they go as well. Pairs that go take their meetings along.
    """
    meetings_of(subject).update(**_TEXTS)


def _destroy_plans(subject: Subject, day: date) -> None:
    """A plan without its words says nothing: it goes."""
    plans_of(subject).delete()


def register() -> None:
    """Tell of this room's tables."""
    register_holdings(
        Holding(
            model=Meeting,
            title=gettext_lazy("Встречи"),
            category=_CATEGORY,
            find=meetings_of,
            destroy=_destroy_meetings,
            hidden=frozenset({"key"}),
        ),
        Holding(
            model=Plan,
            title=gettext_lazy("Планы пар"),
            category=_CATEGORY,
            find=plans_of,
            destroy=_destroy_plans,
        ),
    )
