"""The round of the API through questionnaires: a round, the sheet for paper, one's own answers."""

from __future__ import annotations

from typing import Any

from tests.support import seeds


def questionnaires(ask: Any) -> None:
    """Call every operation of questionnaires once."""
    entry = {"code": "entry-mentor"}
    assert entry["code"] in {row["code"] for row in ask("GET", "questionnaires/templates/")["items"]}
    known = ask("GET", "questionnaires/templates/{code}/", **entry)
    own = {"based_on": known["id"], "title": "Наша анкета", "items": known["items"][:3]}
    assert ask("PUT", "questionnaires/templates/{code}/", own, **entry)["is_own"]
    ask("DELETE", "questionnaires/templates/{code}/", **entry)
    assert ask("GET", "questionnaires/templates/{code}/", **entry) == known
    choice = {**entry, "with_pairs": True}
    counted = ask("POST", "questionnaires/preview/", choice)
    made = ask("POST", "questionnaires/", {**choice, "due_on": "2026-12-01"})
    assert made["asked"] == counted["asked"]
    here = {"survey_id": made["id"]}
    assert made["items"]
    assert made["asked"] > made["answered"] == 0
    assert made["id"] in {row["id"] for row in ask("GET", "questionnaires/")["items"]}
    own = {row["title"]: row for row in ask("GET", "questionnaires/own/")["items"]}[made["title"]]
    mine = {"response_id": own["id"]}
    given = {item["code"]: _answer(item) for item in made["items"] if item["type"] != "people"}
    draft = dict(list(given.items())[:1])
    assert ask("PUT", "questionnaires/own/{response_id}/", {"answers": draft}, **mine)["state"] == "draft"
    assert ask("GET", "questionnaires/own/{response_id}/", **mine)["draft"] == draft
    assert ask("POST", "questionnaires/own/{response_id}/", {"answers": given}, **mine)["state"] == "submitted"
    waiting = ask("GET", "questionnaires/{survey_id}/asked/", query="?unanswered=true", **here)["items"]
    assert own["id"] not in {row["id"] for row in waiting}
    assert len(waiting) == made["asked"] - 1
    told = ask("POST", "questionnaires/{survey_id}/reminders/", **here)
    assert told["reminded"] + told["without_account"] == len(waiting)
    assert ask("POST", "questionnaires/{survey_id}/reminders/", **here)["reminded"] == 0
    assert ask("PUT", "questionnaires/{survey_id}/", {"is_open": False}, **here)["closed_at"]
    assert ask("GET", "questionnaires/{survey_id}/", **here)["answered"] == 1
    here = {"response_id": str(seeds.OWN["response_id"])}
    link = ask("POST", "questionnaires/sheets/{response_id}/link/", **here)
    assert "/q/" in link["url"]
    ask("DELETE", "questionnaires/sheets/{response_id}/link/", **here)
    sheet = {"survey_id": seeds.OWN["survey_id"]}
    rows = [{"response": str(seeds.OWN["response_id"]), "answers": {"comfort": 11}}]
    (refused,) = ask("PUT", "questionnaires/{survey_id}/sheet/", {"rows": rows}, **sheet)["refused"]
    assert set(refused["faults"]) == {"comfort"}
    rows[0]["answers"]["comfort"] = 7
    done = ask("PUT", "questionnaires/{survey_id}/sheet/", {"rows": rows}, **sheet)
    assert done == {"submitted": 1, "refused": []}
    assert ask("GET", "questionnaires/{survey_id}/sheet/", **sheet)["items"][0]["answers"] == {"comfort": 7}
    (result, _text) = ask("GET", "questionnaires/{survey_id}/results/", **sheet)["items"]
    assert (result["code"], result["answered"], result["sent"], result["mean"]) == ("comfort", 1, 1, 7.0)
    assert ask("GET", "questionnaires/{survey_id}/results/export/", **sheet)[:2] == b"PK"
    back = ask("POST", "questionnaires/sheets/{response_id}/reopen/", {"reason": "paper"}, **here)
    assert back["state"] == "reopened"


def _answer(item: Any) -> Any:
    match item["type"]:
        case "scale":
            return 8
        case "yes_no":
            return True
        case "text":
            return "слово"
        case "choice":
            return item["options"][0]["code"]
        case _:
            return [item["options"][0]["code"]]
