"""The round of the API through the work list: what waits, a reminder, a talk."""

from __future__ import annotations

from typing import Any

from tests.support import seeds, world


def worklist(ask: Any) -> None:
    """Call every operation of the work list once."""
    from core.tenancy import school
    from tests.support.accounts import make_user
    from tests.support.world import SCHOOL_A

    pair = str(seeds.OWN["pair_id"])
    ask("GET", "worklist/")
    ask("GET", "worklist/reminders/")
    ask("POST", "worklist/reminders/read/")
    with school(SCHOOL_A.schema):
        make_user("mentor", login="worklist-mentor", person_id=world.MENTOR)
    assert ask("POST", "worklist/reminders/", {"pair": str(world.PAIR), "matter": "stuck"})["is_new"]
    said = {"held_on": "2026-10-06", "side": "mentor", "note": "Всё идёт"}
    made = ask("POST", "worklist/pairs/{pair_id}/contacts/", said, pair_id=pair)
    talks = ask("GET", "worklist/pairs/{pair_id}/contacts/", pair_id=pair)["items"]
    assert made["id"] in {row["id"] for row in talks}
