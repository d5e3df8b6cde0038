"""Rows of a table typed from paper that cannot be taken any more: they are said, so that nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LostRow:
    """What was typed of somebody and not recorded.

    ``who`` is the name that his page had shown and sends back: whoever lost sight of a person reads no name from the
    records. ``typed`` is what stood in his cells, ``why`` what became of the row.
    """

    who: str
    typed: str
    why: str


def ids_among(names: Iterable[str], *prefixes: str) -> set[UUID]:
    """Return the ids that names of inputs hold right after one of the prefixes; other names are passed over."""
    found = set()
    for name in names:
        for prefix in prefixes:
            if name.startswith(prefix):
                try:
                    found.add(UUID(name[len(prefix) : len(prefix) + 36]))
                except ValueError:
                    continue
    return found
