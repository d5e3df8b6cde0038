"""What packages above keep of an order: its text when it is signed, and what they say of it on its card.

This package knows none of them; each registers itself in its ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.ui.components import Fact
from schools.pairs.models import Order

Keep = Callable[[Order], None]
Facts = Callable[[Order], Sequence[Fact]]
_signed: list[Keep] = []
_corrected: list[Keep] = []
_ending: list[Keep] = []
_facts: list[Facts] = []


def register_text(*, signed: Keep, corrected: Keep, ending: Keep) -> None:
    """Have the text of orders kept, each time in the transaction of the act, registers held.

    :param signed: an order has become complete, or pairs have come under a complete one; or it cancels another.
    :param corrected: the number or the date of a complete order was corrected.
    :param ending: an order is about to be cancelled; its pairs are still its own.
    """
    _signed.append(signed)
    _corrected.append(corrected)
    _ending.append(ending)


def register_facts(facts: Facts) -> None:
    """Say something of every order on its card."""
    _facts.append(facts)


def note_signed(order: Order) -> None:
    """Let the text of a signed order be kept."""
    for keep in _signed:
        keep(order)


def note_corrected(order: Order) -> None:
    """Let the kept text follow a corrected number or date."""
    for keep in _corrected:
        keep(order)


def note_ending(order: Order) -> None:
    """Let the text be kept of an order that is about to lose its pairs."""
    for keep in _ending:
        keep(order)


def facts_of_text(order: Order) -> list[Fact]:
    """Return what the packages above say of an order."""
    return [fact for facts in _facts for fact in facts(order)]
