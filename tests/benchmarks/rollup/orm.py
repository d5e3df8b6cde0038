"""The ORM's way: school by school, two counts for each definition, as Django documents it."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q

from core.tenancy import school
from schools.consents.models import Consent
from schools.coverage.domain import Rule, years_before
from schools.pairs.models import Pair
from schools.people.models import Enrolment, Person

Figures = list[tuple[int, int]]


def count_school(schema: str, rules: tuple[Rule, ...], day: date) -> Figures:
    """Return (num, den) of each rule for one school."""
    with school(schema):
        return [_count(rule, day) for rule in rules]


def _count(rule: Rule, day: date) -> tuple[int, int]:
    stays = Enrolment.objects.filter(
        Q(left_on=None) | Q(left_on__gt=day), person=OuterRef("pk"), kind__in=rule.kinds, admitted_on__lte=day
    )
    base = Person.objects.filter(Exists(stays))
    if rule.age_from is not None:
        base = base.filter(birth_date__lte=years_before(day, rule.age_from))
    if rule.age_to is not None:
        base = base.filter(birth_date__gt=years_before(day, rule.age_to + 1))
    engaged = base.filter(_in_a_pair(rule, day), Exists(_consents(day)))
    return engaged.count(), base.count()


def _in_a_pair(rule: Rule, day: date) -> Q:
    effective = Pair.objects.exclude(order__number="").filter(
        Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day, order__signed_on__lte=day
    )
    roles = ("mentor", "mentee") if rule.roles == "any" else (rule.roles,)
    found = Q()
    for role in roles:
        found |= Q(Exists(effective.filter(**{role: OuterRef("pk")})))
    return found


def _consents(day: date) -> object:
    adult = years_before(day, 18)
    return Consent.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day),
        Q(withdrawn_on=None) | Q(withdrawn_on__gt=day),
        Q(signer="self", person__birth_date__lte=adult) | Q(signer="representative", person__birth_date__gt=adult),
        person=OuterRef("pk"),
        kind="processing",
        given_on__lte=day,
    )
