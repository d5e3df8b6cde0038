"""The tokens that the demonstration notes in instance.json open the API of their own host, once for each role."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.tenancy import region, school
from deploy.demo.accounts import furnish
from deploy.launch import instance
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A


@pytest.mark.django_db
def test_each_noted_token_opens_its_host(client_at: Any, tmp_path: Path):
    demo: Any = SimpleNamespace(in_situation=lambda situation: [SimpleNamespace(code=SCHOOL_A.code)])
    with region():
        make_user("region_admin")
    for _ in range(2):
        furnish(tmp_path, demo)
    tokens = instance.load(tmp_path)["tokens"]
    assert len({(each["host"], each["role"]) for each in tokens}) == len(tokens)
    assert {each["role"] for each in tokens} >= {"region_admin", "region_operator", "director", "curator"}
    for each in tokens:
        label = each["host"].split(".")[0]
        told = client_at(label).get("/api/v1/me/", headers={"Authorization": f"Bearer {each['token']}"})
        assert told.status_code == 200
        assert [held["role"] for held in told.json()["roles"]] == [each["role"]]
    with school(SCHOOL_A.schema):
        from core.accounts.models import ApiToken

        assert ApiToken.objects.filter(title="Демонстрация").count() == len(
            [each for each in tokens if each["host"].startswith(SCHOOL_A.code)]
        )
