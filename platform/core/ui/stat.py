"""The headline figure: a share with everything that makes it believable beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from core.ui.charts import length
from core.ui.numbers import format_percent, share_percent


@dataclass(frozen=True, slots=True)
class Stat:
    """A headline ready to show; ``missing`` is how many more people reach the target (None: no target)."""

    label: str
    noun: str
    numerator: int | None
    denominator: int | None
    percent: str
    bar: str
    target: str
    target_at: str
    missing: int | None
    as_of: date | None
    url: str

    @property
    def has_figure(self) -> bool:
        return bool(self.denominator) and self.numerator is not None

    @property
    def is_on_target(self) -> bool:
        return self.missing == 0


def build_stat(
    label: str,
    numerator: int | None,
    denominator: int | None,
    *,
    target: Decimal | float | int | None = None,
    as_of: date | None = None,
    noun: str = "",
    url: str = "",
) -> Stat:
    """Compute the shown share and the distance to ``target`` (percent) from exact counts, never from rounded ones."""
    share = None if numerator is None or not denominator else share_percent(numerator, denominator)
    goal = None if target is None else Fraction(str(target))
    missing = None
    if goal is not None and numerator is not None and denominator:
        missing = max(ceil(goal * denominator / 100) - numerator, 0)
    return Stat(
        label=label,
        noun=noun,
        numerator=numerator,
        denominator=denominator,
        percent=format_percent(share),
        bar=length(float(min(share or Decimal(0), Decimal(100)))),
        target="" if goal is None else format_percent(float(goal), decimals=0 if goal.denominator == 1 else 1),
        target_at="" if goal is None else length(float(goal)),
        missing=missing,
        as_of=as_of,
        url=url,
    )
