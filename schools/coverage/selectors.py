"""A school's own coverage: its figures as of a day by the region's definitions, and who is missing from them and why.

Runs inside the school, over its own fact views; the definitions are read through ``shared()``. The figures are those
the region counts for this school, by the same statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import Q

from schools.consents.models import Consent
from schools.coverage.domain import Rule, age_on, bit_tests, cells_statement, people_statement
from schools.pairs.models import Pair
from schools.people.models import Person
from tenants.reference.selectors import Definition, definitions_now, target_for

_PROCESSING = "processing"
_ADULT = 18


class Reason(StrEnum):
    """Why somebody of the base is not counted as engaged; the first that applies."""

    NO_PAIR = "no_pair"
    ORDER_UNSIGNED = "order_unsigned"
    NO_CONSENT = "no_consent"
    CONSENT_ENDED = "consent_ended"
    TURNED_18 = "turned_18"
    NEEDS_REPRESENTATIVE = "needs_representative"


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """``num`` of ``den`` people by one definition; ``target`` in percent, None when the region has set none."""

    definition: Definition
    num: int
    den: int
    lacks_consent: int
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody of the base who does not count as engaged."""

    person_id: UUID
    reason: Reason


def rule_of(definition: Definition) -> Rule:
    """Return what a definition of the reference data counts."""
    return Rule(
        code=definition.code,
        kinds=definition.kinds,
        roles=definition.roles,
        age_from=definition.age_from,
        age_to=definition.age_to,
        needs_consent=definition.needs_consent,
    )


def own_coverage(day: date) -> tuple[OwnFigure, ...]:
    """Return the school's figures as of a day by every definition in force; counts, no people."""
    definitions = definitions_now()
    if not definitions:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(cells_statement(tuple(rule_of(one) for one in definitions), day, (None,)))
        row = cursor.fetchone()
    numbers = iter(row[1:] if row else [0] * 3 * len(definitions))
    found = []
    for definition in definitions:
        target = target_for(definition.code, day.year)
        three = next(numbers), next(numbers), next(numbers)
        found.append(OwnFigure(definition, *three, None if target is None else target.percent))
    return tuple(found)


def missing_from(definition: Definition, day: date) -> tuple[Missing, ...]:
    """Return everybody in the base of a definition who does not count as engaged on the day, with the reason.

    Ids only: names come from the selectors of people, which know what the reader may see. Four queries.
    """
    rule = rule_of(definition)
    (test,) = bit_tests((rule,))
    with connection.cursor() as cursor:
        cursor.execute(people_statement((rule,), day, (None,)))
        masks = {person: mask for _, person, _, _, mask in cursor.fetchall()}
    absent = [person for person, mask in masks.items() if test.is_in_base(mask) and not test.is_engaged(mask)]
    paired = _in_a_pair(rule, day)
    lacking = [person for person in absent if test.lacks_only_consent(masks[person])]
    reasons = _consent_reasons(lacking, day)
    found = []
    for person in absent:
        reason = Reason.ORDER_UNSIGNED if person in paired else Reason.NO_PAIR
        found.append(Missing(person, reasons.get(person, reason)))
    return tuple(found)


def _in_a_pair(rule: Rule, day: date) -> set[UUID]:
    """Return who stands in a pair on the day, whatever its order, in a role the rule counts."""
    pairs = Pair.objects.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gte=day))
    sides = pairs.values_list("mentor_id", "mentee_id")
    mentors = {mentor for mentor, _ in sides} if rule.roles != "mentee" else set()
    mentees = {mentee for _, mentee in sides} if rule.roles != "mentor" else set()
    return mentors | mentees


def _consent_reasons(people: Iterable[UUID], day: date) -> dict[UUID, Reason]:
    """Return what is wrong with the consents of people whom nothing else keeps out."""
    born = dict(Person.objects.filter(pk__in=list(people)).values_list("pk", "birth_date"))
    consents: dict[UUID, list[Consent]] = {person: [] for person in born}
    for consent in Consent.objects.filter(person__in=born, kind=_PROCESSING, given_on__lte=day):
        consents[consent.person_id].append(consent)
    return {person: _consent_reason(consents[person], born[person], day) for person in born}


def _consent_reason(consents: list[Consent], born: date, day: date) -> Reason:
    if not consents:
        return Reason.NO_CONSENT
    running = [
        one
        for one in consents
        if (one.valid_until is None or day <= one.valid_until) and (one.withdrawn_on is None or day < one.withdrawn_on)
    ]
    if not running:
        return Reason.CONSENT_ENDED
    # In force by its dates, and yet not counted: the wrong person signed for this age.
    return Reason.TURNED_18 if age_on(born, day) >= _ADULT else Reason.NEEDS_REPRESENTATIVE
