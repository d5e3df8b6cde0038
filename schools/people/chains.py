"""A stay that rollovers divided into links, class after class: which they are, and where each ends.

A leaving is of the whole stay. Whoever left before a new class began was never in it: that link keeps no day of its
own (it ends on its first), and the link of the day of leaving ends on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from schools.people.models import Enrolment, Person


@dataclass(frozen=True, slots=True)
class Chain:
    """The links of one stay, the earliest first; ``goes_on`` has the first day of what follows a link, by its id.

    A link that nothing follows is not in ``goes_on``. Somebody enrolled twice over may have two links that one follows.
    """

    links: Sequence[Enrolment]
    goes_on: Mapping[UUID, date]

    @property
    def begins_on(self) -> date:
        """The day on which the person came."""
        return min(link.admitted_on for link in self.links)

    @property
    def left_on(self) -> date | None:
        """The day of leaving; None of whoever is still here."""
        ends = [link.left_on for link in self.links if has_days(link)] or [self.links[-1].left_on]
        return None if None in ends else max(day for day in ends if day is not None)

    def is_continued(self, link: Enrolment) -> bool:
        """Tell whether the person went on from the link in another: the day it ends on is no day of leaving."""
        day = self.goes_on.get(link.pk)
        return any(other.admitted_on == day and other.is_continuation and has_days(other) for other in self.links)

    def has_before(self, link: Enrolment) -> bool:
        """Tell whether the link goes on from another."""
        return link.admitted_on in self.goes_on.values() and link.is_continuation

    def end(self, left_on: date | None) -> list[Enrolment]:
        """Set the ends of all links for a day of leaving, or for none; return those that changed, none is stored."""
        changed = []
        for link in self.links:
            until = max(link.admitted_on, left_on) if left_on is not None else None
            next_day = self.goes_on.get(link.pk)
            ends = min((day for day in (until, next_day) if day is not None), default=None)
            if link.left_on != ends:
                link.left_on = ends
                changed.append(link)
        return changed


def has_days(link: Enrolment) -> bool:
    """Tell whether there is a day that belongs to the link; the day it ends on does not."""
    return link.left_on is None or link.left_on > link.admitted_on


def chain_of(enrolment: Enrolment, rows: Iterable[Enrolment]) -> Chain:
    """Return the stay that an enrolment is a link of; ``rows`` are all of the person's enrolments of the kind."""
    known = list(rows)
    before = {row.pk: _goes_on_from(row, known) for row in known}
    last, goes_on = enrolment, dict[UUID, date]()
    while following := [row for row in known if any(each.pk == last.pk for each in before[row.pk])]:
        last = following[-1]
    links = [last]
    for link in links:  # Grows while it is walked: from the last link back to the first.
        for earlier in before[link.pk]:
            goes_on[earlier.pk] = link.admitted_on
            links.append(earlier)
    return Chain(sorted(links, key=lambda link: (link.admitted_on, str(link.pk))), goes_on)


def stays_of(person: Person) -> list[tuple[Enrolment, bool]]:
    """Return a person's enrolments as a card lists them, the latest first, each with whether it goes on in another.

    Of a person whose enrolments are loaded. A link without a day of its own is left out: the one before it says all.
    """
    rows, shown = list(person.enrolments.all()), []
    for row in rows:
        chain = chain_of(row, [other for other in rows if other.kind == row.kind])
        if has_days(row) or not chain.has_before(row):
            shown.append((row, chain.is_continued(row)))
    return shown


def _goes_on_from(link: Enrolment, rows: Sequence[Enrolment]) -> list[Enrolment]:
    """Return what a link goes on from: what ended on its first day, and of a link without a day what ended last."""
    earlier = [
        (row.left_on, row)
        for row in rows
        if row.left_on is not None and row.admitted_on < link.admitted_on and row.left_on <= link.admitted_on
    ]
    ended = max((day for day, _row in earlier), default=None)
    if not link.is_continuation or ended is None or (ended < link.admitted_on and has_days(link)):
        return []
    found = [row for day, row in earlier if day == ended]
    # One without a day stands between: it is what the others went on in.
    return [row for row in found if not has_days(row)] or found
