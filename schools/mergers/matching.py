"""Who of the other school is somebody of this one: the region's own rule, and only where it leaves no doubt.

The same СНИЛС, or the same folded name and birth date unless both have a СНИЛС; closed over all cards of both schools;
a card without a СНИЛС that would join two different ones joins neither. Where it comes to several cards of one school,
or a СНИЛС alone speaks for two cards that agree in nothing else, a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Card:
    """What of a card decides whose it is; ``is_theirs``: it came with the other school."""

    id: UUID
    folded_name: str
    birth_date: date
    snils: str
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class Matches:
    """``sure`` are pairs (card here, card that came); ``doubtful`` groups of cards are left to a person."""

    sure: tuple[tuple[UUID, UUID], ...]
    doubtful: tuple[frozenset[UUID], ...]


def match(cards: Iterable[Card]) -> Matches:
    """Return who is who among the cards of both schools."""
    by_id = {card.id: card for card in cards}
    sure, doubtful = [], []
    for group in _groups(by_id):
        own, theirs = ([card for card in group if card.is_theirs is side] for side in (False, True))
        if not own or not theirs:
            continue
        if len(own) == len(theirs) == 1 and _agree(own[0], theirs[0]):
            sure.append((own[0].id, theirs[0].id))
        else:
            doubtful.append(frozenset(card.id for card in group))
    return Matches(tuple(sorted(sure)), tuple(doubtful))


def _agree(one: Card, other: Card) -> bool:
    return one.birth_date == other.birth_date or one.folded_name == other.folded_name


def _groups(cards: Mapping[UUID, Card]) -> Iterable[list[Card]]:
    """Return the cards grouped into people."""
    leader = {key: key for key in cards}

    def find(key: UUID) -> UUID:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    def unite(group: Iterable[Card]) -> None:
        first, *others = [find(card.id) for card in group]
        for other in others:
            leader[find(other)] = find(first)

    for group in _by(cards.values(), lambda card: card.snils or None):
        unite(group)
    for group in _by(cards.values(), lambda card: (card.folded_name, card.birth_date)):
        without = [card for card in group if not card.snils]
        numbers = {card.snils for card in group if card.snils}
        if without:
            unite(group if len(numbers) == 1 else without)
    return _by(cards.values(), lambda card: find(card.id))


def _by(cards: Iterable[Card], key: Callable[[Card], Hashable]) -> list[list[Card]]:
    found: dict[Hashable, list[Card]] = defaultdict(list)
    for card in cards:
        name = key(card)
        if name is not None:
            found[name].append(card)
    return list(found.values())
