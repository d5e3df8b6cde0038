"""Participants' parts of the home page: what waits for an answer, own pairs, one's children, who is not comfortable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from core.audit.services import record
from core.authz import Actor, actor_of
from core.ui.home import HomeBlock
from schools.participants import policies, selectors
from schools.participants.asked import AskedOfChild, asked_of_children, waiting_for
from schools.participants.own_consents import Sheet, sheets
from schools.participants.words import Card, cards
from schools.people.models import Person
from schools.training.selectors import own_training
from schools.training.words import hours_in_words, term_of_training

# A mentor of many would scroll past everything else: the others stand folded, one line each.
OPEN_CARDS: Final = 3


@dataclass(frozen=True, slots=True)
class Family:
    """One child as his parent sees him: pairs, what he is asked, how his consents stand."""

    child: Person
    cards: Sequence[Card]
    asked: Sequence[AskedOfChild]
    consents: Sheet


def asked_block(request: HttpRequest) -> HomeBlock | None:
    """Return what waits for the reader's answer; None when nothing does."""
    rows = waiting_for(actor_of(request))
    return HomeBlock("participants/asked.html", {"rows": rows}) if rows else None


def home_block(request: HttpRequest) -> HomeBlock | None:
    """Return a participant's own pairs and his children, with how the consents stand; None for who takes no part.

    Seeing it leaves one record, whatever of it there is.
    """
    actor, day = actor_of(request), timezone.localdate()
    if actor.person_id is None or not policies.may_tell(actor):
        return None
    found, known = cards(actor, day), {sheet.person.pk: sheet for sheet in sheets(actor, day)}
    own = [card for card in found if card.own.child is None]
    mine = known.pop(actor.person_id, None)
    families = _families(actor, found, known.values()) if known else []
    if not own and not families:
        return None
    record(actor=actor, action="pairs.own_viewed", details={"rows": len(found), "children": len(families)})
    mentors = any(card.own.is_mentor for card in own)
    training = [row for row in own_training(actor) if row.struck_at is None] if mentors else []
    number = min(OPEN_CARDS, sum(card.is_going_on for card in own)) or 1
    context = {"cards": own[:number], "folded": own[number:], "families": families, "mine": mine}
    context |= {
        "mentors": mentors,
        "training": [(row, term_of_training(row), hours_in_words(row.hours)) for row in training],
    }
    return HomeBlock("participants/home.html", context)


def _families(actor: Actor, found: Sequence[Card], known: Iterable[Sheet]) -> list[Family]:
    asked = asked_of_children(actor)
    return [
        Family(
            child=sheet.person,
            cards=[card for card in found if card.own.child is not None and card.own.child.pk == sheet.person.pk],
            asked=asked.get(sheet.person.pk, []),
            consents=sheet,
        )
        for sheet in known
    ]


def concerns_block(request: HttpRequest) -> HomeBlock | None:
    """Return that somebody waits for an answer; None when nobody does."""
    actor = actor_of(request)
    waiting = selectors.waiting_concerns(actor) if policies.may_answer(actor) else 0
    return HomeBlock("participants/waiting.html", {"waiting": waiting}, cannot_wait=True) if waiting else None
