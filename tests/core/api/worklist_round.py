"""The round of the API through the work list and concerns: what waits, a reminder, a talk, an answer."""

from __future__ import annotations

from typing import Any

from tests.support import seeds, world


def worklist(ask: Any) -> None:
    """Call every operation of the work list once."""
    from core.tenancy import school
    from schools.notifications.links import confirm_token
    from schools.notifications.models import Preference
    from tests.support.accounts import make_user
    from tests.support.world import SCHOOL_A

    pair = str(seeds.OWN["pair_id"])
    waits = ask("GET", "worklist/")["items"]
    rows = ask("GET", "worklist/rows/")["items"]
    assert [row["matter"] for row in rows] == [each["matter"] for each in waits for _n in range(each["total"])]
    ask("GET", "notifications/")
    assert ask("POST", "notifications/seen/")["seen"] >= 0
    ask("PUT", "notifications/choices/", {"product": [], "mail": ["pair"], "digest": "noon"})
    assert ask("GET", "notifications/choices/")["digest"] == "noon"
    ask("PUT", "notifications/address/", {"address": "who@mail.test"})
    with school(SCHOOL_A.schema):
        asked = Preference.objects.get(wanted="who@mail.test")
        token = confirm_token(asked.user_id, asked.wanted)
    ask("POST", "notifications/address/confirmation/", {"token": token})
    assert set(ask("GET", "notifications/choices/")["mail"]) <= {"pair"}
    ask("DELETE", "notifications/address/")
    with school(SCHOOL_A.schema):
        make_user("mentor", login="worklist-mentor", person_id=world.MENTOR)
    assert ask("POST", "worklist/reminders/", {"pair": str(world.PAIR), "matter": "stuck"})["is_new"]
    said = {"held_on": "2026-10-06", "side": "mentor", "note": "Всё идёт"}
    made = ask("POST", "worklist/pairs/{pair_id}/contacts/", said, pair_id=pair)
    talks = ask("GET", "worklist/pairs/{pair_id}/contacts/", pair_id=pair)["items"]
    assert made["id"] in {row["id"] for row in talks}
    concern = {"concern_id": str(seeds.OWN["concern_id"])}
    assert concern["concern_id"] in {row["id"] for row in ask("GET", "participation/concerns/")["items"]}
    told = ask("POST", "participation/pairs/{pair_id}/concern/", {"text": "Не сходимся"}, pair_id=str(world.PAIR))
    assert told["state"] == "new"
    assert ask("GET", "participation/concerns/{concern_id}/", **concern)["state"] == "new"
    assert ask("PUT", "participation/concerns/{concern_id}/", **concern)["state"] == "taken"
    closed = ask("PUT", "participation/concerns/{concern_id}/close/", {"outcome": "Поговорили"}, **concern)
    assert closed["state"] == "closed"
