"""What happened in a programme year, counted once for all tasks of a profile: pairs, rounds of asking, matching.

Only what began within the year counts: pairs of the last one show nothing about this one's tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from schools.consents.selectors import deciding_kinds, has_consent
from schools.matching.models import Round as Board
from schools.meetings.domain import MeetingKind
from schools.meetings.selectors import has_held
from schools.pairs.domain import EndCode
from schools.pairs.models import Order, Pair
from schools.pairs.selectors import HAS_FULL_ORDER, acting_q
from schools.programme.models import ProgrammeYear
from schools.questionnaires.models import Round
from tenants.reference.selectors import forms_now


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Counts of the year's pairs; mentors and mentees are people who stand in those that have not ended.

    ``planned`` (with a plan), ``tried`` (both first meetings held) and ``planning`` (that meeting held) are among the
    ``acting``. ``completed`` ran to their end, ``reported`` of them have the mentor's report.
    """

    made: int
    waiting: int
    ordered: int
    acting: int
    planned: int
    tried: int
    planning: int
    completed: int
    reported: int
    mentors: int
    mentors_consented: int
    mentees: int
    mentees_consented: int


@dataclass(frozen=True, slots=True)
class Survey:
    """A round of asking; ``closed_on`` is None while it goes on."""

    pk: UUID
    title: str
    kind: str
    role: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Matching:
    """A round of matching; ``published_on`` is None while it is prepared."""

    pk: UUID
    title: str
    published_on: date | None


class Known:
    """The facts of a year about the pairs that one profile governs; each sort is read when it is asked for."""

    def __init__(self, year: ProgrammeYear, mentee_kinds: frozenset[str], forms: frozenset[str], day: date) -> None:
        self.mentee_kinds = mentee_kinds
        self._year, self._forms, self._day = year, forms, day

    @cached_property
    def pairs(self) -> PairCounts:
        """Count the pairs; one query, and one for the kinds of consent."""
        day, deciding = self._day, deciding_kinds()
        acting, ended = acting_q(day), Q(ends_on__lt=day)
        waiting = ~HAS_FULL_ORDER & ~ended
        completed = HAS_FULL_ORDER & ended & Q(end_code=EndCode.COMPLETED)
        rows = self._pairs().annotate(
            mentor_ok=has_consent(day, deciding, "mentor_id"),
            mentee_ok=has_consent(day, deciding, "mentee_id"),
            met_first=has_held(MeetingKind.FIRST, day),
            met_trial=has_held(MeetingKind.TRIAL, day),
            met_planning=has_held(MeetingKind.PLANNING, day),
        )
        found = rows.aggregate(
            made=Count("pk"),
            waiting=Count("pk", filter=waiting),
            ordered=Count("pk", filter=HAS_FULL_ORDER),
            acting=Count("pk", filter=acting),
            planned=Count("pk", filter=acting & Q(plan__version__gt=0)),
            tried=Count("pk", filter=acting & Q(met_first=True, met_trial=True)),
            planning=Count("pk", filter=acting & Q(met_planning=True)),
            completed=Count("pk", filter=completed),
            reported=Count("pk", filter=completed & Q(plan__reported_at__isnull=False)),
            mentors=Count("mentor", distinct=True, filter=~ended),
            mentors_consented=Count("mentor", distinct=True, filter=~ended & Q(mentor_ok=True)),
            mentees=Count("mentee", distinct=True, filter=~ended),
            mentees_consented=Count("mentee", distinct=True, filter=~ended & Q(mentee_ok=True)),
        )
        return PairCounts(**found)

    @cached_property
    def order(self) -> UUID | None:
        """Return the latest order that made pairs of the year effective."""
        rows = Order.objects.filter(pairs__in=self._pairs().filter(HAS_FULL_ORDER).values("pk"))
        return rows.order_by("-signed_on", "-created_at").values_list("pk", flat=True).first()

    @cached_property
    def surveys(self) -> list[Survey]:
        """Return the rounds of asking opened in the year, for these forms or for all; the latest closed first."""
        rows = Round.objects.filter(self._within("opened_at__date"), form_code__in={*self._forms, ""})
        rows = rows.select_related("template").order_by("-closed_at", "-opened_at")
        return [
            Survey(
                row.pk, row.title, row.template.kind, row.template.role, row.closed_at.date() if row.closed_at else None
            )
            for row in rows
        ]

    @cached_property
    def boards(self) -> list[Matching]:
        """Return the rounds of matching begun in the year, the latest published first."""
        rows = Board.objects.filter(self._within("created_at__date"), form_code__in=self._forms)
        return [
            Matching(row.pk, row.title, row.published_at.date() if row.published_at else None)
            for row in rows.order_by("-published_at", "-created_at")
        ]

    def _pairs(self) -> QuerySet[Pair]:
        return Pair.objects.filter(self._within("starts_on"), form_code__in=self._forms)

    def _within(self, name: str) -> Q:
        since = Q(**{f"{name}__gte": self._year.starts_on})
        return since & Q(**{f"{name}__lte": self._year.ends_on}) if self._year.ends_on else since


def known_of(year: ProgrammeYear, profile: str, day: date) -> Known:
    """Return the facts for tasks of one of the year's profiles; empty for the school's own tasks: of all forms.

    A profile of certain mentees alone has their pairs, the general one beside it the others.
    """
    special = {row["code"]: frozenset(row.get("mentee_kinds") or ()) for row in year.profiles}
    kinds = special.get(profile, frozenset())
    others = frozenset().union(*special.values()) if profile else frozenset()
    forms = frozenset(
        form.code
        for form in forms_now(with_withdrawn=True)
        if (set(form.mentee_kinds) & kinds if kinds else not set(form.mentee_kinds) & others)
    )
    return Known(year, kinds, forms, day)
