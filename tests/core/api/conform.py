"""Requests to the API by a token, each answer held against the document of its world."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import requests
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.transport import Response

from core.api.schema import document
from core.authz.registry import World
from tests.permissions.walk import URLCONFS
from tests.support import seeds

load_all_checks()
CONFORMANCE = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)


@lru_cache(maxsize=2)
def loaded(where: World) -> Any:
    """Return the document of a world as schemathesis reads it."""
    plain = json.loads(json.dumps(document(URLCONFS[where]), default=str))
    return schemathesis.openapi.from_dict(plain)


def as_known(answer: Any, method: str, path: str) -> Response:
    """Return an answer of Django's client as the library knows answers; one in pieces is read to its end."""
    return Response(
        status_code=answer.status_code,
        headers={name.lower(): [value] for name, value in answer.items()},
        content=answer.getvalue(),
        request=requests.Request(method, f"http://localhost{path}").prepare(),
        elapsed=0.001,
        verify=False,
    )


class Programme:
    """Sends requests with a token and remembers which operations succeeded."""

    def __init__(self, client: Client, where: World, secret: str) -> None:
        self.client, self.where = client, where
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.succeeded: set[tuple[str, str]] = set()

    def ask(self, method: str, route: str, body: Any = None, query: str = "", **path: UUID | str) -> Any:
        """Send one request, check the answer against the document, and return what was told.

        ``route`` is the document's, without its prefix: ``people/{person_id}/``.
        """
        route = f"/api/v1/{route}"
        address = route.format(**path) + query
        sent: dict[str, Any] = {"headers": self.headers}
        if isinstance(body, Mapping) and any(isinstance(value, SimpleUploadedFile) for value in body.values()):
            answer = self.client.post(address, body, **sent)
        else:
            data = b"" if body is None else json.dumps(body, default=str).encode()
            answer = self.client.generic(method, address, data, content_type="application/json", **sent)
        assert 200 <= answer.status_code < 300, f"{method} {address}: {answer.status_code} {answer.getvalue().decode()}"
        operation = loaded(self.where)[route][method]
        case = operation.Case(path_parameters={name: str(value) for name, value in path.items()})
        known = as_known(answer, method, address)
        case.validate_response(known, checks=CONFORMANCE)
        self.succeeded.add((method, route))
        if answer.get("Content-Type", "").startswith("application/json"):
            return json.loads(known.content)
        return known.content or None


def webhooks(ask: Any, event: str) -> None:
    """Ask every operation over webhooks once; the same on both hosts."""
    assert event in {row["name"] for row in ask("GET", "webhooks/events/")["items"]}
    body = {"title": "Журнал", "url": "http://127.0.0.1:9/hook", "events": [event]}
    made = ask("POST", "webhooks/", body)
    assert made["secret"].startswith("whs_")
    path = {"webhook_id": made["webhook"]["id"]}
    assert ask("PUT", "webhooks/{webhook_id}/", {**body, "title": "Дневник"}, **path)["title"] == "Дневник"
    assert ask("POST", "webhooks/{webhook_id}/secret/", **path)["secret"] != made["secret"]
    assert ask("POST", "webhooks/{webhook_id}/ping/", **path)["state"] == "pending"
    assert ask("PUT", "webhooks/{webhook_id}/active/", {"is_active": False}, **path)["is_active"] is False
    assert ask("GET", "webhooks/{webhook_id}/", **path)["disabled_at"] is None
    assert [row["event"] for row in ask("GET", "webhooks/{webhook_id}/deliveries/", **path)["items"]] == ["ping"]
    ask("DELETE", "webhooks/{webhook_id}/", **path)
    seeded = {"webhook_id": seeds.OWN["webhook_id"], "delivery_id": seeds.OWN["delivery_id"]}
    assert ask("POST", "webhooks/{webhook_id}/deliveries/{delivery_id}/again/", **seeded)["state"] == "pending"
    assert len(ask("GET", "webhooks/")["items"]) == 1
