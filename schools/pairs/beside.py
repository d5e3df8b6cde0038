"""What packages above put beside a pair: its other pages, what moves with it, what keeps it from being deleted.

This package knows none of them; each registers itself in its ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.authz import Actor
from core.ui.components import Text
from schools.pairs.models import Pair


@dataclass(frozen=True, slots=True)
class PairLink:
    """Another page of a pair, whose address takes ``pair_id``, for whoever carries the permission on the pair."""

    label: Text
    url_name: str
    permission: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to see to before a pair ends, with the page where it is done; it holds nobody up."""

    label: str
    url: str


Hints = Callable[[Pair], Sequence[Hint]]
Move = Callable[[Pair, Pair], None]
Discard = Callable[[Pair], None]
Standing = Callable[[Pair], bool]
# Of a form, a mentor and those to be his mentees, by ids of people; returns the mentees who may not be.
Forbids = Callable[[str, UUID, Collection[UUID]], Collection[UUID]]
_forbids: list[Forbids] = []
_links: list[PairLink] = []
_moves: list[Move] = []
_discards: list[Discard] = []
_successors: list[Move] = []
_standing: list[Standing] = []
_hints: list[Hints] = []


def register_link(link: PairLink) -> None:
    """Put a link on the card of every pair."""
    _links.append(link)


def register_move(move: Move) -> None:
    """Have what belongs to a pair moved when the pair was recorded twice: from the second row to the first."""
    _moves.append(move)


def register_discard(goes: Discard) -> None:
    """Have a package told of a draft that is about to be deleted, in the transaction that deletes it."""
    _discards.append(goes)


def register_successor(hand_over: Move) -> None:
    """Have what a pair needs to go on given, from the first, to the one that takes its place or its mentor's.

    Called in the transaction in which the second is made, before the first ends.
    """
    _successors.append(hand_over)


def register_standing(stands: Standing) -> None:
    """Let a package keep a draft from being deleted. What it knows may be secret: it gives no reason."""
    _standing.append(stands)


def register_hints(hints: Hints) -> None:
    """Let a package say what a pair should not end without."""
    _hints.append(hints)


def register_rule(forbids: Forbids) -> None:
    """Let a package forbid pairs that somebody makes by hand. What it knows may be secret: it gives no reason."""
    _forbids.append(forbids)


def forbidden_mentees(form_code: str, mentor_id: UUID, mentee_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the mentees whom the mentor may not have in a form, whatever the reason."""
    return {pk for forbids in _forbids for pk in forbids(form_code, mentor_id, mentee_ids)}


def hints_before_end(pair: Pair) -> list[Hint]:
    """Return what to see to before a pair ends."""
    return [hint for hints in _hints for hint in hints(pair)]


def links_of(actor: Actor) -> Sequence[PairLink]:
    """Return the other pages of a pair that somebody with his roles may open."""
    return [link for link in _links if actor.has(link.permission)]


def move_everything(kept: Pair, gone: Pair) -> None:
    """Give everything that belongs to one row of a pair to the other."""
    for move in _moves:
        move(kept, gone)


def tell_of_discard(pair: Pair) -> None:
    """Tell that a draft is about to be deleted, while it is still there."""
    for goes in _discards:
        goes(pair)


def hand_over(former: Pair, successor: Pair) -> None:
    """Give a pair what it needs to go on where another stops."""
    for give in _successors:
        give(former, successor)


def has_records(pair: Pair) -> bool:
    """Tell whether anything was written about a pair that would be lost with it: then a draft has to stay."""
    return any(stands(pair) for stands in _standing)
