"""P11 over the whole document of each world: 0 answers 5xx, every answer as the document says, whatever is sent.

That every operation also succeeds from seeded ids is shown by the two rounds beside.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import requests
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from core.authz.registry import World
from tests.core.api.conform import CONFORMANCE, as_known, loaded
from tests.support import seeds
from tests.support.accounts import token_for
from tests.support.parts import has_its_turn

pytestmark = pytest.mark.django_db
HOSTS = {World.SCHOOL: ("sch-a", "director"), World.REGION: ("region", "region_admin")}


def seeded(route: str) -> dict[str, str]:
    """Return our own ids for the arguments of a route of the document."""
    names = re.findall(r"{(\w+)}", route)
    kind = route.removeprefix("/api/v1/").rsplit("/{code}", 1)[0].replace("/", "-")
    return {name: str(seeds.OWN.get(f"api:{kind}-entry/{name}", seeds.OWN[name])) for name in names}


class Sending:
    """Sends generated requests, each taken back afterwards, and counts the answers."""

    def __init__(self, client: Any, host: str, secret: str) -> None:
        self.client, self.host = client, host
        self.secret = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        self.statuses: Counter[int] = Counter()
        client.raise_request_exception = False

    def send(self, case: Any) -> None:
        kwargs = case.as_transport_kwargs(base_url=f"http://{self.host}.localhost")
        names = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
        try:
            asked = requests.Request(**{name: kwargs[name] for name in names if name in kwargs}).prepare()
        except (requests.RequestException, UnicodeError):  # no client could send this
            return
        body = asked.body if isinstance(asked.body, bytes) else (asked.body or "").encode()
        extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in asked.headers.items()}
        kind = extra.pop("HTTP_CONTENT_TYPE", "") or "application/octet-stream"
        extra.pop("HTTP_CONTENT_LENGTH", None)
        with transaction.atomic():
            answer = self.client.generic(
                asked.method, asked.path_url, body, content_type=kind, **{**extra, **self.secret}
            )
            transaction.set_rollback(True)
        self.statuses[answer.status_code] += 1
        case.validate_response(as_known(answer, asked.method or "", asked.path_url), checks=CONFORMANCE)


def fuzz(client_at: Any, where: World, examples: int, *, is_random: bool, parts: int = 1) -> None:
    host, role = HOSTS[where]
    seeds.seed_all()
    sending = Sending(client_at(host), host, token_for(host, role))
    operations = [found.ok() for found in loaded(where).get_all_operations()]
    assert len(operations) >= 50
    operations = [operation for operation in operations if has_its_turn(operation.label, parts)]
    for number, operation in enumerate(operations):
        both = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        # In the ordinary check fitting and unfitting requests take turns over the operations.
        for mode in both if is_random else both[number % 2 :][:1]:
            ids = seeded(operation.path)
            strategy = operation.as_strategy(generation_mode=mode, **({"path_parameters": ids} if ids else {}))
            _run(strategy, sending, examples, is_random=is_random)
    answered = sum(sending.statuses.values())
    assert answered >= len(operations)
    assert not any(status >= 500 for status in sending.statuses)
    print(f"P11 {where}: {answered} requests to {len(operations)} operations: {dict(sorted(sending.statuses.items()))}")


def _run(strategy: Any, sending: Sending, examples: int, *, is_random: bool) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=not is_random,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategy)
    def one(case: Any) -> None:
        sending.send(case)

    one()


@pytest.mark.parametrize("where", list(World))
def test_any_input_ends_in_a_clear_answer(client_at, where: World):
    """A fifth of the operations; another one has its turn with another commit."""
    fuzz(client_at, where, 1, is_random=False, parts=5)


@pytest.mark.nightly
@pytest.mark.parametrize("where", list(World))
def test_much_input_ends_in_clear_answers(client_at, where: World):
    fuzz(client_at, where, 60, is_random=True)
