"""Definitions of coverage as tests of bits, and the arithmetic of ages.

Everything a day says about a person is folded into one number, the *mask*: a bit for each kind of enrolment, for each
range of ages, for each role in a pair, for a consent in force. A definition is then a test of bits, and all
definitions of a school cost one pass over its facts.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_ROLES = {"any": ("mentor", "mentee"), "mentor": ("mentor",), "mentee": ("mentee",)}
_MOST_BITS = 30
KNOWN_ELSEWHERE = 1 << _MOST_BITS
"""The bit of somebody who has another record in the region; no rule tests it."""

Ages = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a definition counts: enrolled people of ``kinds`` and ages, engaged in ``roles``, with a consent or not.

    Ages are full years on the day, both ends included, None for no limit.
    """

    code: str
    kinds: tuple[str, ...]
    roles: str
    age_from: int | None = None
    age_to: int | None = None
    needs_consent: bool = True

    @property
    def ages(self) -> Ages:
        """Return the range of ages, (None, None) for everybody."""
        return self.age_from, self.age_to


@dataclass(frozen=True, slots=True)
class Test:
    """The bits of one rule. In the base: any of ``kinds`` and all of ``ages``; in a pair: any of ``roles``."""

    __test__ = False  # not a test of pytest's

    code: str
    kinds: int
    ages: int
    roles: int
    consent: int

    def is_in_base(self, mask: int) -> bool:
        """Tell whether somebody of this mask is in the denominator."""
        return bool(mask & self.kinds) and mask & self.ages == self.ages

    def is_engaged(self, mask: int) -> bool:
        """Tell whether somebody of this mask is in the numerator."""
        return self.is_in_base(mask) and bool(mask & self.roles) and mask & self.consent == self.consent

    def lacks_only_consent(self, mask: int) -> bool:
        """Tell whether only a missing consent keeps somebody out of the numerator."""
        return self.is_in_base(mask) and bool(mask & self.roles) and mask & self.consent != self.consent


@dataclass(frozen=True, slots=True)
class Bits:
    """Which bit means what for a set of rules."""

    kinds: dict[str, int]
    ages: dict[Ages, int]
    roles: dict[str, int]
    consent: int

    def test(self, rule: Rule) -> Test:
        """Return the bits of one rule."""
        return Test(
            code=rule.code,
            kinds=_together(self.kinds[kind] for kind in rule.kinds),
            ages=self.ages.get(rule.ages, 0),
            roles=_together(self.roles[role] for role in _ROLES[rule.roles]),
            consent=self.consent if rule.needs_consent else 0,
        )


def _together(bits: Iterable[int]) -> int:
    made = 0
    for bit in bits:
        made |= bit
    return made


def bits_of(rules: Sequence[Rule]) -> Bits:
    """Give out the bits that these rules need; the same rules always get the same bits.

    :raises ValueError: when the rules need more bits than a PostgreSQL integer has to spare.
    """
    kinds = sorted({kind for rule in rules for kind in rule.kinds})
    ages = sorted({rule.ages for rule in rules if rule.ages != (None, None)}, key=str)
    names: list[object] = ["mentor", "mentee", "consent", *kinds, *ages]
    if len(names) > _MOST_BITS:
        raise ValueError("too many different kinds and ages for one pass")
    bit = {name: 1 << place for place, name in enumerate(names)}
    return Bits(
        kinds={kind: bit[kind] for kind in kinds},
        ages={span: bit[span] for span in ages},
        roles={"mentor": bit["mentor"], "mentee": bit["mentee"]},
        consent=bit["consent"],
    )


@lru_cache(maxsize=64)
def bit_tests(rules: tuple[Rule, ...]) -> tuple[Test, ...]:
    """Return the tests of these rules, in their order."""
    bits = bits_of(rules)
    return tuple(bits.test(rule) for rule in rules)


def years_before(day: date, years: int) -> date:
    """Return the latest birth date of somebody who is ``years`` full years old on the day.

    Born on 29 February: the birthday of a common year is 1 March; so 29 February looks back to the 28th of one.
    """
    year = day.year - years
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def birthday(born: date, years: int) -> date:
    """Return the day on which somebody turns ``years``; born on 29 February: 1 March of a common year."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def age_on(born: date, day: date) -> int:
    """Return the full years of somebody on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
