"""The round of the API through training of mentors: noted, mended, struck out."""

from __future__ import annotations

from typing import Any

from tests.support import seeds, world


def training(ask: Any) -> None:
    """Call every operation of training once."""
    person = {"person_id": str(seeds.OWN["api:person-training/person_id"])}
    made = ask("POST", "people/{person_id}/training/", {"title": "Курсы", "finished_on": "2026-08-28"}, **person)
    path = {"training_id": made["id"]}
    body = {"title": "Курсы", "finished_on": "2026-08-29", "hours": 36, "version": made["version"]}
    assert ask("PUT", "training/{training_id}/", body, **path)["hours"] == 36
    assert ask("GET", "training/{training_id}/", **path)["finished_on"] == "2026-08-29"
    assert ask("POST", "training/{training_id}/strike/", {"reason": "не окончены"}, **path)["struck_at"]
    card = ask("GET", "people/{person_id}/training/", **person)
    assert (card["is_trained"], [row["struck_at"] is None for row in card["training"]]) == (True, [True, False])
    assert all(row["person"] == str(world.MENTOR) for row in ask("GET", "participation/training/")["items"])
