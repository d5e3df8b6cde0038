"""What may be typed of a round, of somebody in it and of his support: by it the later of two learns of the earlier."""

from __future__ import annotations

from typing import Any

from schools.matching.models import Candidate, Round


def round_values(found: Round) -> dict[str, Any]:
    """Return title and day of a round."""
    return {"title": found.title, "meeting_on": found.meeting_on}


def candidate_values(row: Candidate) -> dict[str, Any]:
    """Return what a candidate wishes; None for no age."""
    return {
        "capacity": row.capacity,
        "age_from": row.wishes.get("age_from"),
        "age_to": row.wishes.get("age_to"),
    }


def support_values(row: Candidate) -> dict[str, Any]:
    """Return whether somebody who waits has support."""
    return {"has_support": row.has_support}
