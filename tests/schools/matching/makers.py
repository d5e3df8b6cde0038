"""Makes rounds with candidates in the current school."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.schools.makers import make_consent, make_person, make_training

_NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def make_round(**fields: Any) -> Any:
    """Make a round of the form «учитель – ученик»."""
    from schools.matching.models import Round

    return Round.objects.create(**{"form_code": "teacher-pupil", "title": "Осень", "created_at": _NOW, **fields})


def make_mentee(found: Any, name: str, born: date = date(2012, 5, 5), *, consents: bool = True, **fields: Any) -> Any:
    """Make a pupil who takes part as a mentee."""
    return _candidate(found, make_person(name, born), "mentee", consents, fields)


def make_mentor(found: Any, name: str, *, consents: bool = True, trained: bool = True, **fields: Any) -> Any:
    """Make a teacher who takes part as a mentor, and has been taught how."""
    person = make_person(name, date(1980, 1, 1), ("teacher",))
    if trained:
        make_training(person)
    return _candidate(found, person, "mentor", consents, fields)


def _candidate(found: Any, person: Any, side: str, consents: bool, fields: dict[str, Any]) -> Any:
    from schools.matching.models import Candidate

    if consents:
        make_consent(person)
    number = Candidate.objects.filter(round=found, side=side).count() + 1
    return Candidate.objects.create(round=found, person=person, side=side, number=number, **fields)
