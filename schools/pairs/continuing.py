"""A pair that goes on with the same mentor under another row: its order was cancelled, and the other is its draft.

What was held and said in the one counts for the other: nobody gets acquainted anew because of a slip in an order.
"""

from __future__ import annotations

from django.db.models import Case, DateField, F, Field, OuterRef, Q, UUIDField, When
from django.db.models.lookups import Exact

from schools.pairs.models import Pair

# How many rows back; nobody cancels the orders of one pair more often.
MOST_BEFORE = 2


def earlier_of(pair: Pair) -> list[Pair]:
    """Return the pairs that this one continues, the latest first; a query for each."""
    found, row = list[Pair](), pair
    while (former := row.replaces) is not None and former.mentor_id == pair.mentor_id and len(found) < MOST_BEFORE:
        found.append(former)
        row = former
    return found


def first_day(ref: type[F] = F) -> Case:
    """Return the expression «first day of the first of the pairs that this one continues, or its own».

    :param ref: ``OuterRef`` for a subquery over pairs, ``F`` for pairs themselves.
    """
    return _of_first("starts_on", ref)


def first_order_day() -> Case:
    """Return the expression «day of the order of the first of the pairs that this one continues, or its own»."""
    return _of_first("order__signed_on", F)


def of_outer_pair() -> Q:
    """Return the condition «of this pair or of one that it continues» on rows with a ``pair``, for a subquery."""
    condition = Q(pair=OuterRef("pk"))
    for steps in range(1, MOST_BEFORE + 1):
        # A value of the pair itself, so that the rows are found by their index.
        condition |= Q(pair=Case(When(_goes_back(steps, OuterRef), then=OuterRef(_former(steps))), output_field=_ID))
    return condition


_ID: Field[object, object] = UUIDField()


def _former(steps: int) -> str:
    return "__".join(["replaces"] * steps)


def _goes_back(steps: int, ref: type[F]) -> Q:
    """Return the condition «it continues a pair so many steps back»: the mentor was the same at each."""
    rows = (Exact(ref(f"{_former(step)}__mentor"), ref("mentor")) for step in range(1, steps + 1))
    return Q(*rows)


def _of_first(name: str, ref: type[F]) -> Case:
    back = [When(_goes_back(steps, ref), then=ref(f"{_former(steps)}__{name}")) for steps in range(MOST_BEFORE, 0, -1)]
    return Case(*back, default=ref(name), output_field=DateField())
