"""Nobody mentors the child whose legal representative he is: pairs in which that came out after they were made.

Whoever makes a pair is refused at once (:func:`schools.pairs.services.faults_of_people`). A tie that is written
later, or by making one card of two, finds the pair standing: it cannot be approved any more, and everybody who leads it
is told. An order that is signed on paper already is recorded as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor
from schools.pairs.models import Pair
from schools.pairs.selectors import pairs_visible_to
from schools.people.errors import Fault
from schools.people.leaving import Left
from schools.people.models import Guardianship
from schools.people.upon_cards import register_remarks


def children_among(mentor: UUID, people: Collection[UUID]) -> set[UUID]:
    """Return those of the people of whom somebody is, or was, recorded as the representative; one query."""
    return set(Guardianship.objects.filter(guardian=mentor, ward__in=people).values_list("ward", flat=True))


def own_child_pairs(pairs: QuerySet[Pair], day: date) -> QuerySet[Pair]:
    """Narrow pairs to those that have not ended and whose mentor is, or was, the mentee's representative."""
    ties = Guardianship.objects.filter(guardian=OuterRef("mentor"), ward=OuterRef("mentee"))
    return pairs.filter(Exists(ties), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def faults_of_own_children(pairs: Iterable[Pair]) -> list[Fault]:
    """Return why pairs cannot be approved, each by the names of its two; they are held."""
    day = timezone.localdate()
    found = own_child_pairs(Pair.objects.filter(pk__in=[pair.pk for pair in pairs]), day)
    sentence = _(
        "%(mentor)s – %(mentee)s: родитель не может быть наставником своего ребёнка. Удалите этот черновик, а если "
        "представитель записан по ошибке, уберите его из карточки."
    )
    return [
        Fault("own_child", sentence % _names(pair), "pairs")
        for pair in found.select_related("mentor", "mentee").order_by("mentee__folded_name", "pk")
    ]


def remark_on_own_child(pair: Pair) -> list[str]:
    """Return a sentence on a pair whose mentor is recorded as the mentee's representative."""
    if not children_among(pair.mentor_id, [pair.mentee_id]):
        return []
    sentence = _(
        "%(mentor)s – законный представитель наставляемого. Родитель не может быть наставником своего ребёнка."
    )
    return [sentence % _names(pair)]


def tell_of_own_children(actor: Actor, people: Collection[UUID]) -> list[Left]:
    """Say which pairs of the people, as far as the actor sees them, have become those of a parent and his child."""
    concerned = pairs_visible_to(actor).filter(Q(mentor__in=people) | Q(mentee__in=people))
    found = own_child_pairs(concerned, timezone.localdate())
    words = _(
        "Пара %(mentor)s – %(mentee)s: родитель не может быть наставником своего ребёнка. Завершите её или смените "
        "наставника, черновик удалите."
    )
    return [
        Left(words % _names(pair), "pairs:card", (pair.pk,))
        for pair in found.select_related("mentor", "mentee").order_by("mentee__folded_name", "pk")
    ]


def _names(pair: Pair) -> dict[str, str]:
    return {"mentor": pair.mentor.full_name, "mentee": pair.mentee.full_name}


def register() -> None:
    """Speak up when a representative is recorded, and when two cards become one."""
    register_remarks("own children", tell_of_own_children)
