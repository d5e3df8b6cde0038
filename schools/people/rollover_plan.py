"""The plan of a rollover: what becomes of every class and of whom otherwise, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor, enforce
from schools.people import policies
from schools.people.domain import class_title
from schools.people.editions import in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError
from schools.people.models import Enrolment, Person, Rollover
from schools.people.registers import hold_registers
from schools.people.school_year import (
    Outcome,
    first_day_of,
    grade_in,
    is_under_way,
    last_grade,
    next_title,
    proposal,
    school_year_of,
    title_of_year,
)
from schools.people.selectors import enrolled_q
from schools.people.words import OUTCOMES

AS_CLASS: Final = "class"
_LONGEST_TITLE = 30


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """What was chosen for a class; ``title`` is its next one, as typed."""

    outcome: Outcome
    title: str = ""


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A class with what becomes of it; ``counts`` are its pupils by outcome."""

    id: UUID
    title: str
    outcome: Outcome
    next_title: str
    counts: Mapping[str, int]

    @property
    def pupils(self) -> int:
        """How many pupils the class has on the day."""
        return sum(self.counts.values())

    @property
    def exceptions(self) -> int:
        """How many of them do otherwise than the class."""
        return self.pupils - self.counts.get(self.outcome, 0)


@dataclass(frozen=True, slots=True)
class Stay:
    """A pupil's enrolment that includes the day of the rollover."""

    enrolment_id: UUID
    person_id: UUID
    class_id: UUID
    class_title: str
    admitted_on: date
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of one enrolment; ``title`` is the class it goes on in, empty for who leaves or is left alone."""

    stay: Stay
    outcome: Outcome
    title: str


@dataclass(frozen=True)
class Plan:
    """A whole rollover as it would be done now."""

    year: int
    day: date
    is_done: bool
    choices: Mapping[str, Mapping[str, str]]
    people: Mapping[str, str]
    stays: Sequence[Stay]
    done_counts: Mapping[str, int]

    @cached_property
    def moves(self) -> list[Move]:
        """Return what becomes of everybody."""
        return [self._move(stay) for stay in self.stays]

    @cached_property
    def classes(self) -> list[ClassPlan]:
        """Return the classes that have pupils on the day, by grade and title."""
        counts: dict[UUID, Counter[str]] = {}
        for move in self.moves:
            counts.setdefault(move.stay.class_id, Counter())[move.outcome] += 1
        titles = {stay.class_id: stay.class_title for stay in self.stays}
        rows = [ClassPlan(key, titles[key], *self._chosen(key, titles[key]), counts[key]) for key in counts]
        return sorted(rows, key=lambda row: (grade_in(row.title) or 99, row.title))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return how many pupils have each outcome, or had when it was done; outcomes without any are left out."""
        return dict(self.done_counts or Counter(str(move.outcome) for move in self.moves))

    @cached_property
    def _last(self) -> int:
        return last_grade(grade for stay in self.stays if (grade := grade_in(stay.class_title)) is not None)

    def _chosen(self, class_id: UUID, title: str) -> tuple[Outcome, str]:
        chosen = self.choices.get(str(class_id))
        if chosen is None:
            return proposal(title, self._last)
        return Outcome(chosen["outcome"]), chosen["title"]

    def _move(self, stay: Stay) -> Move:
        outcome, title = self._chosen(stay.class_id, stay.class_title)
        own = self.people.get(str(stay.enrolment_id))
        if own is not None:
            outcome = Outcome(own)
        # Somebody goes on though his class does not: as the class would have gone on.
        goes_to = {Outcome.PROMOTE: title or next_title(stay.class_title), Outcome.REPEAT: stay.class_title}
        return Move(stay, outcome, goes_to.get(outcome, ""))


def year_in_question() -> int:
    """Return the school year whose rollover is spoken of today."""
    return school_year_of(timezone.localdate())


def year_of_class(stay: Enrolment) -> int | None:
    """Return the school year of the class that an enrolment names today; None when that cannot be told.

    Before September it is the last one's and from October this one's, unless a rollover says otherwise; in between a
    school that was not rolled over may have loaded its new lists already or not.
    """
    today, year = timezone.localdate(), year_in_question()
    day = Rollover.objects.filter(school_year=year, done_at__isnull=False).values_list("day", flat=True).first()
    if day is not None:
        return year if stay.admitted_on >= day else year - 1
    if stay.admitted_on >= first_day_of(year) or is_under_way(year, today):
        return year
    return year - 1 if today < first_day_of(year) else None


def years_of_comers(days: Iterable[date]) -> dict[date, int]:
    """Return the school year of the class into which somebody who comes on each of the days is to be put; one query.

    Before the day of the rollover into a year it is the one before, for the rollover will move him; where it was done
    already nothing will.
    """
    found = {row.school_year: row for row in Rollover.objects.only("school_year", "day", "done_at")}
    years = {}
    for day in days:
        year = school_year_of(day)
        row = found.get(year)
        has_begun = day >= (row.day if row is not None else first_day_of(year))
        years[day] = year if has_begun or (row is not None and row.done_at is not None) else year - 1
    return years


def plan_of(*, actor: Actor, year: int | None = None) -> Plan:
    """Return the plan of a year's rollover (of the year in question, if not said): as saved, else as proposed.

    Two queries, whatever the size of the school.

    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_roll_over(actor))
    wanted = year_in_question() if year is None else year
    columns = Rollover.objects.only("day", "classes", "people", "counts", "done_at")
    return plan_from(columns.filter(school_year=wanted).first(), wanted)


def plan_from(row: Rollover | None, year: int) -> Plan:
    """Return the plan that a row holds, or the proposal."""
    day = row.day if row is not None else first_day_of(year)
    return Plan(
        year=year,
        day=day,
        is_done=row is not None and row.done_at is not None,
        choices=row.classes if row is not None else {},
        people=row.people if row is not None else {},
        stays=[
            Stay(*values)
            for values in subjects(day).values_list(
                "pk", "person_id", "school_class_id", "school_class__title", "admitted_on", "left_on"
            )
        ],
        done_counts=row.counts if row is not None else {},
    )


def subjects(day: date) -> QuerySet[Enrolment]:
    """Return the enrolments that a rollover on the day is about: pupils of classes, admitted before and still there.

    Who comes on the day or later comes into his new class at once.
    """
    still = Q(left_on__isnull=True) | Q(left_on__gt=day)
    return Enrolment.objects.filter(still, kind="pupil", school_class__isnull=False, admitted_on__lt=day).order_by("pk")


@dataclass(frozen=True, slots=True)
class PupilPlan:
    """A pupil of a class with what becomes of him."""

    move: Move
    full_name: str


def pupils_of(plan: Plan, class_id: UUID) -> list[PupilPlan]:
    """Return the pupils of a class in a plan that is not done, by name; one query.

    :raises Http404: the plan is not about the class, or was done.
    """
    moves = [move for move in plan.moves if move.stay.class_id == class_id]
    if plan.is_done or not moves:
        raise Http404
    names = names_of(moves)
    return sorted((PupilPlan(move, names[move.stay.person_id]) for move in moves), key=lambda row: row.full_name)


def names_of(moves: Iterable[Move]) -> dict[UUID, str]:
    """Return the full names of the people of moves; one query."""
    rows = Person.objects.filter(pk__in=[move.stay.person_id for move in moves])
    return {person.pk: person.full_name for person in rows.only("surname", "name", "patronymic")}


def pupils_without_class(day: date) -> int:
    """Return how many pupils on the day are in no class: the rollover leaves them alone."""
    rows = Enrolment.objects.filter(enrolled_q(day), kind="pupil", school_class__isnull=True)
    return rows.values("person").distinct().count()


def save_plan(
    *,
    actor: Actor,
    day: date,
    classes: Mapping[UUID, ClassChoice],
    people: Mapping[UUID, str] | None = None,
    year: int | None = None,
    seen: str | None = None,
    version: str | None = None,
) -> Rollover:
    """Keep what was chosen for the classes named, and for pupils by their enrolments (an empty outcome: as the class).

    Nothing of the school changes. Classes and pupils that are not named keep what was chosen for them before. ``seen``
    is the edition of :func:`plan_values` of those that are named, ``version`` that of :func:`plan_choices` for who read
    the whole plan: what somebody else has chosen since stays.

    :raises FaultyActError: the day is of another school year, a class is promoted into none, it was done already, or
        somebody else has chosen otherwise since.
    :raises Http404: a class or an enrolment that the rollover is not about.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_roll_over(actor))
    wanted = year_in_question() if year is None else year
    with transaction.atomic():
        hold_registers()
        row = held_rollover(wanted)
        plan = plan_from(row, wanted)
        known = {stay.class_id for stay in plan.stays}
        if not classes.keys() <= known or not (people or {}).keys() <= {stay.enrolment_id for stay in plan.stays}:
            raise Http404
        faults = _faults_of_day(day, wanted)
        cleaned = {str(key): _cleaned(choice, key, faults) for key, choice in classes.items()}
        if faults:
            raise FaultyActError(*faults)
        before = plan_values(plan, classes, people or ())
        row.day = day
        row.classes = {**row.classes, **cleaned}
        said = {**row.people, **{str(key): outcome for key, outcome in (people or {}).items()}}
        row.people = {key: outcome for key, outcome in said.items() if outcome}
        planned = replace(plan, day=day, choices=row.classes, people=row.people)
        after = plan_values(planned, classes, people or ())
        refuse_overtaken(seen=seen, values=before, typed=after, words=_words_of(before))
        kept, chosen = plan_choices(plan), plan_choices(planned)
        refuse_overtaken(seen=version, values=kept, typed=chosen, words=_words_of_choices(plan))
        row.save(update_fields=["day", "classes", "people"])
    return row


def plan_values(plan: Plan, classes: Iterable[UUID], enrolments: Iterable[UUID]) -> dict[str, Any]:
    """Return what is chosen in a plan, under the names of the forms' inputs: of classes (with the day), of pupils."""
    wanted, values = set(classes), dict[str, Any]()
    for row in plan.classes if wanted else ():
        if row.id in wanted:
            values |= {f"outcome-{row.id}": str(row.outcome), f"title-{row.id}": row.next_title}
    own = {str(key): plan.people.get(str(key), AS_CLASS) for key in enrolments}
    return {"day": plan.day, **values, **own} if wanted else own


def plan_choices(plan: Plan) -> dict[str, Any]:
    """Return what is stored of a plan, under the names by which a programme sends it."""
    return {"day": plan.day, "classes": plan.choices, "people": plan.people}


def _words_of_choices(plan: Plan) -> dict[str, str]:
    goes_to = [f"{row.title} – {row.next_title or OUTCOMES[row.outcome]}" for row in plan.classes]
    others = _("не как весь класс: %(count)s") % {"count": len(plan.people)}
    return {"day": in_words(plan.day), "classes": ", ".join(goes_to), "people": others}


def _words_of(values: Mapping[str, Any]) -> dict[str, str]:
    titles = {**{str(key): str(words) for key, words in OUTCOMES.items()}, AS_CLASS: _("как весь класс")}
    is_title = {name: name.startswith("title-") for name in values}
    return {
        name: in_words(value) if is_title[name] else titles.get(str(value), in_words(value))
        for name, value in values.items()
    }


def held_rollover(year: int) -> Rollover:
    """Return the plan of a year, made if there was none, held until the transaction ends; registers are held.

    :raises FaultyActError: it was done already.
    """
    Rollover.objects.get_or_create(school_year=year, defaults={"day": first_day_of(year)})
    row = Rollover.objects.select_for_update().get(school_year=year)
    if row.done_at is not None:
        sentence = _("На %(year)s учебный год школа уже переведена. Второй раз перевести нельзя: отмените перевод.")
        raise FaultyActError.of("rolled_over", sentence % {"year": title_of_year(year)})
    return row


def _faults_of_day(day: date, year: int) -> list[Fault]:
    if school_year_of(day) == year:
        return []
    sentence = _("День перевода на %(year)s учебный год – с 1 мая %(first)s до 30 апреля %(last)s.")
    words = {"year": title_of_year(year), "first": year, "last": year + 1}
    return [Fault("other_year", sentence % words, "day")]


def _cleaned(choice: ClassChoice, class_id: UUID, faults: list[Fault]) -> dict[str, str]:
    title = class_title(choice.title)[:_LONGEST_TITLE]
    if choice.outcome == Outcome.PROMOTE and not title:
        faults.append(Fault("no_class", _("Напишите, в какой класс переходит."), f"title-{class_id}"))
    return {"outcome": str(choice.outcome), "title": title}
