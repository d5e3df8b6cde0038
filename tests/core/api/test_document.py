"""The document of each world: valid, without a warning, complete, and shown to people."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import call_command

from core.api.operations import METHODS
from core.api.schema import document
from core.authz.registry import World
from tests.permissions.walk import URLCONFS, endpoints
from tests.support.accounts import sign_in


@pytest.mark.parametrize("where", list(World))
def test_the_document_is_valid(where: World, tmp_path):
    call_command(
        "spectacular",
        urlconf=URLCONFS[where],
        file=str(tmp_path / "openapi.yaml"),
        validate=True,
        fail_on_warn=True,
        stderr=io.StringIO(),
    )


@pytest.mark.parametrize("where", list(World))
def test_the_document_says_everything_that_is_served(where: World):
    said = {(path, method) for path, methods in document(URLCONFS[where])["paths"].items() for method in methods}
    served = {
        ("/" + re.sub(r"<[a-z]+:", "{", endpoint.route).replace(">", "}"), method.lower())
        for endpoint in endpoints(where)
        for method, declared in endpoint.operations.items()
        if not declared.hidden
    }  # fmt: skip
    assert said == served
    assert len(said) >= 15


@pytest.mark.parametrize("where", list(World))
def test_every_subject_has_its_words(where: World):
    found = document(URLCONFS[where])
    used = {tag for methods in found["paths"].values() for described in methods.values() for tag in described["tags"]}
    assert {tag["name"] for tag in found["tags"]} == used


@pytest.mark.parametrize("where", list(World))
def test_every_operation_is_told_whole(where: World):
    for path, methods in document(URLCONFS[where])["paths"].items():
        for method, described in methods.items():
            assert method in METHODS
            assert described["summary"], path
            assert {"401", "403", "429"} <= set(described["responses"]), path
            assert described["security"] == [{"token": []}, {"session": []}], path


@pytest.mark.django_db
@pytest.mark.parametrize(("place", "role"), [("sch-a", "director"), ("region", "region_admin")])
def test_people_and_programmes_read_it(client_at, place, role):
    client = sign_in(client_at, place, role)
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "/api/v1/tokens/" in page.content.decode()
    found = client.get("/api/v1/schema/").json()
    assert found["openapi"].startswith("3.")
    assert ("/api/v1/schools/" in found["paths"]) == (place == "region" and "/api/v1/schools/" in str(found))
