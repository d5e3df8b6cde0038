"""Reads about training of mentors; each takes the actor, or people whom he was granted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from core.authz import Actor
from schools.people.models import Enrolment, Person, PersonKind
from schools.people.selectors import enrolled_q, own_classes
from schools.training.models import Training
from tenants.reference.selectors import forms_now


def people_with_training(actor: Actor, permission: str = "pairs.view") -> QuerySet[Person]:
    """Return the people on whose training the actor carries a permission.

    A curator: people of the kinds that stand on the mentor's side of his forms, in a pair or not: mentors are taught
    before they work. A class teacher: those enrolled in his classes today.
    """
    reach = actor.reach(permission)
    people = Person.objects.filter(destroyed_at__isnull=True)
    if reach.everything:
        return people
    conditions = Q(pk__in=())
    if classes := own_classes(reach):
        rows = Enrolment.objects.filter(enrolled_q(timezone.localdate()), school_class__in=classes)
        conditions |= Q(pk__in=rows.values("person"))
    if codes := reach.values("form"):
        sides = [form.mentor_kinds for form in forms_now(with_withdrawn=True) if form.code in codes]
        if any(not kinds for kinds in sides):
            # A side that names no kinds takes everybody.
            return people
        kinds = {kind for side in sides for kind in side}
        conditions |= Q(pk__in=PersonKind.objects.filter(kind__in=kinds).values("person"))
    return people.filter(conditions)


def person_with_training(
    *, actor: Actor, person_id: UUID, permission: str = "pairs.view", lock: bool = False
) -> Person:
    """Return one person; ``lock`` holds the row until the transaction ends.

    :raises Http404: no such person among those on whose training the actor carries the permission.
    """
    rows = people_with_training(actor, permission).filter(pk=person_id)
    person = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if person is None:
        raise Http404
    return person


def training_of(person: Person) -> list[Training]:
    """Return everything noted of a person who was granted, the latest first, what was struck out at the end."""
    rows = Training.objects.filter(person=person).order_by("-finished_on", "title", "pk")
    return sorted(rows, key=lambda row: row.struck_at is not None)


def own_training(actor: Actor) -> list[Training]:
    """Return everything noted of the actor himself, the latest first; nothing for whoever has no card."""
    if actor.person_id is None:
        return []
    return list(Training.objects.filter(person=actor.person_id).order_by("-finished_on", "title", "pk"))


def training_for(*, actor: Actor, training_id: UUID, permission: str = "pairs.view", lock: bool = False) -> Training:
    """Return one record with its person.

    :raises Http404: no such record among those on which the actor carries the permission.
    """
    rows = Training.objects.select_for_update(of=("self",)) if lock else Training.objects.all()
    row = rows.filter(pk=training_id).first()
    if row is None:
        raise Http404
    row.person = person_with_training(actor=actor, person_id=row.person_id, permission=permission)
    return row


def trained(person_ids: Collection[UUID], day: date) -> set[UUID]:
    """Return those of the people who have finished some training by the day; one query, none for nobody."""
    if not person_ids:
        return set()
    rows = Training.objects.filter(person__in=person_ids, finished_on__lte=day, struck_at__isnull=True)
    return set(rows.values_list("person_id", flat=True))
