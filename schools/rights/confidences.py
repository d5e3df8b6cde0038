"""What is kept from somebody who prints a person's data and stands beside that person: what was told in confidence.

A director or a coordinator may be a mentor as well, or the parent of one of a pair. Then he must not read here what
every other page keeps from him. The person loses nothing: anybody else who may print prints it whole.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.matching.models import Candidate
from schools.pairs.models import Pair
from schools.people.models import Guardianship
from schools.people.selectors import wards_of
from schools.rights.registry import Subject


def why_kept(actor: Actor, subject: Subject) -> str:
    """Return why the actor is not shown what a person told in confidence, in a sentence; empty when he is.

    Kept from whoever, himself or by a child of his, stands or stood in a pair with the person or the person's child, or
    is in a round of matching on the other side; and from the person's parents. One's own is one's own.
    """
    if actor.person_id is None or actor.person_id in subject.ids:
        return ""
    wards = set(wards_of(actor=actor).values_list("pk", flat=True))
    near = {actor.person_id, *wards}
    # Any representative there ever was: he may have written about the child when he still was one.
    children = Guardianship.objects.filter(guardian__in=subject.ids).values_list("ward", flat=True)
    theirs = {*subject.ids, *children} - {actor.person_id}
    if Pair.objects.filter(_across(near - subject.ids, theirs)).exists():
        return _(
            "Вы или ваш ребёнок состоите или состояли в паре с этим человеком или его ребёнком: сказанное доверительно "
            "распечатает другой сотрудник."
        )
    is_opposite = Q(round=OuterRef("round"), person__in=near - subject.ids) & ~Q(side=OuterRef("side"))
    if Candidate.objects.filter(Exists(Candidate.objects.filter(is_opposite)), person__in=theirs).exists():
        return _(
            "Вы или ваш ребёнок участвуете в одном подборе пар с этим человеком или его ребёнком: сказанное "
            "доверительно распечатает другой сотрудник."
        )
    if wards & subject.ids:
        return _("Это ваш ребёнок: то, что он сказал доверительно, вам покажет только он сам.")
    return ""


def _across(near: set[UUID], theirs: set[UUID]) -> Q:
    return Q(mentor__in=near, mentee__in=theirs) | Q(mentor__in=theirs, mentee__in=near)
