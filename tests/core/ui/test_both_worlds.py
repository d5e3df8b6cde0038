"""The kit behind the whole stack of middleware, on both kinds of host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

ClientAt = Callable[[str], Client]


@pytest.mark.django_db
def test_living_page_opens_on_both_hosts(client_at: ClientAt) -> None:
    for label in ("region", "sch-a"):
        response = client_at(label).get("/design/")
        assert response.status_code == 200
        assert "Набор компонентов" in response.content.decode()
        assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_missing_page_is_numbered_and_the_look_is_kept_per_host(client_at: ClientAt) -> None:
    client = client_at("sch-a")
    client.get("/appearance/", {"scheme": "blue", "next": "/design/"})
    response = client.get("/no-such-page/")
    body = response.content.decode()
    assert response.status_code == 404
    assert response["X-Request-Id"] in body
    assert "a-scheme-blue" in body
    assert client.cookies["appearance"]["domain"] == ""
