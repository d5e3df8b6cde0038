"""Answers of entry and preference questionnaires as facts. Codes of items are those the product ships, and stable.

What is asked of both sides in the same words has the same code, so that one fits the other. Options are told by their
titles where they are known, so that reasons can be said in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from schools.matching.domain.facts import ANY_FORMAT

Answers = Mapping[str, Any]
Titles = Mapping[str, Mapping[str, str]]
"""Titles of options by the code of the item and of the option."""

_ADULT: Final = 18
_MINUTES: Final = {"1": 60, "2": 120, "3": 180, "4": 240}
_ANY: Final = "any"


def facts_of_mentee(entry: Answers, preference: Answers, titles: Titles) -> dict[str, Any]:
    """Return what a mentee has answered, under the names of ``MenteeFacts``; what he has not is left out."""
    said = _of_both(entry, titles)
    if request := _words(entry, titles, "request", "request_text"):
        said["request"] = request
    return {**said, **_wishes(preference, "wanted_mentors")}


def facts_of_mentor(entry: Answers, preference: Answers, titles: Titles) -> dict[str, Any]:
    """Return what a mentor has answered, under the names of ``MentorFacts``; what he has not is left out."""
    said = _of_both(entry, titles)
    if competences := _words(entry, titles, "competences", "competences_text"):
        said["competences"] = competences
    said |= _ages(entry.get("wanted_ages") or [])
    if minutes := _MINUTES.get(str(entry.get("hours_per_week", ""))):
        said["minutes_a_week"] = minutes
    return {**said, **_wishes(preference, "wanted_mentees")}


def places_wanted(entry: Answers) -> int | None:
    """Return how many mentees a mentor is ready to take; None when he has not said."""
    said = str(entry.get("mentees_wanted", ""))
    return int(said) if said.isdigit() else None


def _of_both(entry: Answers, titles: Titles) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if "takes_part" in entry:
        said["is_willing"] = bool(entry["takes_part"])
    for item, fact in (("subjects", "subjects"), ("interests", "interests"), ("time", "slots")):
        if chosen := entry.get(item):
            said[fact] = frozenset(_title(titles, item, code) for code in chosen)
    if form := entry.get("format"):
        said["format"] = ANY_FORMAT if form == _ANY else _title(titles, "format", form)
    return said


def _words(entry: Answers, titles: Titles, choices: str, text: str) -> str:
    chosen = [_title(titles, choices, code) for code in entry.get(choices) or []]
    return " ".join([*chosen, str(entry.get(text) or "")]).strip()


def _wishes(preference: Answers, wanted: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if named := preference.get(wanted):
        said["choices"] = tuple(str(key) for key in named)
    if refused := preference.get("not_with"):
        said["vetoes"] = frozenset(str(key) for key in refused)
    return said


def _ages(codes: list[str]) -> dict[str, int]:
    """Return the wished ages from options such as «11_13»; several are taken from the lowest to the highest."""
    if not codes or _ANY in codes:
        return {}
    lows = [_ADULT if code == "adult" else int(code.split("_")[0]) for code in codes]
    said = {"age_from": min(lows)}
    if "adult" not in codes:
        said["age_to"] = max(int(code.split("_")[1]) for code in codes)
    return said


def _title(titles: Titles, item: str, code: str) -> str:
    return titles.get(item, {}).get(code, code)
