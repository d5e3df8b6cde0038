"""The way of a word «мне некомфортно»: said, taken by somebody, closed. Without Django."""

from __future__ import annotations

from enum import StrEnum


class ConcernState(StrEnum):
    """How far a concern is."""

    NEW = "new"
    TAKEN = "taken"
    CLOSED = "closed"


_NEXT: dict[ConcernState, frozenset[ConcernState]] = {
    ConcernState.NEW: frozenset({ConcernState.TAKEN}),
    # Another may take it over: the one who took it fell ill.
    ConcernState.TAKEN: frozenset({ConcernState.TAKEN, ConcernState.CLOSED}),
    ConcernState.CLOSED: frozenset(),
}


def may_become(state: ConcernState, wanted: ConcernState) -> bool:
    """Tell whether a concern may go on so: nobody closes what nobody has taken."""
    return wanted in _NEXT[state]
