"""The round of the API through a matching: from its beginning to the board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.tenancy import school
from schools.matching.runs import compute
from tests.support import seeds, world
from tests.support.world import SCHOOL_A


def matching(ask: Any, pupil: str) -> None:
    """Call every operation of rounds, candidates, runs and boards once."""
    known = {row["id"]: row for row in ask("GET", "matching/rounds/")["items"]}
    assert known[str(seeds.OWN["round_id"])]["mentees"] == 1
    round_id = ask("POST", "matching/rounds/", {"form_code": "teacher-pupil"})["id"]
    here = {"round_id": round_id}
    body = {"title": "Весна", "meeting_on": "2026-12-01"}
    assert ask("PUT", "matching/rounds/{round_id}/", body, **here)["title"] == "Весна"
    can = ask("GET", "matching/rounds/{round_id}/eligible/", query="?side=mentee", **here)["items"]
    assert str(world.MENTEE) in {row["id"] for row in can}
    assert ask("POST", "matching/rounds/{round_id}/eligible/search/", {"q": "нетакого"}, **here)["items"] == []
    for side, person in (("mentee", world.MENTEE), ("mentor", world.MENTOR)):
        added = ask("POST", "matching/rounds/{round_id}/candidates/", {"side": side, "people": [str(person)]}, **here)
        assert added == {"added": 1}
    rows = {row["side"]: row for row in ask("GET", "matching/rounds/{round_id}/candidates/", **here)["items"]}
    mentor, mentee = rows["mentor"]["id"], rows["mentee"]["id"]
    one = ask("GET", "matching/rounds/{round_id}/candidates/", query="?side=mentor", **here)["items"]
    assert [row["id"] for row in one] == [mentor]
    ask("PUT", "matching/candidates/{candidate_id}/", {"capacity": 2, "age_from": 10}, candidate_id=mentor)
    ask("PUT", "matching/candidates/{candidate_id}/preferences/", {"preferences": [mentor]}, candidate_id=mentee)
    shown = ask("GET", "matching/candidates/{candidate_id}/", candidate_id=mentee)
    # Whoever asks is that mentor himself: what the mentee said of him is not told to him.
    assert (shown["preferences"], shown["number"]) == ([], 1)
    _board(ask, here, mentor, mentee)
    _groups(ask, here, mentee, pupil)
    ask("DELETE", "matching/candidates/{candidate_id}/", candidate_id=mentee)
    assert ask("GET", "matching/rounds/{round_id}/", **here)["mentees"] == 0
    ask("DELETE", "matching/rounds/{round_id}/", **here)


def _board(ask: Any, here: dict[str, str], mentor: str, mentee: str) -> None:
    run = ask("POST", "matching/rounds/{round_id}/runs/", {"mode": "optimal"}, **here)
    with school(SCHOOL_A.schema):
        compute(UUID(run["id"]))
    # The seeded mentor has no consent: he is left out.
    done = ask("GET", "matching/runs/{run_id}/", run_id=run["id"])
    assert (done["state"], done["covered"], len(done["proven"])) == ("done", 0, 3)
    assert ask("GET", "matching/rounds/{round_id}/runs/", **here)["items"] == [done]
    row = {"candidate_id": mentee}
    (choice,) = ask("GET", "matching/board/{candidate_id}/", **row)["items"]
    assert "У наставника нет действующего согласия на обработку данных." in choice["pair"]["warnings"]
    body = {"mentor": mentor, "version": 2}
    placed = ask("PUT", "matching/board/{candidate_id}/", body, **row)
    assert placed["version"] == 3
    shown = {each["candidate"]: each for each in ask("GET", "matching/rounds/{round_id}/board/", **here)["items"]}
    assert shown[mentee]["mentor"] == mentor
    ban = {"mentor": mentor, "version": 3, "is_banned": True}
    ask("PUT", "matching/board/{candidate_id}/ban/", ban, **row)


def _groups(ask: Any, here: dict[str, str], mentee: str, pupil: str) -> None:
    person = {"side": "mentee", "people": [pupil]}
    ask("POST", "matching/rounds/{round_id}/candidates/", person, **here)
    rows = ask("GET", "matching/rounds/{round_id}/candidates/", **here)["items"]
    members = [row["id"] for row in rows if row["side"] == "mentee"]
    made = ask("POST", "matching/rounds/{round_id}/groups/", {"version": 4, "mentees": members}, **here)
    assert (made["number"], made["version"]) == (1, 5)
    one = {**here, "group_number": 1}
    body = {"version": 5, "mentees": members, "title": "Шахматы"}
    ask("PUT", "matching/rounds/{round_id}/groups/{group_number}/", body, **one)
    (shown,) = ask("GET", "matching/rounds/{round_id}/groups/", **here)["items"]
    assert (shown["title"], set(shown["mentees"]), shown["mentor"]) == ("Шахматы", set(members), None)
    ask("DELETE", "matching/rounds/{round_id}/groups/{group_number}/", **one)
    for other in set(members) - {mentee}:
        ask("DELETE", "matching/candidates/{candidate_id}/", candidate_id=other)


def proposals(ask: Any, pupil: str) -> None:
    """Publish a board and answer its proposals, for oneself and as a curator; look after who waits."""
    round_id = ask("POST", "matching/rounds/", {"form_code": "teacher-pupil"})["id"]
    here = {"round_id": round_id}
    for side, person in (("mentee", pupil), ("mentor", world.MENTOR)):
        body = {"side": side, "people": [str(person)]}
        ask("POST", "matching/rounds/{round_id}/candidates/", body, **here)
    rows = {row["side"]: row for row in ask("GET", "matching/rounds/{round_id}/candidates/", **here)["items"]}
    mentor, mentee = rows["mentor"]["id"], rows["mentee"]["id"]
    ask("PUT", "matching/board/{candidate_id}/", {"mentor": mentor, "version": 1}, candidate_id=mentee)
    body = {"version": 2, "starts_on": "2029-01-10"}
    assert ask("POST", "matching/rounds/{round_id}/publication/", body, **here) == {"pairs": 1}
    (asked,) = ask("GET", "matching/rounds/{round_id}/proposals/", **here)["items"]
    one = {"proposal_id": asked["id"]}
    assert [row["id"] for row in ask("GET", "proposals/")["items"]] == [asked["id"]]
    assert ask("GET", "proposals/{proposal_id}/", **one)["state"] == "open"
    assert ask("PUT", "proposals/{proposal_id}/", {"is_accepted": True}, **one)["mentor_answer"] == "yes"
    ask("DELETE", "proposals/{proposal_id}/", **one)
    ask("POST", "matching/rounds/{round_id}/closing/", **here)
    known = {row["id"] for row in ask("GET", "waiting/")["items"]}
    waiting_id = str(seeds.OWN["waiting_id"])
    assert waiting_id in known
    body = {"has_support": True}
    known = {row["person"]["id"]: row for row in ask("GET", "waiting/people/")["items"]}
    here = {"person_id": str(seeds.OWN["api:waiting-person-support/person_id"])}
    mark = {"has_support": False, "version": known[here["person_id"]]["version"]}
    assert ask("PUT", "waiting/people/{person_id}/support/", mark, **here)["has_support"] is False
    assert ask("PUT", "waiting/{waiting_id}/support/", body, waiting_id=waiting_id)["has_support"] is True
    ask("POST", "waiting/people/{person_id}/ending/", {"reason": "no_need"}, **here)
    ask("POST", "waiting/{waiting_id}/ending/", {"reason": "other"}, waiting_id=waiting_id)
    assert not ask("GET", "waiting/people/")["items"]
