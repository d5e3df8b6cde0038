"""What an act upon cards has brought about above this package: said to whoever did it, who may not have meant it.

A representative recorded, two cards made one: packages above look whether what they hold still agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final
from uuid import UUID

from core.authz import Actor
from schools.people.leaving import Left

# Of the actor and the ids of the people concerned; returns only what the actor may read.
Remarks = Callable[[Actor, Collection[UUID]], Sequence[Left]]
_REMARKS: Final[dict[str, Remarks]] = {}


def register_remarks(name: str, remarks: Remarks) -> None:
    """Let an app look at what an act upon cards has done to what it holds."""
    _REMARKS[name] = remarks


def remarks_upon(actor: Actor, people: Collection[UUID]) -> list[Left]:
    """Return what to see to after an act upon the people, each with the page where it is done."""
    return [said for remarks in _REMARKS.values() for said in remarks(actor, people)]
