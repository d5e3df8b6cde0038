"""What entry and preference questionnaires say, as facts for matching and as wishes of those who are added."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from schools.matching.domain.answers import facts_of_mentee, facts_of_mentor, places_wanted
from schools.matching.models import Candidate
from schools.people.models import MergedPerson
from schools.questionnaires.selectors import latest_answers, option_titles

_ENTRY, _PREFERENCE = "entry", "preference"
# A «нет» or a wish of an earlier year binds nobody in this one; those who were asked in spring are not asked again.
ANSWERS_HOLD = timedelta(days=365)
_FACTS = {Candidate.Side.MENTEE: facts_of_mentee, Candidate.Side.MENTOR: facts_of_mentor}


def facts_from_answers(rows: Iterable[Candidate], *, form_code: str, day: date) -> dict[UUID, dict[str, Any]]:
    """Return what candidates answered, by id of the candidate, under the names that facts have; six queries.

    What they were asked for another form, or answered more than a year before the day, does not count.
    """
    titles, kept = option_titles(_ENTRY), None
    since = day - ANSWERS_HOLD
    found: dict[UUID, dict[str, Any]] = {}
    candidates = list(rows)
    for side, facts in _FACTS.items():
        here = [row for row in candidates if row.side == side]
        people = [row.person_id for row in here]
        entry = latest_answers(people, kind=_ENTRY, role=side, form_code=form_code, since=since)
        preference = latest_answers(people, kind=_PREFERENCE, role=side, form_code=form_code, since=since)
        for row in here:
            said = facts(entry.get(row.person_id, {}), preference.get(row.person_id, {}), titles)
            if said.keys() & {"choices", "vetoes"}:
                kept = _merged_cards() if kept is None else kept
                said |= _by_cards_that_stay(said, kept)
            found[row.pk] = said
    return found


def _merged_cards() -> dict[str, str]:
    """Return the ids of cards that are no more, with the cards that stay: an answer names the one that was there."""
    return {str(gone): str(stays) for gone, stays in MergedPerson.objects.values_list("pk", "person")}


def _by_cards_that_stay(said: dict[str, Any], kept: dict[str, str]) -> dict[str, Any]:
    choices = dict.fromkeys(kept.get(key, key) for key in said.get("choices", ()))
    vetoes = frozenset(kept.get(key, key) for key in said.get("vetoes", ()))
    return {"choices": tuple(choices), "vetoes": vetoes}


def wishes_of(person_ids: Collection[UUID], side: str, *, form_code: str, day: date) -> dict[UUID, dict[str, Any]]:
    """Return what the entry questionnaire says of people who are added to a side; one query. Who has not answered, not.

    ``{"takes_part", "capacity", "age_from", "age_to"}``; each may be None.
    """
    found: dict[UUID, dict[str, Any]] = {}
    entries = latest_answers(person_ids, kind=_ENTRY, role=side, form_code=form_code, since=day - ANSWERS_HOLD)
    for person_id, entry in entries.items():
        said = _FACTS[Candidate.Side(side)](entry, {}, {})
        ages = {name: said.get(name) for name in ("age_from", "age_to")}
        found[person_id] = {"takes_part": entry.get("takes_part"), "capacity": places_wanted(entry), **ages}
    return found
