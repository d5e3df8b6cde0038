"""What entry and preference questionnaires say, as facts for matching."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from schools.matching.models import Candidate


def facts_from_answers(rows: Iterable[Candidate]) -> dict[UUID, dict[str, Any]]:
    """Return what candidates answered, by id of the candidate, under the names that facts have."""
    return {}
