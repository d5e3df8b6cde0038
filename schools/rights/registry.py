"""What tables hold of a person: where it is found, how it is shown, how it is destroyed.

Every table of a school's schema stands here, held or exempt with a reason; a test walks the models and fails for one
that does not. So the printout cannot forget a table, and the destruction cannot either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy

from core.accounts.models import User
from core.ui.components import Text
from schools.people.models import FormerName, MergedPerson, Person
from schools.rights.likeness import Likeness


@dataclass(frozen=True)
class Subject:
    """Somebody whose data are looked for: his card, the cards merged into it, his accounts, and what he is called."""

    person: Person
    ids: frozenset[UUID]
    user_ids: frozenset[UUID]
    likeness: Likeness
    # Asked for every row that is shown, and the same every time.
    _known: dict[str, frozenset[UUID]] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, make: Callable[[], Iterable[UUID]]) -> frozenset[UUID]:
        """Return ids of the person's rows that are asked for again and again, looked up the first time."""
        if name not in self._known:
            self._known[name] = frozenset(make())
        return self._known[name]

    @property
    def texts(self) -> frozenset[str]:
        """Return the ids as JSON holds them."""
        return frozenset(map(str, self.ids))


def subject_of(person: Person) -> Subject:
    """Return a person as the tables are searched for him; three queries."""
    ids = {person.pk, *MergedPerson.objects.filter(person=person).values_list("pk", flat=True)}
    names = [person.folded_name, *FormerName.objects.filter(person=person).values_list("folded_name", flat=True)]
    users = User.objects.filter(person_id__in=ids).values_list("pk", flat=True)
    return Subject(person, frozenset(ids), frozenset(users), Likeness(tuple(names), person.birth_date, person.snils))


# Said instead of what is held and shown to nobody here, so that nothing is concealed.
HIDDEN = gettext_lazy("хранится, не показывается")

Find = Callable[[Subject], Iterable[Model]]
Destroy = Callable[[Subject, date], None]
# What is shown of a column instead of its value: of a list over many people, what concerns this one.
Show = Callable[[Any, Subject], Any]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A table that can hold something of a person.

    ``category`` is what the law calls a category of personal data, as the act names it. ``destroy`` is None where what
    is held are ids alone, which point to nothing afterwards. ``hidden`` are columns that are told of and not shown:
    secrets.

    Told in confidence, and kept from whoever stands beside the person (``schools.rights.confidences``): the whole table
    (``is_confidence``), some columns (``kept_columns``), or the rows for which ``is_kept`` is true.
    """

    model: type[Model]
    title: Text
    category: Text
    find: Find
    destroy: Destroy | None
    show: Mapping[str, Show] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    is_confidence: bool = False
    kept_columns: frozenset[str] = frozenset()
    is_kept: Callable[[Any], bool] | None = None


_HOLDINGS: dict[type[Model], Holding] = {}
_EXEMPT: dict[type[Model], str] = {}


def register_holdings(*holdings: Holding) -> None:
    """Add tables; they are shown in the order of their registration and emptied in the reverse one."""
    for holding in holdings:
        _HOLDINGS[holding.model] = holding


def register_exempt(reasons: Mapping[type[Model], str]) -> None:
    """Add tables that cannot hold anything of a person, each with the reason."""
    _EXEMPT.update(reasons)


def holdings() -> list[Holding]:
    """Return all tables that can hold something of a person."""
    return list(_HOLDINGS.values())


def exempt_models() -> dict[type[Model], str]:
    """Return the tables that cannot, with the reasons."""
    return dict(_EXEMPT)
