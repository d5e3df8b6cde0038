"""The round of the API through a matching: from its beginning to the board."""

from __future__ import annotations

from typing import Any

from tests.support import seeds, world


def matching(ask: Any) -> None:
    """Call every operation of rounds and candidates once."""
    known = {row["id"]: row for row in ask("GET", "matching/rounds/")["items"]}
    assert known[str(seeds.OWN["round_id"])]["mentees"] == 1
    round_id = ask("POST", "matching/rounds/", {"form_code": "teacher-pupil"})["id"]
    here = {"round_id": round_id}
    body = {"title": "Весна", "meeting_on": "2026-12-01"}
    assert ask("PUT", "matching/rounds/{round_id}/", body, **here)["title"] == "Весна"
    for side, person in (("mentee", world.MENTEE), ("mentor", world.MENTOR)):
        added = ask("POST", "matching/rounds/{round_id}/candidates/", {"side": side, "people": [str(person)]}, **here)
        assert added == {"added": 1}
    rows = {row["side"]: row for row in ask("GET", "matching/rounds/{round_id}/candidates/", **here)["items"]}
    mentor, mentee = rows["mentor"]["id"], rows["mentee"]["id"]
    ask("PUT", "matching/candidates/{candidate_id}/", {"capacity": 2, "age_from": 10}, candidate_id=mentor)
    ask("PUT", "matching/candidates/{candidate_id}/preferences/", {"preferences": [mentor]}, candidate_id=mentee)
    shown = ask("GET", "matching/candidates/{candidate_id}/", candidate_id=mentee)
    assert shown["preferences"] == [mentor]
    ask("DELETE", "matching/candidates/{candidate_id}/", candidate_id=mentee)
    assert ask("GET", "matching/rounds/{round_id}/", **here)["mentees"] == 0
    ask("DELETE", "matching/rounds/{round_id}/", **here)
