"""Reads about people; each takes the actor, and shows him nobody he was not granted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from core.authz import Actor, Reach, enforce
from core.text import clean_name, ru_key
from schools.people import policies
from schools.people.chains import chain_of
from schools.people.domain import ADULT_AGE_YEARS, ENROLLED_KINDS, age_on, latest_birth_date
from schools.people.models import (
    Enrolment,
    FormerName,
    Guardianship,
    Person,
    PersonKind,
    PersonKindChoice,
    SchoolClass,
)

_MOST_WORDS = 6
_CANDIDATES = 12


def enrolled_q(day: date, prefix: str = "") -> Q:
    """Return the condition «enrolled on the day»: the day of leaving is not a day of enrolment."""
    still = Q(**{f"{prefix}left_on__isnull": True}) | Q(**{f"{prefix}left_on__gt": day})
    return Q(**{f"{prefix}admitted_on__lte": day}) & still


def own_classes(reach: Reach) -> list[UUID]:
    """Return the ids of the classes that narrow a permission; a scope that is no id narrows it to nothing."""
    found = []
    for scope in reach.values("class"):
        try:
            found.append(UUID(scope))
        except ValueError:
            continue
    return found


def people_visible_to(actor: Actor, permission: str = "people.view") -> QuerySet[Person]:
    """Return the people on whom the actor carries a permission.

    A class teacher: those enrolled in his classes today. A curator: those who are or were in pairs of his forms under
    an order; a draft opens no card, for he could make one with anybody. Destroyed people are nobody's to see.
    """
    reach = actor.reach(permission)
    people = Person.objects.filter(destroyed_at__isnull=True)
    if reach.everything:
        return people
    conditions = Q(pk__in=())
    if classes := own_classes(reach):
        rows = Enrolment.objects.filter(enrolled_q(timezone.localdate()), school_class__in=classes)
        conditions |= Q(pk__in=rows.values("person"))
    if forms := reach.values("form"):
        for side in ("pairs_as_mentor", "pairs_as_mentee"):
            ordered = Q(**{f"{side}__order__number__gt": "", f"{side}__order__signed_on__isnull": False})
            in_pairs = Person.objects.filter(ordered, **{f"{side}__form_code__in": forms})
            conditions |= Q(pk__in=in_pairs.values("pk"))
    return people.filter(conditions)


def person_for(*, actor: Actor, person_id: UUID, permission: str = "people.view", lock: bool = False) -> Person:
    """Return one person; ``lock`` holds the row until the transaction ends.

    :raises Http404: no such person among those on whom the actor carries the permission.
    """
    rows = people_visible_to(actor, permission)
    if lock:
        rows = rows.select_for_update(of=("self",))
    person = rows.filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def named(people: QuerySet[Person], typed: str) -> QuerySet[Person]:
    """Narrow people to those whose name, now or formerly, holds every typed word; case, ё and spaces are forgiven."""
    words = ru_key(clean_name(typed[:200])).split()[:_MOST_WORDS]
    if not words:
        return people
    holds_all = Q()
    for word in words:
        holds_all &= Q(folded_name__contains=word)
    return people.filter(holds_all | Q(pk__in=FormerName.objects.filter(holds_all).values("person")))


def with_enrolments(people: QuerySet[Person]) -> QuerySet[Person]:
    """Load kinds and enrolments (with classes, the latest first) of all people in two queries."""
    rows = Enrolment.objects.select_related("school_class").order_by("-admitted_on")
    return people.prefetch_related("kinds", Prefetch("enrolments", queryset=rows))


def current_enrolment(person: Person, day: date) -> Enrolment | None:
    """Return the enrolment in force on the day, from what :func:`with_enrolments` loaded; a pupil's before others."""
    in_force = [
        row for row in person.enrolments.all() if row.admitted_on <= day and (row.left_on is None or row.left_on > day)
    ]
    return min(in_force, key=lambda row: row.kind != "pupil", default=None)


def has_left(person: Person, day: date, side: Collection[str] = ()) -> bool:
    """Tell whether somebody is here no more: was enrolled, is not today, and is nothing outside the school besides.

    ``side`` are the kinds that a side of a form takes, when it is asked of who stands there: a parent who taught here
    stays a parent, and a teacher's side has lost him. Of a person whose kinds and enrolments are loaded.
    """
    if person.destroyed_at is not None:
        return True
    rows = person.enrolments.all()
    outside = {kind.kind for kind in person.kinds.all()}.difference(ENROLLED_KINDS)
    stays = outside.intersection(side) if side else outside
    return bool(rows) and current_enrolment(person, day) is None and not stays


def place_of(person: Person, day: date) -> str:
    """Return where a person stands in the school: the class or the post; empty for those outside."""
    row = current_enrolment(person, day)
    if row is None:
        return ""
    return row.school_class.title if row.school_class is not None else row.post


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be chosen for a pair; ``age`` is told only to those who see every card anyway."""

    id: UUID
    full_name: str
    place: str
    age: int | None
    kinds: tuple[str, ...]


def candidates(
    *, actor: Actor, typed: str, kinds: Collection[str], chosen: Collection[UUID] = ()
) -> tuple[list[Candidate], bool]:
    """Return up to 12 people of any of the kinds whose name holds the typed words, and whether there were more.

    ``chosen`` people are listed first, whatever was typed. An empty ``kinds`` means everybody. People who have left
    are not offered; those outside the school are, alumni among them.

    :raises RefusedError: when the actor may not look people up.
    """
    enforce(policies.may_find_people(actor))
    day = timezone.localdate()
    everybody = people_visible_to(actor, "people.find")
    fitting = everybody.filter(kinds__kind__in=kinds).distinct() if kinds else everybody
    here = Q(enrolments__isnull=True) | Q(pk__in=Enrolment.objects.filter(enrolled_q(day)).values("person"))
    # Who has left and is something outside the school besides (an alumnus, a parent) is asked for as that.
    if outside := set(kinds or PersonKindChoice.values) - set(ENROLLED_KINDS):
        here |= Q(pk__in=PersonKind.objects.filter(kind__in=outside).values("person"))
    found = named(fitting.filter(here), typed).exclude(pk__in=chosen)
    rows = list(with_enrolments(found.order_by("folded_name", "pk").distinct())[: _CANDIDATES + 1])
    kept = list(with_enrolments(everybody.filter(pk__in=chosen).order_by("folded_name", "pk"))) if chosen else []
    listed = kept + rows[:_CANDIDATES]
    with_age = actor.reach("people.view").everything
    return [_candidate(person, day, with_age=with_age) for person in listed], len(rows) > _CANDIDATES


def _candidate(person: Person, day: date, *, with_age: bool) -> Candidate:
    return Candidate(
        id=person.pk,
        full_name=person.full_name,
        place=place_of(person, day),
        age=age_on(person.birth_date, day) if with_age else None,
        kinds=tuple(sorted(row.kind for row in person.kinds.all())),
    )


def classes_visible_to(actor: Actor) -> list[SchoolClass]:
    """Return the classes whose people the actor sees, by grade and letter."""
    reach = actor.reach("people.view")
    rows = SchoolClass.objects.all()
    if not reach.everything:
        rows = rows.filter(pk__in=own_classes(reach))
    return list(rows)


def enrolment_for(*, actor: Actor, enrolment_id: UUID) -> Enrolment:
    """Return one enrolment with its person.

    :raises Http404: no such enrolment among those of the people the actor sees.
    """
    row = Enrolment.objects.select_related("person", "school_class").filter(pk=enrolment_id).first()
    if row is None:
        raise Http404
    person_for(actor=actor, person_id=row.person_id)
    return row


def is_continued(enrolment: Enrolment) -> bool:
    """Tell whether somebody went on from an enrolment in the next class: it ends there, and he has not left."""
    rows = Enrolment.objects.filter(person=enrolment.person_id, kind=enrolment.kind)
    return chain_of(enrolment, rows).is_continued(enrolment)


def guardianship_for(*, actor: Actor, ward_id: UUID, guardianship_id: UUID) -> Guardianship:
    """Return one legal representative of a person, with both people.

    :raises Http404: the person is not among those the actor sees, or the representative is not his.
    """
    ward = person_for(actor=actor, person_id=ward_id)
    rows = Guardianship.objects.select_related("guardian", "ward")
    row = rows.filter(ward=ward, pk=guardianship_id).first()
    if row is None:
        raise Http404
    return row


def guardians_of(*, actor: Actor, person: Person) -> list[Guardianship]:
    """Return the legal representatives of a person the actor was given."""
    return list(Guardianship.objects.filter(ward=person).select_related("guardian").order_by("guardian__folded_name"))


def children_of(*, actor: Actor, person: Person) -> list[Guardianship]:
    """Return those of a person's wards whom the actor sees, by name."""
    visible = people_visible_to(actor).values("pk")
    rows = Guardianship.objects.filter(guardian=person, ward__in=visible)
    return list(rows.select_related("ward").order_by("ward__folded_name"))


def former_names(person: Person) -> QuerySet[FormerName, str]:
    """Return the names a person had before, the latest first; none for most."""
    return FormerName.objects.filter(person=person).order_by("-until").values_list("full_name", flat=True)


def former_names_of(person: Person) -> str:
    """Return the names a person had before, the latest first, in one line; empty for most."""
    return ", ".join(former_names(person))


def representing_q(day: date) -> Q:
    """Return the condition «represents the ward on the day» on guardianships: the last day is not one of its days."""
    begun = Q(from_date__isnull=True) | Q(from_date__lte=day)
    return begun & (Q(to_date__isnull=True) | Q(to_date__gt=day))


def wards_of(*, actor: Actor) -> QuerySet[Person]:
    """Return the children whose legal representative the actor himself is today; nobody for a visitor."""
    if actor.person_id is None:
        return Person.objects.none()
    rows = Guardianship.objects.filter(representing_q(timezone.localdate()), guardian_id=actor.person_id)
    return Person.objects.filter(pk__in=rows.values("ward")).order_by("folded_name")


def represented_by(*, actor: Actor) -> QuerySet[Person]:
    """Return the children for whom the actor signs and looks today: of his wards those under 18.

    A grown-up's life in the programme is his own: from that birthday his parents see nothing of it.
    """
    return wards_of(actor=actor).filter(birth_date__gt=latest_birth_date(timezone.localdate(), ADULT_AGE_YEARS))
