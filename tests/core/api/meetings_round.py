"""The round of the API through a pair's life: meetings, the plan, the closing report."""

from __future__ import annotations

from typing import Any

from tests.support import seeds


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
