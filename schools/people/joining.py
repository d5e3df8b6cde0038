"""What becomes of a second card's rows when two cards are found to be one person.

Each app says it for its own tables: this package stands below them and knows only that they point at people.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from schools.people.errors import FaultyActError
from schools.people.models import (
    Enrolment,
    FormerName,
    Guardianship,
    MergedPerson,
    NotTheSame,
    Person,
    PersonKind,
    Release,
)

# Makes rows that point at the second id point at the first; runs in the transaction of the merge, both people locked.
Join = Callable[[UUID, UUID], None]
_JOINS: dict[str, tuple[frozenset[type[Model]], Join]] = {}


def register_join(name: str, models: tuple[type[Model], ...], join: Join) -> None:
    """Let an app re-point its tables in every merge; ``models`` are those it takes care of."""
    _JOINS[name] = (frozenset(models), join)


def joined_models() -> frozenset[type[Model]]:
    """Return all tables that are taken care of."""
    return frozenset[type[Model]]().union(*(models for models, _join in _JOINS.values()))


def join_all(kept: UUID, gone: UUID) -> None:
    """Re-point everything from one person to the other."""
    for _own, join in _JOINS.values():
        join(kept, gone)


def repoint(
    rows: QuerySet[Any], kept: UUID, gone: UUID, *, sides: tuple[str, ...], same: tuple[str, ...]
) -> list[tuple[Any, Any]]:
    """Make rows point at the kept person; return, unsaved and in pairs, rows that would then be the same twice.

    :param sides: the foreign keys to a person, by column.
    :param same: the columns that no two rows share.
    :returns: ``[(row of the kept person, row of the gone one), …]``; the caller joins each two and deletes the second.
    """
    either = Q()
    for side in sides:
        either |= Q(**{f"{side}__in": (kept, gone)})
    found = list(rows.filter(either).select_for_update(of=("self",)).order_by("pk"))
    moving = [row for row in found if gone in {getattr(row, side) for side in sides}]
    known = {tuple(getattr(row, name) for name in same): row for row in found if row not in moving}
    twice = []
    for row in moving:
        for side in sides:
            if getattr(row, side) == gone:
                setattr(row, side, kept)
        key = tuple(getattr(row, name) for name in same)
        if key in known:
            twice.append((known[key], row))
        else:
            known[key] = row
            row.save(update_fields=[side.removesuffix("_id") for side in sides])
    return twice


def join_people_tables(kept: UUID, gone: UUID) -> None:
    """Re-point kinds, enrolments, representatives and former cards."""
    for _kept_row, second in repoint(PersonKind.objects.all(), kept, gone, sides=("person_id",), same=("kind",)):
        second.delete()
    for row, second in repoint(Enrolment.objects.all(), kept, gone, sides=("person_id",), same=("kind", "admitted_on")):
        row.left_on = _leaving_day(row.left_on, second.left_on)
        _complete(row, second, ("school_class_id", "post", "experience_years"))
        second.delete()
    _end_before_continuations(kept)
    guardianships = Guardianship.objects.all()
    for row, second in repoint(
        guardianships, kept, gone, sides=("guardian_id", "ward_id"), same=("guardian_id", "ward_id")
    ):
        # Open on one card is open: whoever represents a child today does not stop by the other card's old day.
        row.to_date = _leaving_day(row.to_date, second.to_date)
        _complete(row, second, ("kinship", "from_date"))
        second.delete()
    for _kept_row, second in repoint(FormerName.objects.all(), kept, gone, sides=("person_id",), same=("folded_name",)):
        second.delete()
    MergedPerson.objects.filter(person=gone).update(person=kept)
    _join_releases(kept, gone)
    NotTheSame.objects.filter(Q(first=gone) | Q(second=gone)).delete()


def _join_releases(kept: UUID, gone: UUID) -> None:
    """Re-point what is known of transfers to other schools.

    :raises FaultyActError: both cards are on their way to another school.
    """
    is_open = Release.objects.filter(settled_at__isnull=True)
    if is_open.filter(person__in=(kept, gone)).count() > 1:
        sentence = _("По обеим карточкам идёт перевод в другую школу. Сначала отзовите один из них.")
        raise FaultyActError.of("two_releases", sentence)
    Release.objects.filter(person=gone).update(person=kept)


def _leaving_day(one: date | None, other: date | None) -> date | None:
    """Return when somebody left whom one card may still show as here.

    A card that a newer list no longer names is often the one that was «left»: the person is here, under the other
    card. A day that is still to come is a plan, and stays.
    """
    if one is not None and other is not None:
        return max(one, other)
    known = one or other
    return known if known is not None and known > timezone.localdate() else None


def _end_before_continuations(person_id: UUID) -> None:
    """End what runs on beside an enrolment that continues it in the next class: the other card knew of no rollover.

    What came with another school is of another chain.
    """
    own = Enrolment.objects.filter(person=person_id, counts_from__isnull=True)
    rows = own.filter(is_continuation=True)
    for row in rows.order_by("admitted_on"):
        runs_on = Q(left_on__isnull=True) | Q(left_on__gt=row.admitted_on)
        earlier = own.filter(runs_on, kind=row.kind, admitted_on__lt=row.admitted_on)
        earlier.update(left_on=row.admitted_on)


def _complete(row: Any, second: Any, columns: tuple[str, ...]) -> None:
    """Fill what the row lacks from the one that goes."""
    for name in columns:
        if getattr(row, name) in (None, ""):
            setattr(row, name, getattr(second, name))
    row.save()


def register_people_tables() -> None:
    """Take care of this app's own tables in every merge."""
    own = (PersonKind, Enrolment, Guardianship, FormerName, MergedPerson, NotTheSame, Release)
    register_join("people", own, join_people_tables)


def models_that_point_at_people() -> set[type[Model]]:
    """Return every table with a foreign key to a person; a merge must take care of each."""
    return {relation.related_model for relation in Person._meta.related_objects}
