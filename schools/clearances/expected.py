"""Who is, or is about to be, a mentor: packages above say it, this one knows neither pairs nor rounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

# Returns ids of people, as a query of one column, as of a day.
Mentors = Callable[[date], QuerySet[Any, Any]]
_sources: dict[str, Mentors] = {}


def register_mentors(name: str, mentors: Mentors) -> None:
    """Let a package say who of its people is, or is about to be, a mentor; the same name replaces."""
    _sources[name] = mentors


def is_expected_mentor(day: date) -> Q:
    """Return the condition «is, or is about to be, a mentor» on people."""
    condition = Q(pk__in=())
    for mentors in _sources.values():
        condition |= Q(pk__in=mentors(day))
    return condition
