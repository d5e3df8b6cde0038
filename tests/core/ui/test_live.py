"""Live parts: a poll with nothing new is a 304 that never reaches the view."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from core.ui.live import conditional_fragment
from tests.core.ui.urls import VERSION


@pytest.fixture(autouse=True)
def _fresh_version() -> None:
    VERSION.update(value=1, views=0)


def test_unchanged_part_costs_no_view(visitor: Client) -> None:
    first = visitor.get("/part/", headers={"HX-Request": "true"})
    again = visitor.get("/part/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert VERSION["views"] == 1
    VERSION["value"] = 2
    changed = visitor.get("/part/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert changed["Cache-Control"] == "private, no-store"


def test_part_carries_its_tag_back(visitor: Client) -> None:
    response = visitor.get("/part/", headers={"HX-Request": "true"})
    body = response.content.decode()
    headers = re.search(r"hx-headers='([^']+)'", body)
    assert headers is not None
    assert json.loads(headers[1]) == {"If-None-Match": response["ETag"]}
    assert 'hx-trigger="every 2s"' in body
    assert "<noscript>" not in body, "a fragment replaces itself, not the frame around it"


def test_whole_page_frames_the_part(visitor: Client) -> None:
    body = visitor.get("/design/").content.decode()
    assert '<div class="live">' in body
    assert 'hx-get="/design/live/"' in body
    assert "hx-headers" not in body, "the first poll must fetch"
    assert "<noscript>" in body


def test_no_reader_gets_another_readers_304(bare: Any) -> None:
    calls = []
    view = conditional_fragment(lambda request: 1)(lambda request: calls.append(1) or HttpResponse("x"))

    def ask(pk: object, host: str = "a.localhost", tag: str | None = None, cookie: str = "") -> Any:
        request = RequestFactory().get("/part/", SERVER_NAME=host, headers={"If-None-Match": tag} if tag else {})
        request.user = SimpleNamespace(pk=pk, is_authenticated=True)
        request.COOKIES["appearance"] = cookie
        return view(request)

    tag = ask(1)["ETag"]
    assert ask(1, tag=tag).status_code == 304
    assert ask(2, tag=tag).status_code == 200
    assert ask(1, host="b.localhost", tag=tag).status_code == 200
    assert ask(1, cookie="images=off", tag=tag).status_code == 200
    assert len(calls) == 4


def test_finished_work_stops_the_polling(visitor: Client) -> None:
    assert visitor.get("/finished/").status_code == 286


def test_lost_session_reloads_the_whole_page(visitor: Client) -> None:
    response = visitor.get("/signed-out/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"], response.content) == (204, "true", b"")
    assert visitor.get("/signed-out/").status_code == 302


def test_redirect_of_a_part_moves_the_whole_page(visitor: Client) -> None:
    response = visitor.get("/moved/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, "/elsewhere/")
