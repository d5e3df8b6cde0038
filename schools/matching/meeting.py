"""The group meeting: both sides' ranked preferences and vetoes, typed from paper by numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.matching import policies
from schools.matching.discretion import own_candidate_of, seen_list
from schools.matching.domain.typed import MOST_PREFERENCES, TypedError, TypedFault, read_row
from schools.matching.models import Candidate
from schools.matching.selectors import candidate_for, candidates_of
from schools.matching.services import open_round
from schools.people.errors import FaultyActError

_Side = Candidate.Side


@dataclass(frozen=True, slots=True)
class Line:
    """What is typed for one candidate; ``was_…`` is what the page had shown, None when nobody says."""

    preferences: str
    vetoes: str
    was_preferences: str | None = None
    was_vetoes: str | None = None

    @property
    def is_untouched(self) -> bool:
        """Tell whether the person who typed left the line as the page had shown it."""
        return (self.preferences.strip(), self.vetoes.strip()) == (self.was_preferences, self.was_vetoes)


@dataclass(slots=True)
class Entered:
    """What became of the lines: how many were stored, and a sentence for each that was not."""

    saved: int = 0
    faults: dict[UUID, str] = field(default_factory=dict)


def shown_numbers(ids: list[str], numbers: Mapping[str, int]) -> str:
    """Return ids of candidates as they are typed: «3, 7»; those who left the round are left out."""
    return ", ".join(str(numbers[pk]) for pk in ids if pk in numbers)


def enter_preferences(*, actor: Actor, round_id: UUID, lines: Mapping[UUID, Line]) -> Entered:
    """Store the preferences and vetoes of candidates, each line by itself: a bad one stops no other.

    A line that somebody else changed since the page was shown is not overwritten unless it says the same; the answer
    tells what stands there now. A line of somebody who has left the round meanwhile is refused by name.

    :raises FaultyActError: the round is past its meeting.
    :raises Http404: no such round among those the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = open_round(actor=actor, round_id=round_id)
        rows = list(candidates_of(found).select_for_update(of=("self",)))
        entered = _apply(rows, lines, own_candidate_of(actor, found))
        if entered.saved:
            record(
                actor=actor,
                action="matching.preferences_entered",
                object_type="matching.round",
                object_id=found.pk,
                details={"rows": entered.saved},
            )
    return entered


def set_preferences(*, actor: Actor, candidate_id: UUID, preferences: Sequence[UUID], vetoes: Sequence[UUID]) -> None:
    """Store the preferences and vetoes of one candidate, given as ids of candidates of the other side.

    :raises FaultyActError: somebody who is not there, on both lists, or too many.
    :raises Http404: no such candidate in a round the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    row = candidate_for(actor=actor, candidate_id=candidate_id, permission="matching.edit")
    numbers = {other.pk: other.number for other in candidates_of(row.round) if other.side != row.side}
    if not {*preferences, *vetoes} <= set(numbers):
        raise FaultyActError.of("unknown", _("Среди названных есть люди не с другой стороны этого подбора."))
    line = Line(*(", ".join(str(numbers[pk]) for pk in ids) for ids in (preferences, vetoes)))
    entered = enter_preferences(actor=actor, round_id=row.round_id, lines={row.pk: line})
    if entered.faults:
        raise FaultyActError.of("bad_line", entered.faults[row.pk])


def _apply(rows: list[Candidate], lines: Mapping[UUID, Line], own: str) -> Entered:
    """Store the lines; what mentees said of ``own``, which the one who types was not shown, stays as it was."""
    entered = Entered(faults={key: _left() for key in _typed(lines).difference(row.pk for row in rows)})
    by_side = {side: {row.number: str(row.pk) for row in rows if row.side != side} for side in _Side.values}
    numbers = {str(row.pk): row.number for row in rows}
    changed = []
    for row in rows:
        line = lines.get(row.pk)
        if line is None or line.is_untouched:
            continue
        others = by_side[row.side]
        try:
            typed = read_row(line.preferences, line.vetoes, others)
        except TypedError as error:
            entered.faults[row.pk] = sentence_of(error)
            continue
        wanted = [others[number] for number in typed.preferences]
        refused = [others[number] for number in typed.vetoes]
        seen = [seen_list(row, ids, own) for ids in (row.preferences, row.vetoes)]
        if [wanted, refused] == seen:
            continue
        stands = (shown_numbers(seen[0], numbers), shown_numbers(seen[1], numbers))
        if line.was_preferences is not None and stands != (line.was_preferences, line.was_vetoes):
            entered.faults[row.pk] = _overtaken(*stands)
            continue
        if own not in (*wanted, *refused):
            wanted, refused = _kept(row.preferences, seen[0], wanted, own), _kept(row.vetoes, seen[1], refused, own)
        row.preferences, row.vetoes = wanted[:MOST_PREFERENCES], refused
        changed.append(row)
    Candidate.objects.bulk_update(changed, ["preferences", "vetoes"])
    entered.saved = len(changed)
    return entered


def _typed(lines: Mapping[UUID, Line]) -> set[UUID]:
    """Return those in whose lines something was typed."""
    said = {key for key, line in lines.items() if line.preferences.strip() or line.vetoes.strip()}
    return said - {key for key, line in lines.items() if line.is_untouched}


def _left() -> str:
    return _("участник уже вышел из этого подбора, строка не записана.")


def _kept(stood: Sequence[str], seen: Sequence[str], typed: list[str], own: str) -> list[str]:
    """Return what was typed with the one who was not shown where he stood."""
    return typed if len(seen) == len(stood) else [*typed[: stood.index(own)], own, *typed[stood.index(own) :]]


def _overtaken(preferences: str, vetoes: str) -> str:
    sentence = _("Пока вы вводили, эту строку изменили: сейчас в ней «%(wanted)s», не подходят «%(refused)s».")
    return sentence % {"wanted": preferences or "—", "refused": vetoes or "—"}


def sentence_of(error: TypedError) -> str:
    """Return what is wrong with a line in words."""
    match error.fault:
        case TypedFault.NOT_NUMBERS:
            return _("Введите номера участников через запятую, например 3, 7.")
        case TypedFault.UNKNOWN:
            return _("На другой стороне нет участника с номером %(number)s.") % {"number": error.number}
        case TypedFault.REPEATED:
            return _("Номер %(number)s повторяется.") % {"number": error.number}
        case TypedFault.TOO_MANY:
            return _("Предпочтений не больше %(most)s: самые важные.") % {"most": MOST_PREFERENCES}
        case TypedFault.BOTH:
            return _("Номер %(number)s стоит и в предпочтениях, и среди неподходящих.") % {"number": error.number}
