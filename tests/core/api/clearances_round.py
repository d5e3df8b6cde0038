"""The round of the API through papers of mentors from outside: a decision, a paper, its correction and its end."""

from __future__ import annotations

from typing import Any

from tests.support import seeds


def clearances(ask: Any) -> None:
    """Call every operation of clearances once."""
    person = {"person_id": str(seeds.OWN["api:person-clearances/person_id"])}
    decided = ask("PUT", "clearances/rules/", {"rules": [{"kind": "no-criminal-record", "rule": "block"}]})
    assert ask("GET", "clearances/rules/") == decided
    assert {"kind": "no-criminal-record", "mentor_kind": "parent", "rule": "block"} in decided["rules"]
    for_parents = {"kind": "no-criminal-record", "mentor_kind": "parent", "rule": "off"}
    decided = ask("PUT", "clearances/rules/", {"rules": [for_parents], "version": decided["version"]})
    assert [row for row in decided["rules"] if row["rule"] == "block"] == [
        {"kind": "no-criminal-record", "mentor_kind": kind, "rule": "block"}
        for kind in ("alumnus", "student", "enterprise", "other")
    ]
    found = {row["person"]: row for row in ask("GET", "clearances/", query="?show=blocked")["items"]}
    assert found[person["person_id"]]["is_blocked"]
    name = found[person["person_id"]]["full_name"]
    assert person["person_id"] in {row["person"] for row in ask("POST", "clearances/search/", {"q": name})["items"]}
    assert ask("POST", "clearances/export/", {"q": name})[:2] == b"PK"
    body = {"kind": "no-criminal-record", "number": "№ 17", "issued_on": "2026-09-02", "valid_until": None}
    made = ask("POST", "people/{person_id}/clearances/", body, **person)
    path = {"clearance_id": made["id"]}
    assert ask("PUT", "clearances/{clearance_id}/", {"issued_on": "2026-09-03"}, **path)["issued_on"] == "2026-09-03"
    assert ask("GET", "clearances/{clearance_id}/", **path)["number"] == ""
    card = ask("GET", "people/{person_id}/clearances/", **person)
    assert (card["is_blocked"], len(card["papers"])) == (False, 2)
    end = {"withdrawn_on": "2026-09-10", "reason": "записан по ошибке"}
    assert ask("PUT", "clearances/{clearance_id}/withdrawal/", end, **path)["withdrawn_on"] == "2026-09-10"
    assert ask("GET", "clearances/export/")[:2] == b"PK"
    assert ask("GET", "clearances/own/")["items"] == []
