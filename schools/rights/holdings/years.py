"""Rollovers into a school year, and releases to other schools."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from schools.people.models import Release, Rollover
from schools.people.releasing import forget_releases
from schools.rights.registry import Holding, Show, Subject, register_holdings

# Lists that go together: what stands at one place in them is about one enrolment.
_TOGETHER = ("closed", "former_left_on", "opened", "opened_class")
_ALONE = ("known_later", "alumni")


def _own(subject: Subject) -> frozenset[UUID]:
    def find() -> set[UUID]:
        tables = (subject.person.enrolments, subject.person.kinds)
        return set[UUID]().union(*(rows.values_list("pk", flat=True) for rows in tables))

    return subject.once("rows of years", find)


def _rollovers(subject: Subject) -> QuerySet[Rollover]:
    own = list(_own(subject))
    near = Q(people__has_any_keys=[str(key) for key in own])
    for name in ("closed", "opened", *_ALONE):
        near |= Q(**{f"{name}__overlap": own})
    return Rollover.objects.filter(near).order_by("school_year")


def _part(name: str) -> Show:
    def show(row: Rollover, subject: Subject) -> list[str]:
        own = _own(subject)
        return [str(key) for key in getattr(row, name) if key in own]

    return show


def _choices(row: Rollover, subject: Subject) -> dict[str, str]:
    own = set(map(str, _own(subject)))
    return {key: said for key, said in row.people.items() if key in own}


def _forget_moves(subject: Subject, day: date) -> None:
    """Take the person out of the plans and journals: a rollover taken back later finds nothing of him to restore."""
    own = _own(subject)
    for row in _rollovers(subject).select_for_update():
        row.people = {key: said for key, said in row.people.items() if UUID(key) not in own}
        stays = [place for place, key in enumerate(row.closed) if key not in own and row.opened[place] not in own]
        for name in _TOGETHER:
            setattr(row, name, [getattr(row, name)[place] for place in stays])
        for name in _ALONE:
            setattr(row, name, [key for key in getattr(row, name) if key not in own])
        row.save()


def _releases(subject: Subject) -> QuerySet[Release]:
    return Release.objects.filter(person=subject.person).order_by("pk")


def _forget_releases(subject: Subject, day: date) -> None:
    forget_releases(subject.person)


def register() -> None:
    """Tell of this room's tables."""
    study = gettext_lazy("сведения об учёбе и работе")
    register_holdings(
        Holding(
            model=Rollover,
            title=gettext_lazy("Переводы в следующий учебный год"),
            category=study,
            find=_rollovers,
            destroy=_forget_moves,
            show={"people": _choices, **{name: _part(name) for name in ("closed", "opened", *_ALONE)}},
            hidden=frozenset({"classes", "counts", "grants", "former_left_on", "opened_class"}),
        ),
        Holding(
            model=Release,
            title=gettext_lazy("Переводы в другую школу"),
            category=study,
            find=_releases,
            destroy=_forget_releases,
        ),
    )
