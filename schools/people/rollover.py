"""The rollover itself: classes move into the next school year in one act, and back as long as nothing stands on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.people import policies
from schools.people.class_teachers import Moved, classes_in_use, move_class_teachers, return_class_teachers
from schools.people.domain import class_parts
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, Person, PersonKind, Rollover, SchoolClass
from schools.people.registers import hold_registers
from schools.people.rollover_plan import Move, held_rollover, plan_from, subjects
from schools.people.school_year import Outcome
from schools.people.selectors import people_visible_to

_ALUMNUS = "alumnus"
_NAMED = 20


@dataclass(slots=True)
class _Journal:
    """What is done to enrolments, in one order; see :class:`Rollover`."""

    closed: list[UUID] = field(default_factory=list)
    former_left_on: list[date | None] = field(default_factory=list)
    opened: list[UUID | None] = field(default_factory=list)
    opened_class: list[UUID | None] = field(default_factory=list)
    known_later: list[UUID] = field(default_factory=list)


def roll_over(*, actor: Actor, year: int, with_teachers: bool = True) -> Rollover:
    """Move the school into a school year by its plan.

    Every enrolment the plan moves ends on the day; who goes on gets a new one from the day in the new class, so that
    the history of classes stays. Who graduates becomes an alumnus too. Nobody is enrolled for a day more or less, so
    coverage changes by those who leave alone. A constant number of statements.

    :param with_teachers: class teachers go on with their classes, and those whose class is gone lose it; never before
        the day has come, because they would see another class until then.
    :raises FaultyActError: the year was rolled over already, or a class is promoted into none.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_roll_over(actor))
    with transaction.atomic():
        hold_registers()
        row = held_rollover(year)
        list(subjects(row.day).select_for_update(of=("self",)).values_list("pk"))
        plan = plan_from(row, year)
        moves = [move for move in plan.moves if move.outcome != Outcome.SKIP]
        _refuse_nowhere(moves)
        classes = _classes(moves)
        journal = _move(moves, classes, row.day)
        row.closed, row.former_left_on = journal.closed, journal.former_left_on
        row.opened, row.opened_class = journal.opened, journal.opened_class
        row.known_later = journal.known_later
        row.alumni = _make_alumni(move.stay.person_id for move in moves if move.outcome == Outcome.GRADUATE)
        moved = Moved()
        if with_teachers and row.day <= timezone.localdate():
            ends_or_goes_on = [item for item in plan.classes if item.outcome not in (Outcome.SKIP, Outcome.REPEAT)]
            # A class that ends may still have a next name in its box: its teacher gets no class by that.
            goes_to = {
                item.id: classes.get(item.next_title) if item.outcome == Outcome.PROMOTE else None
                for item in ends_or_goes_on
            }
            moved = move_class_teachers(actor=actor, goes_to=goes_to)
        row.grants = list(moved.grants)
        row.counts, row.done_at, row.done_by = plan.counts, timezone.now(), actor.pk
        row.save()
        record(
            actor=actor,
            action="people.rolled_over",
            object_type="people.rollover",
            object_id=row.pk,
            details={
                **plan.counts,
                "year": year,
                "grants": row.grants,
                "invitations_withdrawn": [str(key) for key in moved.invitations],
            },
        )
        announce("rollover.done", {"rollover": row.pk, "year": year})
    return row


def rollover_done(*, actor: Actor, year: int) -> Rollover | None:
    """Return a year's rollover that was done.

    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_roll_over(actor))
    return Rollover.objects.filter(school_year=year, done_at__isnull=False).first()


def people_in_the_way(*, actor: Actor, row: Rollover) -> list[Person]:
    """Return, by name, up to 20 people whose enrolments were changed since a rollover; four queries at most.

    :raises RefusedError: when the actor may not.
    """
    return list(everybody_in_the_way(actor=actor, row=row)[:_NAMED])


def everybody_in_the_way(*, actor: Actor, row: Rollover) -> QuerySet[Person]:
    """Return, by name, all whose enrolments were changed since a rollover.

    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_roll_over(actor))
    return people_visible_to(actor).filter(pk__in=_in_the_way(row)).order_by("folded_name", "pk")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a rollover from being taken back; ``ids`` are up to 20 of ``count``."""

    kind: str
    sentence: str
    count: int
    ids: tuple[UUID, ...] = ()


def obstacles_to_undo(*, actor: Actor, row: Rollover) -> list[Obstacle]:
    """Return what keeps the actor from taking a rollover back; none when he can.

    :raises RefusedError: when he may not roll over at all.
    """
    people = everybody_in_the_way(actor=actor, row=row)
    obstacles = []
    if count := people.count():
        sentence = _("После перевода этим людям изменили зачисления или объединили карточки.")
        obstacles.append(
            Obstacle("people.person", sentence, count, tuple(people.values_list("pk", flat=True)[:_NAMED]))
        )
    if row.grants and not (may := policies.may_move_class_teachers(actor)):
        obstacles.append(Obstacle("accounts.rolegrant", may.reason, len(row.grants)))
    return obstacles


def undo_rollover(*, actor: Actor, year: int) -> Rollover:
    """Take a rollover back: it is a plan again, and the school as it was. Pairs and consents are not touched.

    Class teachers get their former classes back, those excepted who have lost the role since.

    :raises FaultyActError: it was not done, or somebody's enrolment was changed since.
    :raises RefusedError: when the actor may not, or class teachers were moved and he may not appoint them.
    """
    enforce(policies.may_roll_over(actor))
    with transaction.atomic():
        hold_registers()
        row = Rollover.objects.select_for_update().filter(school_year=year, done_at__isnull=False).first()
        if row is None:
            raise FaultyActError.of("not_rolled_over", _("На этот учебный год школа ещё не переведена."))
        moved = [*row.closed, *filter(None, row.opened)]
        list(Enrolment.objects.filter(pk__in=moved).order_by("pk").select_for_update().values_list("pk"))
        if _in_the_way(row):
            sentence = _("После перевода у кого-то уже изменены зачисления: отмена стёрла бы эту работу.")
            raise FaultyActError.of("stands_on_rollover", sentence)
        _take_back(row)
        details = {"year": year, "grants": return_class_teachers(actor=actor, moved=row.grants)}
        _drop_empty_classes(row)
        row.closed, row.former_left_on, row.opened, row.opened_class, row.alumni = [], [], [], [], []
        row.known_later, row.grants, row.counts, row.done_at, row.done_by = [], [], {}, None, None
        row.save()
        record(
            actor=actor,
            action="people.rollover_undone",
            object_type="people.rollover",
            object_id=row.pk,
            details=details,
        )
        announce("rollover.undone", {"rollover": row.pk, "year": year})
    return row


def _refuse_nowhere(moves: Iterable[Move]) -> None:
    lost = sorted({move.stay.class_title for move in moves if move.outcome == Outcome.PROMOTE and not move.title})
    if lost:
        sentence = _("Напишите, в какой класс переходят: %(classes)s.") % {"classes": ", ".join(lost)}
        raise FaultyActError.of("no_class", sentence)


def _classes(moves: Iterable[Move]) -> dict[str, UUID]:
    """Return the ids of the classes people go to, by title, made if there were none."""
    titles = {move.title for move in moves if move.title}
    ids = dict(SchoolClass.objects.filter(title__in=titles).values_list("title", "pk"))
    made = []
    for title in sorted(titles - ids.keys()):
        grade, letter = class_parts(title)
        made.append(SchoolClass(title=title, grade=grade, letter=letter))
    SchoolClass.objects.bulk_create(made)
    return ids | {room.title: room.pk for room in made}


def _move(moves: Sequence[Move], classes: dict[str, UUID], day: date) -> _Journal:
    """Close and open; of somebody enrolled twice over the latest admission goes on, the others end."""
    people = [move.stay.person_id for move in moves]
    later = Enrolment.objects.filter(person__in=people, kind="pupil", admitted_on__gte=day)
    known = list(later.values_list("pk", "person_id", "admitted_on"))
    placed = {person_id for _key, person_id, admitted_on in known if admitted_on == day}
    journal, opened = _Journal(known_later=[key for key, _person, _day in known]), []
    for move in sorted(moves, key=lambda move: (move.stay.admitted_on, str(move.stay.enrolment_id)), reverse=True):
        stay = move.stay
        room = classes.get(move.title) if stay.person_id not in placed else None
        new = None
        if room is not None:
            placed.add(stay.person_id)
            new = Enrolment(
                pk=uuid4(), person_id=stay.person_id, kind="pupil", school_class_id=room, admitted_on=day,
                left_on=stay.left_on, is_continuation=True,
            )  # fmt: skip
            opened.append(new)
        journal.closed.append(stay.enrolment_id)
        journal.former_left_on.append(stay.left_on)
        journal.opened.append(new.pk if new else None)
        journal.opened_class.append(room)
    Enrolment.objects.filter(pk__in=journal.closed).update(left_on=day)
    Enrolment.objects.bulk_create(opened)
    return journal


def _make_alumni(people: Iterable[UUID]) -> list[UUID]:
    """Add the kind to those who have it not; return the ids of the new rows."""
    graduates = set(people)
    had = PersonKind.objects.filter(kind=_ALUMNUS, person__in=graduates).values_list("person_id", flat=True)
    made = [PersonKind(person_id=person_id, kind=_ALUMNUS) for person_id in sorted(graduates - set(had))]
    return [kind.pk for kind in PersonKind.objects.bulk_create(made)]


def _in_the_way(row: Rollover) -> set[UUID]:
    """Return whose enrolments are not as the rollover left them."""
    wanted: dict[UUID, tuple[object, ...]] = {}
    for closed, former, opened, room in zip(row.closed, row.former_left_on, row.opened, row.opened_class, strict=True):
        wanted[closed] = (row.day,)
        if opened is not None:
            wanted[opened] = (former, row.day, room)
    now = Enrolment.objects.filter(pk__in=wanted).values_list(
        "pk", "person_id", "left_on", "admitted_on", "school_class_id"
    )
    found = {key: (person_id, tuple(values)) for key, person_id, *values in now}
    people = {person_id for person_id, _values in found.values()}
    changed = {person_id for key, (person_id, values) in found.items() if values[: len(wanted[key])] != wanted[key]}
    # Cards that were merged may have taken an enrolment with them: whoever has the other half of it is named.
    gone = wanted.keys() - found.keys()
    if gone:
        halves = dict(zip(row.closed, row.opened, strict=True))
        other = {half for pair in halves.items() if gone & set(pair) for half in pair}
        changed |= {found[key][0] for key in other if key in found} or people
    later = Enrolment.objects.filter(person__in=people, kind="pupil", admitted_on__gte=row.day)
    later = later.exclude(pk__in=[*wanted, *row.known_later])
    return changed | set(later.values_list("person_id", flat=True))


def _take_back(row: Rollover) -> None:
    Enrolment.objects.filter(pk__in=[key for key in row.opened if key is not None]).delete()
    former = dict(zip(row.closed, row.former_left_on, strict=True))
    Enrolment.objects.filter(pk__in=row.closed).update(left_on=None)
    planned = [Enrolment(pk=key, left_on=day) for key, day in former.items() if day is not None]
    Enrolment.objects.bulk_update(planned, ["left_on"])
    PersonKind.objects.filter(pk__in=row.alumni).delete()


def _drop_empty_classes(row: Rollover) -> None:
    rooms = {key for key in row.opened_class if key is not None}
    SchoolClass.objects.filter(pk__in=rooms - classes_in_use(rooms)).delete()
