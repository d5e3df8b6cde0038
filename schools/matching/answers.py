"""What entry and preference questionnaires say, as facts for matching and as wishes of those who are added."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from schools.matching.domain.answers import facts_of_mentee, facts_of_mentor, places_wanted
from schools.matching.models import Candidate
from schools.questionnaires.selectors import latest_answers, option_titles

_ENTRY, _PREFERENCE = "entry", "preference"
_FACTS = {Candidate.Side.MENTEE: facts_of_mentee, Candidate.Side.MENTOR: facts_of_mentor}


def facts_from_answers(rows: Iterable[Candidate]) -> dict[UUID, dict[str, Any]]:
    """Return what candidates answered, by id of the candidate, under the names that facts have; five queries."""
    titles = option_titles(_ENTRY)
    found: dict[UUID, dict[str, Any]] = {}
    candidates = list(rows)
    for side, facts in _FACTS.items():
        here = [row for row in candidates if row.side == side]
        people = [row.person_id for row in here]
        entry = latest_answers(people, kind=_ENTRY, role=side)
        preference = latest_answers(people, kind=_PREFERENCE, role=side)
        for row in here:
            found[row.pk] = facts(entry.get(row.person_id, {}), preference.get(row.person_id, {}), titles)
    return found


def wishes_of(person_ids: Collection[UUID], side: str) -> dict[UUID, dict[str, Any]]:
    """Return what the entry questionnaire says of people who are added to a side; one query. Who has not answered, not.

    ``{"takes_part", "capacity", "age_from", "age_to"}``; each may be None.
    """
    found: dict[UUID, dict[str, Any]] = {}
    for person_id, entry in latest_answers(person_ids, kind=_ENTRY, role=side).items():
        said = _FACTS[Candidate.Side(side)](entry, {}, {})
        ages = {name: said.get(name) for name in ("age_from", "age_to")}
        found[person_id] = {"takes_part": entry.get("takes_part"), "capacity": places_wanted(entry), **ages}
    return found
