"""Frames and error pages: strict policy, request number, no database, a light first page."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

INLINE_CODE = re.compile(r"""<style|\sstyle\s*=|\son\w+\s*=|javascript:|<script(?![^>]*\ssrc=)""", re.I)
ERRORS = [
    ("/suspicious/", 400, "Запрос не удалось прочитать"),
    ("/refused/", 403, "Нет доступа"),
    ("/missing/", 404, "Такой страницы нет"),
    ("/nowhere-at-all/", 404, "Такой страницы нет"),
    ("/broken/", 500, "Что-то сломалось у нас"),
]


@pytest.mark.parametrize(("address", "status", "title"), ERRORS)
def test_error_page_is_plain_and_numbered(visitor: Client, address: str, status: int, title: str) -> None:
    response = visitor.get(address)
    body = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in body
    assert f"<title>{title}</title>" in body
    assert response["X-Request-Id"] in body
    assert "canary-inside" not in body
    assert response["Content-Security-Policy"]


def test_refusal_carries_its_sentence(visitor: Client) -> None:
    assert "Это делает только директор." in visitor.get("/refused/").content.decode()


def test_stale_form_is_explained(bare: Any) -> None:
    response = Client(enforce_csrf_checks=True).post("/protected/", {"a": "1"})
    assert response.status_code == 403
    assert "Страница устарела" in response.content.decode()
    assert Client(enforce_csrf_checks=True).get("/protected/").content == b"done"


@pytest.mark.parametrize("address", ["/design/", "/confirm/", "/part/", *[address for address, _, _ in ERRORS]])
def test_no_inline_code_and_nothing_foreign(visitor: Client, address: str) -> None:
    body = visitor.get(address).content.decode()
    assert not INLINE_CODE.search(body)
    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", body) == []


def test_first_page_is_light(visitor: Client) -> None:
    body = visitor.get("/design/").content
    sizes = {"page": len(gzip.compress(body))}
    for name in re.findall(r'(?:href|src)="/static/([^"]+)"', body.decode()):
        found = finders.find(name)
        assert found is not None, name
        sizes[name] = len(gzip.compress(Path(str(found)).read_bytes()))
    assert len(sizes) >= 8
    assert sum(sizes.values()) <= 100_000


def test_page_has_landmarks_and_one_heading(visitor: Client) -> None:
    body = visitor.get("/design/").content.decode()
    assert body.count("<h1>") == body.count("<main ") == body.count("<header ") == body.count("<footer ") == 1
    assert "<title>Набор компонентов – " in body
    assert re.search(r'<a class="skip" href="#main">', body)
    assert "Как это работает" in body


def test_ids_are_unique(visitor: Client) -> None:
    found = re.findall(r'\sid="([^"]+)"', visitor.get("/design/").content.decode())
    assert sorted(found) == sorted(set(found))
    assert len(found) > 50


def test_confirmation_says_what_will_happen(visitor: Client) -> None:
    body = visitor.get("/confirm/").content.decode()
    assert "Пары начнут действовать &lt;с сегодняшнего дня&gt;." in body
    assert '<button type="submit" class="button button--primary">Утвердить пары приказом</button>' in body
    assert 'name="csrfmiddlewaretoken"' in body
    assert '<a href="/pairs/">Отмена</a>' in body


def test_design_page_is_for_development(visitor: Client, bare: Any) -> None:
    assert visitor.get("/design/").status_code == visitor.get("/design/live/").status_code == 200
    bare.SHOW_DESIGN_PAGE = False
    assert visitor.get("/design/").status_code == visitor.get("/design/live/").status_code == 404
