"""What of a school goes into another one, and what is done with rows that cannot stand there as they are.

Everything goes that an archive holds, but for what is named here: a new table is carried without a word. Where a row
could meet one of the other school under a key that both choose freely (a title, a login, a number), a rule frees it;
a test walks the constraints and fails for one that no rule settles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

Row = dict[str, Any]


@dataclass
class Taking:
    """One taking of a school: what rules may ask, and what they leave for later.

    ``replaced`` maps ids of rows that are not carried to those of this school that stand for them; ``counts`` become
    the plan's; ``memo`` is a rule's own, by its name.
    """

    merger_id: UUID
    code: str
    title: str
    day: date
    classes: Mapping[str, str]
    replaced: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    renamed_classes: dict[str, str] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)

    def put_in_place(self, row_id: str, own_id: str) -> None:
        """Let whatever names a row that is not carried name one of this school; ``row_id`` is as a rule sees it."""
        for key in [key for key, new in self.replaced.items() if new == row_id]:
            self.replaced[key] = own_id
        self.replaced[row_id] = own_id


# Changes rows of one table (as JSON: ids and dates are texts) before they are written; returns those to write. Asked
# for batch after batch, in the taking school and its transaction.
Rule = Callable[[list[Row], Taking], list[Row]]

_STAYS: Final[dict[str, str]] = {}
_RULES: Final[dict[str, list[Rule]]] = {}
_SETTLED: Final[set[tuple[str, str]]] = set()
_ORDER: Final[list[str]] = []


def register_stays(tables: Mapping[str, str]) -> None:
    """Leave tables behind; the texts say why."""
    _STAYS.update(tables)


def register_rule(table: str, rule: Rule, *, settles: Collection[str] = ()) -> None:
    """Run a rule on each row of a table, after the tables whose rules were registered before.

    :param settles: the unique constraints, or single columns, that two schools fill freely and the rule keeps apart.
    """
    _RULES.setdefault(table, []).append(rule)
    _SETTLED.update((table, name) for name in settles)
    if table not in _ORDER:
        _ORDER.append(table)


def stays() -> Mapping[str, str]:
    """Return the tables that are left behind, with the reasons."""
    return _STAYS


def rules_of(table: str) -> Collection[Rule]:
    """Return a table's rules in their order."""
    return _RULES.get(table, ())


def settled() -> Collection[tuple[str, str]]:
    """Return (table, constraint or column) that rules keep apart."""
    return _SETTLED


def in_order(tables: Collection[str]) -> list[str]:
    """Return tables in the order in which they are written: those with rules first, as they were registered."""
    known = [name for name in _ORDER if name in tables]
    return [*known, *sorted(set(tables) - set(known))]
