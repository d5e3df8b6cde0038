"""The school's own coverage: each definition's figure on a day, and who is missing from it and why, by name.

The figures come from the same compiled definitions as the region's; the names stay in the school.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from uuid import UUID

from django.db import connection
from django.db.models import Q

from core.authz import Actor, enforce
from schools.coverage.domain import Rule, bit_tests, bits_of, cells_statement, people_statement
from schools.pairs.models import Pair
from schools.pairs.selectors import HAS_FULL_ORDER
from tenants.reference.selectors import Definition, definitions_now, target_for


class Reason(StrEnum):
    """Why somebody of the base is not counted; the first that applies, nearest to counting first."""

    NO_CONSENT = "consent"  # stands in an acting pair in a role that counts
    NO_ORDER = "order"  # stands in a draft in a role that counts
    OTHER_ROLE = "role"  # stands in an acting pair, but the definition counts another role
    NO_PAIR = "pair"


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """One definition on a day. ``target`` is percent or None; ``missing`` is how many people the target still needs."""

    code: str
    title: str
    numerator: int
    denominator: int
    without_consent: int
    target: Decimal | None

    @property
    def missing(self) -> int | None:
        """Return how many more people reach the target; None without a target or without anybody in the base."""
        if self.target is None or not self.denominator:
            return None
        return max(ceil(Fraction(self.target) * self.denominator / 100) - self.numerator, 0)


def rule_of(definition: Definition) -> Rule:
    """Return what the compiler needs of a definition."""
    return Rule(
        code=definition.code,
        kinds=definition.kinds,
        roles=definition.roles,
        age_from=definition.age_from,
        age_to=definition.age_to,
        needs_consent=definition.needs_consent,
    )


def own_figures(*, actor: Actor, day: date) -> list[OwnFigure]:
    """Return the school's figure by each definition in force.

    :raises RefusedError: when the actor may not see the coverage.
    """
    enforce(actor.has("coverage.view"))
    return _figures(definitions_now(), day)


def headlines(*, actor: Actor, day: date, most: int) -> list[OwnFigure]:
    """Return the figures of the region's first definitions, at most so many; the first one is the main one.

    :raises RefusedError: when the actor may not see the coverage.
    """
    enforce(actor.has("coverage.view"))
    return _figures(definitions_now()[:most], day)


def _figures(definitions: tuple[Definition, ...], day: date) -> list[OwnFigure]:
    if not definitions:
        return []
    rules = tuple(rule_of(row) for row in definitions)
    with connection.cursor() as cursor:
        cursor.execute(cells_statement(rules, day, (None,)))
        counts = cursor.fetchone() or (0, *(0,) * 3 * len(rules))
    figures = []
    for place, row in enumerate(definitions):
        engaged, base, without_consent = counts[1 + 3 * place : 4 + 3 * place]
        target = target_for(row.code, day.year)
        figures.append(
            OwnFigure(row.code, row.title, engaged, base, without_consent, target.percent if target else None)
        )
    return figures


def missing_people(*, actor: Actor, definition: Definition, day: date) -> dict[UUID, Reason]:
    """Return everybody of a definition's base who is not counted on the day, with the reason.

    :raises RefusedError: when the actor may not see the coverage.
    """
    enforce(actor.has("coverage.view"))
    rule = rule_of(definition)
    bits, (test,) = bits_of((rule,)), bit_tests((rule,))
    with connection.cursor() as cursor:
        cursor.execute(people_statement((rule,), day, (None,)))
        masks: dict[UUID, int] = {row[1]: row[4] for row in cursor.fetchall()}
    drafted = _drafted(rule.roles, day)
    in_any_role = bits.roles["mentor"] | bits.roles["mentee"]
    found = {}
    for person, mask in masks.items():
        if not test.is_in_base(mask) or test.is_engaged(mask):
            continue
        if test.lacks_only_consent(mask):
            found[person] = Reason.NO_CONSENT
        elif person in drafted:
            found[person] = Reason.NO_ORDER
        elif mask & in_any_role:
            found[person] = Reason.OTHER_ROLE
        else:
            found[person] = Reason.NO_PAIR
    return found


def _drafted(roles: str, day: date) -> set[UUID]:
    """Return who stands in a draft, or in a pair whose order or first day is still to come, in a role that counts."""
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    to_come = ~HAS_FULL_ORDER | Q(order__signed_on__gt=day) | Q(starts_on__gt=day)
    rows = Pair.objects.filter(going_on, to_come).values_list("mentor_id", "mentee_id")
    columns = {"any": (0, 1), "mentor": (0,), "mentee": (1,)}[roles]
    return {row[column] for row in rows for column in columns}
