"""What matching looks at in two people: answers of questionnaires, wishes after the group meeting, papers in force.

Keys are opaque strings (ids of people); the same person has the same key on both sides. Everything has a default, since
most schools know little of most people: what is not known neither speaks for a pair nor against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANY_FORMAT: Final = ""
"""Meeting in person or at a distance: either will do, or nobody asked."""


@dataclass(frozen=True, slots=True)
class FormSides:
    """Kinds of people that a form takes on each side; empty takes everybody."""

    mentor_kinds: frozenset[str] = frozenset()
    mentee_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MenteeFacts:
    """A mentee: what he asks for, when he can, whom he would like."""

    key: str
    kinds: frozenset[str] = frozenset()
    age: int | None = None
    """Full years on the day of the run."""
    is_willing: bool = True
    has_consent: bool = True
    has_withdrawn: bool = False
    """The consent to take part was taken back."""
    parents: frozenset[str] = frozenset()
    request: str = ""
    """The main request in own words."""
    subjects: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    """Times of the week that are free, as codes of the questionnaire."""
    format: str = ANY_FORMAT
    choices: tuple[str, ...] = ()
    """Mentors he would like, the first the most."""
    vetoes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorFacts:
    """A mentor: what he can give, to how many, whom he would like."""

    key: str
    kinds: frozenset[str] = frozenset()
    places: int = 1
    """Mentees he can still take, those he already has not counted."""
    is_willing: bool = True
    has_consent: bool = True
    has_withdrawn: bool = False
    """The consent to take part was taken back."""
    is_cleared: bool = True
    """No paper is missing that the school has made blocking."""
    competences: str = ""
    """What he is good at, in own words."""
    subjects: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    age_from: int | None = None
    age_to: int | None = None
    """Wished age of the mentee in full years, both ends included."""
    slots: frozenset[str] = frozenset()
    minutes_a_week: int | None = None
    format: str = ANY_FORMAT
    choices: tuple[str, ...] = ()
    vetoes: frozenset[str] = frozenset()
