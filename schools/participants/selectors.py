"""Reads of participants' own things, and of concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from core.authz import Actor
from schools.meetings.selectors import with_rhythm
from schools.pairs.confidence import is_near
from schools.pairs.models import Pair
from schools.pairs.selectors import own_pairs, pairs_visible_to, with_state
from schools.participants.models import Concern
from schools.people.models import Person
from schools.people.selectors import represented_by


@dataclass(frozen=True, slots=True)
class OwnPair:
    """A pair with the reader's place in it: ``is_mentor``, or mentee, or ``child``'s parent."""

    pair: Pair
    is_mentor: bool
    child: Person | None = None

    @property
    def who(self) -> Person:
        """Return the participant whose side it is: the reader himself, or his child."""
        if self.child is not None:
            return self.child
        return self.pair.mentor if self.is_mentor else self.pair.mentee

    @property
    def other(self) -> Person:
        """Return the person on the other side."""
        return self.pair.mentee if self.who.pk == self.pair.mentor_id else self.pair.mentor


def own_pairs_of(actor: Actor, day: date) -> list[OwnPair]:
    """Return the pairs of the actor and of his children, going on first, with state and rhythm; three queries."""
    rows = with_rhythm(with_state(own_pairs(actor), day), day).select_related("mentor", "mentee", "order", "group")
    children = {child.pk: child for child in represented_by(actor=actor)}
    found = []
    for pair in rows.order_by("-starts_on", "pk"):
        if actor.person_id in (pair.mentor_id, pair.mentee_id):
            found.append(OwnPair(pair, pair.mentor_id == actor.person_id))
        else:
            found.append(OwnPair(pair, is_mentor=False, child=children.get(pair.mentee_id) or children[pair.mentor_id]))
    return sorted(found, key=lambda own: own.pair.ends_on is not None and own.pair.ends_on < day)


def own_pair(*, actor: Actor, pair_id: UUID, day: date) -> OwnPair:
    """Return one pair of the actor or of his child.

    :raises Http404: it is neither.
    """
    for own in own_pairs_of(actor, day):
        if own.pair.pk == pair_id:
            return own
    raise Http404


def own_concerns(actor: Actor) -> QuerySet[Concern]:
    """Return what the actor himself has told, the latest first."""
    if actor.pk is None:
        return Concern.objects.none()
    return Concern.objects.filter(said_by=actor.pk).select_related("pair__mentor", "pair__mentee").order_by("-said_at")


def concerns_to_answer(actor: Actor) -> QuerySet[Concern]:
    """Return the concerns that reach the actor, those that wait first.

    Nobody sees one about a pair in which he stands himself, or has a child: it may be about him.
    """
    reach = actor.reach("concerns.answer")
    rows = Concern.objects.select_related("person", "pair__mentor", "pair__mentee")
    if not reach.everything:
        rows = rows.filter(pair__in=pairs_visible_to(actor, "concerns.answer").values("pk"))
    return rows.exclude(is_near(actor, "pair__")).order_by("closed_at", "said_at", "pk")


def concern_for(*, actor: Actor, concern_id: UUID, lock: bool = False) -> Concern:
    """Return one concern that reaches the actor.

    :raises Http404: no such one among them.
    """
    rows = concerns_to_answer(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=concern_id).first()
    if found is None:
        raise Http404
    return found


def waiting_concerns(actor: Actor) -> int:
    """Return how many concerns that reach the actor nobody has taken yet."""
    return concerns_to_answer(actor).filter(state=Concern.State.NEW).count()


def latest_by_pair(actor: Actor, pairs: Sequence[UUID]) -> dict[UUID, Concern]:
    """Return the actor's own latest concern about each of the pairs, closed ones too; one query."""
    latest: dict[UUID, Concern] = {}
    for concern in own_concerns(actor).filter(pair__in=pairs):
        latest.setdefault(concern.pair_id, concern)
    return latest
