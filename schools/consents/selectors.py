"""Reads about consents; each takes the actor."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from core.authz import Actor
from schools.consents.domain import PARTICIPATION, SOON_DAYS, ConsentState, Ending, Terms, ends_soon, state_on
from schools.consents.models import Consent
from schools.people.domain import ADULT_AGE_YEARS, latest_birth_date
from schools.people.models import Enrolment, Person
from schools.people.selectors import enrolled_q, named, people_visible_to, with_enrolments
from tenants.reference.selectors import ConsentKind, consent_kinds_now


def consents_visible_to(actor: Actor) -> QuerySet[Consent]:
    """Return the consents of the people on whom the actor carries ``consents.view``."""
    rows = Consent.objects.all()
    if actor.reach("consents.view").everything:
        return rows
    return rows.filter(person__in=people_visible_to(actor, "consents.view"))


def consents_of(person: Person) -> list[Consent]:
    """Return the consents of a person who was read through a selector, the latest first."""
    rows = list(Consent.objects.filter(person_id=person.pk).order_by("-given_on", "kind"))
    for row in rows:
        row.person = person
    return rows


def terms_of(consent: Consent, minors: Collection[str] = ()) -> Terms:
    """Return what decides the state of a consent; ``minors`` are :func:`minors_kinds`, where it is put into words."""
    is_of_minors = consent.kind in minors
    return Terms(consent.signer, consent.given_on, consent.valid_until, consent.withdrawn_on, is_of_minors)


def state_of(consent: Consent, day: date, minors: Collection[str]) -> ConsentState:
    """Return the state of a consent whose person is loaded; ``minors`` are :func:`minors_kinds`."""
    return state_on(terms_of(consent, minors), consent.person.birth_date, day)


def ending_soon_of(consent: Consent, day: date, minors: Collection[str]) -> Ending | None:
    """Return the end that comes within two months of a consent in force, whose person is loaded; else None."""
    return ends_soon(terms_of(consent, minors), consent.person.birth_date, day)


def minors_kinds(kinds: Collection[ConsentKind] | None = None) -> frozenset[str]:
    """Return the codes of the kinds of consent that are asked of nobody from 18 years on."""
    rows = consent_kinds_now(with_withdrawn=True) if kinds is None else kinds
    return frozenset(row.code for row in rows if row.is_of_minors)


def is_minor_q(day: date, person: str = "") -> Q:
    """Return the condition «under 18 on the day» on rows that reach a person's columns by ``person``."""
    return Q(**{f"{person}birth_date__gt": latest_birth_date(day, ADULT_AGE_YEARS)})


def asked_of_q(kind: str, day: date) -> Q:
    """Return the condition «a consent of the kind is asked of» on people: one of minors alone, of nobody from 18."""
    return is_minor_q(day) if kind in minors_kinds() else Q()


def deciding_kinds(kinds: Collection[ConsentKind] | None = None) -> frozenset[str]:
    """Return the codes of the kinds of consent without which nobody counts as engaged."""
    rows = consent_kinds_now(with_withdrawn=True) if kinds is None else kinds
    return frozenset(row.code for row in rows if row.decides_counting)


def in_force_q(day: date, person: str = "person__") -> Q:
    """Return the condition «in force on the day» on consents: the same rule as ``domain.state_on``, for the database.

    ``person`` is the way from the filtered model to the person's columns.
    """
    cutoff = latest_birth_date(day, ADULT_AGE_YEARS)
    going_on = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    not_withdrawn = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day)
    by_adult = Q(signer=Consent.Signer.SELF, **{f"{person}birth_date__lte": cutoff})
    by_other = Q(signer=Consent.Signer.REPRESENTATIVE, **{f"{person}birth_date__gt": cutoff})
    return Q(given_on__lte=day) & going_on & not_withdrawn & (by_adult | by_other)


def has_consent(day: date, kinds: Collection[str], person: str = "pk") -> Exists:
    """Return the expression «has a consent in force of one of the kinds»; ``person`` is the row's way to a person."""
    rows = Consent.objects.filter(in_force_q(day), person=OuterRef(person), kind__in=kinds)
    return Exists(rows, output_field=BooleanField())


def has_withdrawn(day: date, person: str = "pk") -> Q:
    """Return the condition «took back the consent to keep his data, and gave no other»; ``person`` as for a consent.

    Who never gave one is not meant: he is asked for it as before.
    """
    deciding = deciding_kinds()
    taken_back = Consent.objects.filter(person=OuterRef(person), kind__in=deciding, withdrawn_on__lte=day)
    return Q(Exists(taken_back)) & ~Q(has_consent(day, deciding, person))


def has_withdrawn_taking_part(day: date, person: str = "pk") -> Exists:
    """Return the condition «it was taken back that he takes part, and nobody let him again»; ``person`` as above.

    No figure asks it: only a withdrawn consent acts, one that was never given keeps nobody out. Where the kind is of
    minors alone, it says nothing of who is 18 by the day.
    """
    of_age = is_minor_q(day, "person__") if PARTICIPATION in minors_kinds() else Q()
    given = Consent.objects.filter(in_force_q(day), person=OuterRef("person"), kind=PARTICIPATION)
    taken_back = Consent.objects.filter(of_age, person=OuterRef(person), kind=PARTICIPATION, withdrawn_on__lte=day)
    return Exists(taken_back.filter(~Exists(given)), output_field=BooleanField())


def has_left_off(day: date, person: str = "pk") -> Q:
    """Return the condition «took back the one or the other»: nobody proposes, asks or lets wait whoever did."""
    return has_withdrawn(day, person) | Q(has_withdrawn_taking_part(day, person))


def people_without_consent(actor: Actor, day: date, kind: str) -> QuerySet[Person]:
    """Return the people enrolled on the day, among those whose consents the actor sees, without one of the kind.

    Of a kind of minors alone: those under 18.
    """
    enrolled = Enrolment.objects.filter(enrolled_q(day)).values("person")
    people = people_visible_to(actor, "consents.view").filter(asked_of_q(kind, day), pk__in=enrolled)
    return with_enrolments(people.filter(~has_consent(day, [kind]))).order_by("folded_name", "pk")


def people_narrowed(people: QuerySet[Person], *, room: UUID | None = None, typed: str = "") -> QuerySet[Person]:
    """Narrow people to those of a class today, and to those named so."""
    if room is not None:
        there = Enrolment.objects.filter(enrolled_q(timezone.localdate()), school_class=room)
        people = people.filter(pk__in=there.values("person"))
    return named(people, typed)


def consents_of_people(rows: QuerySet[Consent], *, room: UUID | None = None, typed: str = "") -> QuerySet[Consent]:
    """Narrow consents to those of people of a class today, and of those named so."""
    if room is None and not typed.strip():
        return rows
    return rows.filter(person__in=people_narrowed(Person.objects.all(), room=room, typed=typed).values("pk"))


def consents_to_check(actor: Actor, day: date, kinds: Collection[ConsentKind] | None = None) -> QuerySet[Consent]:
    """Return the consents that stopped being enough: expired, or signed by the wrong one for the age of the day.

    Withdrawn ones are not here: somebody wanted that. Nor are those whose owner has another one of the kind in force,
    or has turned 18 when the kind is of minors alone. ``kinds`` are all of them, looked up when not given.
    """
    outgrown = Q(kind__in=minors_kinds(kinds)) & ~is_minor_q(day, "person__")
    replaced = Consent.objects.filter(in_force_q(day), person=OuterRef("person"), kind=OuterRef("kind"))
    rows = consents_visible_to(actor).filter(given_on__lte=day, withdrawn_on__isnull=True)
    enrolled = Enrolment.objects.filter(enrolled_q(day)).values("person")
    return rows.filter(~in_force_q(day), ~outgrown, ~Exists(replaced), person__in=enrolled)


def consents_taken_back(actor: Actor, day: date) -> QuerySet[Consent]:
    """Return the consents that were withdrawn by the day, of every kind, whose owner has no other of it in force.

    One of a kind of minors alone is nobody's matter from 18 years on.
    """
    outgrown = Q(kind__in=minors_kinds()) & ~is_minor_q(day, "person__")
    replaced = Consent.objects.filter(in_force_q(day), person=OuterRef("person"), kind=OuterRef("kind"))
    return consents_visible_to(actor).filter(~outgrown, ~Exists(replaced), withdrawn_on__lte=day)


def consents_ending_soon(actor: Actor, day: date, within_days: int = SOON_DAYS) -> QuerySet[Consent]:
    """Return the consents in force whose term ends, or whose owner turns 18, within so many days.

    Those whose owner has another one of the kind that goes on are not here: nothing is to be done about them. Nor is
    it about one of a kind of minors alone whose owner will be 18 by then.
    """
    then = day + timedelta(days=within_days)
    outgrown = Q(kind__in=minors_kinds()) & ~is_minor_q(then, "person__")
    goes_on = Consent.objects.filter(
        in_force_q(then), person=OuterRef("person"), kind=OuterRef("kind"), given_on__lte=day
    )
    enrolled = Enrolment.objects.filter(enrolled_q(day)).values("person")
    rows = consents_visible_to(actor).filter(in_force_q(day), person__in=enrolled)
    return rows.filter(~in_force_q(then), ~outgrown, ~Exists(goes_on))


def consent_for(*, actor: Actor, consent_id: UUID) -> Consent:
    """Return one consent with its person.

    :raises Http404: no such consent among those the actor sees.
    """
    consent = consents_visible_to(actor).select_related("person").filter(pk=consent_id).first()
    if consent is None:
        raise Http404
    return consent
