"""Whom a visitor may sign in as among mentors, mentees and parents: people of the schools that live a year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from core.authz import system_actor
from deploy.demo.asking import TEACHER_PUPIL
from schools.matching.domain.proposals import ProposalState
from schools.matching.models import Proposal
from schools.pairs.models import Pair
from schools.pairs.selectors import acting_q
from schools.people.models import Guardianship, Person
from schools.people.services import PersonData, add_guardian, create_person

# Finds the person in the current school; None while there is nobody such.
Find = Callable[[], UUID | None]
# Forms whose mentors neither study nor work in the school.
OUTSIDE_FORMS = ("employer-pupil", "student-pupil")
_YEARS_OLDER, _SETTLED_DAYS = 31, 30


def mentor() -> UUID | None:
    """Return a teacher of several pupils, with as few as that allows, who is in nobody's care himself."""
    day = timezone.localdate()
    guided = Pair.objects.filter(acting_q(day)).values("mentee")
    pairs = _pairs().exclude(mentor__in=guided).order_by().values("mentor")
    pairs = pairs.annotate(number=Count("pk"), latest=Max("starts_on")).order_by("number", "mentor__folded_name")
    # Whose pupils have met for some time has more to show than whoever begins today.
    settled = pairs.filter(number__gte=2, latest__lte=day - timedelta(days=_SETTLED_DAYS))
    return _first(settled.values_list("mentor", flat=True)) or _first(pairs.values_list("mentor", flat=True))


def mentee() -> UUID | None:
    """Return the pupil of that teacher who has been in a pair with him longest, and is no mentor himself."""
    return _first(_pupils().filter(mentor=mentor()).values_list("mentee", flat=True))


def unhappy_mentee() -> UUID | None:
    """Return a pupil of another teacher."""
    others = _pupils().exclude(mentor=mentor()).exclude(mentee=mentee())
    return _first(others.values_list("mentee", flat=True))


def parent() -> UUID | None:
    """Return the mother of that pupil; she is added to the school's people when she is not among them."""
    child_id = mentee()
    if child_id is None:
        return None
    child = Person.objects.get(pk=child_id)
    known = Guardianship.objects.filter(ward=child, to_date__isnull=True).values_list("guardian", flat=True)
    return _first(known) or _mother_of(child)


def outside_mentor() -> UUID | None:
    """Return a mentor from outside the school: he has a checklist of papers on his page."""
    rows = Pair.objects.filter(acting_q(timezone.localdate()), form_code__in=OUTSIDE_FORMS)
    return _first(rows.order_by("form_code", "mentor__folded_name", "pk").values_list("mentor", flat=True))


def asked_mentor() -> UUID | None:
    """Return a mentor whose answer to a proposal is waited for."""
    return _first(_open_proposals().values_list("mentor__person", flat=True))


def asked_mentee() -> UUID | None:
    """Return the mentee of the same proposal."""
    return _first(_open_proposals().values_list("mentee__person", flat=True))


def _mother_of(child: Person) -> UUID:
    actor = system_actor("demo")
    # «Петров» and «Петрова» are one family; names that do not change with sex stay.
    surname = child.surname + "а" if child.surname.endswith(("ов", "ев", "ин", "ын")) else child.surname
    born = date(child.birth_date.year - _YEARS_OLDER, 3, 14)
    data = PersonData(
        surname=surname, name="Марина", patronymic="Андреевна", birth_date=born, sex="f", kinds=("parent",)
    )
    person = create_person(actor=actor, data=data)
    add_guardian(actor=actor, ward_id=child.pk, guardian_id=person.pk, kinship="мать")
    return person.pk


def _pairs() -> QuerySet[Pair]:
    """Return the acting pairs of teachers with pupils, the oldest first."""
    rows = Pair.objects.filter(acting_q(timezone.localdate()), form_code=TEACHER_PUPIL)
    return rows.order_by("starts_on", "mentee__folded_name", "pk")


def _pupils() -> QuerySet[Pair]:
    """Return those of them whose mentee guides nobody."""
    guides = Pair.objects.filter(acting_q(timezone.localdate())).values("mentor")
    return _pairs().exclude(mentee__in=guides)


def _open_proposals() -> QuerySet[Proposal]:
    waiting = Proposal.objects.filter(state=ProposalState.OPEN, mentor_answer="", mentee_answer="")
    return waiting.order_by("mentee__number", "pk")


def _first(found: QuerySet[Any, UUID]) -> UUID | None:
    return next(iter(found[:1]), None)
