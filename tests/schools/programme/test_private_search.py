"""Names that people search for never stand in an address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.support import seeds
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

LISTS = ("/people/", "/pairs/", "/consents/")


@pytest.fixture
def client(client_at: Callable[[str], Client], db: None) -> Client:
    seeds.seed_all()
    return sign_in(client_at, SCHOOL_A, "director")


@pytest.mark.parametrize("path", LISTS)
def test_the_words_stay_out_of_the_address(client: Client, path: str):
    response = client.post(path, {"search": "1", "q": "Никтоевич", "page": "3"})
    assert response.status_code == 302
    assert response["Location"] == f"{path}?found=1"
    page = client.get(response["Location"]).content.decode()
    assert "Никтоевич" in page  # in the search box, nothing typed is lost
    assert SCHOOL_A.surname not in page
    assert SCHOOL_A.surname in client.get(path).content.decode()


def test_folded_words_find_the_person(client: Client):
    location = client.post("/people/", {"search": "1", "q": f"  {SCHOOL_A.surname.upper()}  ученик"})["Location"]
    page = client.get(location).content.decode()
    assert "Ученик" in page
    assert "Учитель" not in page


def test_other_filters_are_kept_and_an_empty_search_forgets(client: Client):
    client.post("/people/", {"search": "1", "q": "Никтоевич"})
    response = client.post("/people/", {"search": "1", "q": " ", "kind": "pupil"})
    assert response["Location"] == "/people/?kind=pupil"
    assert SCHOOL_A.surname in client.get("/people/?found=1").content.decode()


def test_words_in_the_address_are_not_used(client: Client):
    assert SCHOOL_A.surname in client.get("/people/?q=Никтоевич").content.decode()


def test_the_export_follows_the_search(client: Client):
    everything = client.get("/people/export/").content
    client.post("/people/", {"search": "1", "q": "Никтоевич"})
    assert client.get("/people/export/?found=1").content != everything
