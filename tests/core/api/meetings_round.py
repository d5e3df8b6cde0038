"""The round of the API through a pair's life: meetings, the plan, the closing report."""

from __future__ import annotations

from typing import Any

from tests.support import seeds, world
from tests.support.world import SCHOOL_A


def meetings(ask: Any) -> None:
    """Call every operation of meetings and plans once."""
    pair = str(seeds.OWN["pair_id"])
    body = {"pair": pair, "held_on": "2026-10-05", "kind": "trial", "result": "Начали проект"}
    made = ask("POST", "meetings/", body)
    assert made["id"] in {row["id"] for row in ask("GET", "meetings/")["items"]}
    here = {"meeting_id": made["id"]}
    changed = {"state": "held", "held_on": "2026-10-06", "kind": "trial", "version": made["version"]}
    assert ask("PUT", "meetings/{meeting_id}/", changed, **here)["version"] == 1
    assert ask("GET", "meetings/{meeting_id}/", **here)["held_on"] == "2026-10-06"
    rhythm = {row["id"]: row["last_met"] for row in ask("GET", "meetings/pairs/")["items"]}
    assert rhythm[pair] == "2026-10-06"
    assert made["id"] in {row["id"] for row in ask("GET", "meetings/", query=f"?pair={pair}")["items"]}
    assert made["id"] not in {row["id"] for row in ask("GET", "meetings/", query=f"?pair={world.PAIR}")["items"]}
    ask("GET", "meetings/export/", query=f"?pair={pair}")
    assert ask("POST", "meetings/pairs/search/", {"q": "нетакого"})["items"] == []
    days = ask("GET", "meetings/pairs/{pair_id}/", pair_id=pair)["items"]
    assert {row["held_on"] for row in days} >= {"2026-10-06"}
    assert "note" not in days[0]
    plan = ask("GET", "meetings/pairs/{pair_id}/plan/", pair_id=pair)
    rows = [{"section": 0, "task": "Проект"}]
    written = {"kind": "individual", "version": plan["version"], "rows": rows}
    assert ask("PUT", "meetings/pairs/{pair_id}/plan/", written, pair_id=pair)["version"] == plan["version"] + 1
    report = ask("PUT", "meetings/pairs/{pair_id}/report/", {"done": "Сделали"}, pair_id=pair)["report"]
    assert report["done"] == "Сделали"
    ask("GET", "meetings/export/")


def life(ask: Any) -> None:
    """Call every operation of a pair's life once: a substitute, a request for another partner, its outcome."""
    teacher = {"surname": "Заменин", "name": "Пётр", "birth_date": "1985-01-02", "kinds": ["teacher"]}
    other = ask("POST", "people/", teacher)["id"]
    body = {"mentor": other, "starts_on": "2026-10-10", "until": "2026-10-20"}
    made = ask("POST", "pairs/{pair_id}/mentor/", body, pair_id=world.PAIR)
    assert (made["is_substitute"], made["replaces"]) == (True, str(world.PAIR))
    own = {"pair_id": world.PAIR}
    assert ask("PUT", "pairs/{pair_id}/request/", {"wish": "time"}, **own)["side"] == "mentor"
    assert ask("GET", "pairs/requests/")["items"] == [], "of pairs of his own he sees none"
    assert [row["outcome"] for row in ask("GET", "pairs/{pair_id}/request/", **own)["items"]] == [""]
    ask("DELETE", "pairs/{pair_id}/request/", **own)
    assert [row["outcome"] for row in ask("GET", "pairs/{pair_id}/request/", **own)["items"]] == ["withdrawn"]
    asked = str(_asked_elsewhere())
    assert [row["id"] for row in ask("GET", "pairs/requests/")["items"]] == [asked]
    assert ask("PUT", "pairs/requests/{request_id}/", {"outcome": "talked"}, request_id=asked)["outcome"] == "talked"


def _asked_elsewhere() -> Any:
    """Make a request about a pair in which the programme's person does not stand."""
    from core.tenancy import school
    from schools.pairs.models import PartnerRequest
    from tests.schools.makers import make_pair, make_person

    with school(SCHOOL_A.schema):
        pair = make_pair(make_person("Старшев Ян"), make_person("Младшев Ян"), form="pupil-pupil")
        said = {"side": "mentee", "wish": "time", "asked_by": seeds.OWN["user_id"], "asked_at": seeds.NOW}
        return PartnerRequest.objects.create(pair=pair, **said).pk
