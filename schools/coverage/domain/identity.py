"""Who is who over the region, decided from keys alone.

Two records are one person when their СНИЛС agree, or when name and birth date agree unless both have a СНИЛС; closed
transitively, except that a record without СНИЛС which would join two different СНИЛС joins neither. Since a record has
at most one СНИЛС, the closure is short: a record with a СНИЛС is that number; one without is the only number that
stands against its name and birth date anywhere in the region, or else its name and birth date.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

Record = TypeVar("Record", bound=Hashable)


class Keys(NamedTuple):
    """The two keyed hashes of one record; ``snils_key`` is empty without a СНИЛС."""

    name_key: str
    snils_key: str


def identity_of_names(records: Iterable[Keys]) -> dict[str, str]:
    """Return, for each name key against which exactly one СНИЛС key stands in the region, that key."""
    standing: dict[str, str] = {}
    for name, snils in records:
        if snils:
            known = standing.setdefault(name, snils)
            if known != snils:
                standing[name] = ""
    return {name: snils for name, snils in standing.items() if snils}


def identities(records: Mapping[Record, Keys]) -> dict[Record, str]:
    """Return the identity of every record; equal identities are one person."""
    number_of = identity_of_names(records.values())
    made = {}
    for record, (name, snils) in records.items():
        number = snils or number_of.get(name, "")
        made[record] = f"s:{number}" if number else f"n:{name}"
    return made
