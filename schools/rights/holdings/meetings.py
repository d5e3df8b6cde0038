"""Meetings of one's pairs and groups, and their plans."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from schools.meetings.models import Meeting, Plan
from schools.pairs.models import Pair
from schools.rights.holdings.papers import pairs_of
from schools.rights.registry import HIDDEN, Holding, Subject, register_holdings

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


def _is_about(meeting: Meeting, subject: Subject) -> bool:
    """Tell whether a mentor's note may be about the person: nobody reads one about himself or his group."""
    met = Pair.objects.filter(mentee=subject.person)
    if meeting.group_id is None:
        return meeting.pair_id in subject.once("pairs as a mentee", lambda: met.values_list("pk", flat=True))
    groups = met.filter(group__isnull=False).values_list("group", flat=True)
    return meeting.group_id in subject.once("groups as a mentee", lambda: groups)


def _note(meeting: Meeting, subject: Subject) -> str:
    """Show a note to whoever it is not about; of any other, that there is one."""
    return str(HIDDEN) if meeting.note and _is_about(meeting, subject) else meeting.note


def _corrections(meeting: Meeting, subject: Subject) -> list[dict[str, Any]]:
    """Show what a meeting said before, with former notes as with the present one."""
    if not _is_about(meeting, subject):
        return list(meeting.corrections)
    past = [(row, row.get("was", {})) for row in meeting.corrections]
    return [{**row, "was": {**was, "note": str(HIDDEN)} if was.get("note") else was} for row, was in past]


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
            show={"note": _note, "corrections": _corrections},
            kept_columns=frozenset({"note", "corrections"}),
        ),
        Holding(
            model=Plan,
            title=gettext_lazy("Планы пар"),
            category=_CATEGORY,
            find=plans_of,
            destroy=_destroy_plans,
        ),
    )
