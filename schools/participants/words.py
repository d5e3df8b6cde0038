"""What a participant's own pairs say on his home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.authz import Actor
from core.ui.components import Fact, Status
from schools.pairs.words import form_titles, status_of, term_of
from schools.participants import selectors
from schools.participants.models import Concern
from schools.participants.selectors import OwnPair

# Some things are said only when the other no longer comes.
MAY_TELL_AFTER_END = timedelta(days=60)
_STATES = {Concern.State.NEW: "wait", Concern.State.TAKEN: "info", Concern.State.CLOSED: "ok"}


@dataclass(frozen=True, slots=True)
class Card:
    """A pair on the home page of one of its two, or of a parent."""

    own: OwnPair
    title: str
    status: Status
    facts: list[Fact]
    is_going_on: bool
    may_log: bool
    may_tell: bool
    concern: Status | None


def concern_status(concern: Concern) -> Status:
    """Return how far a concern is."""
    return Status(_STATES[Concern.State(concern.state)], concern.get_state_display())  # type: ignore[arg-type]


def cards(actor: Actor, day: date) -> list[Card]:
    """Return the actor's pairs and his children's in words."""
    titles = form_titles()
    found = selectors.own_pairs_of(actor, day)
    told = selectors.latest_by_pair(actor, [own.pair.pk for own in found])
    return [_card(actor, own, titles, told.get(own.pair.pk), day) for own in found]


def _card(actor: Actor, own: OwnPair, titles: dict[str, str], told: Concern | None, day: date) -> Card:
    pair = own.pair
    is_going_on = pair.ends_on is None or pair.ends_on >= day
    return Card(
        own=own,
        title=_title(own),
        status=status_of(pair, day),
        facts=_facts(own, titles),
        is_going_on=is_going_on,
        may_log=own.is_mentor and is_going_on and bool(actor.has("meetings.log")),
        may_tell=pair.ends_on is None or pair.ends_on + MAY_TELL_AFTER_END >= day,
        concern=concern_status(told) if told is not None else None,
    )


def _title(own: OwnPair) -> str:
    name = own.other.full_name
    if own.child is not None:
        is_mentor = own.child.pk == own.pair.mentor_id
        words = _("%(child)s, наставляемый: %(other)s") if is_mentor else _("%(child)s, наставник: %(other)s")
        return words % {"child": own.child.name, "other": name}
    if own.is_mentor:
        return _("Наставляемый: %(name)s") % {"name": name}
    return _("Наставник: %(name)s") % {"name": name}


def _facts(own: OwnPair, titles: dict[str, str]) -> list[Fact]:
    pair = own.pair
    last, coming = getattr(pair, "last_met", None), getattr(pair, "next_meeting", None)
    facts = [
        Fact(_("Форма"), titles.get(pair.form_code, pair.form_code)),
        Fact(_("Срок"), term_of(pair)),
        Fact(_("Последняя встреча"), f"{last:%d.%m.%Y}" if last else _("ещё не было")),
    ]
    return [*facts, Fact(_("Следующая встреча"), f"{coming:%d.%m.%Y}")] if coming else facts
