"""The courier as a process: an event arrives signed within seconds, and again when the courier dies beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import sql

from core.webhooks.signing import HEADER, is_genuine
from tests.core.webhooks.receiver import Receiver, listening
from tests.faults.region import RealRegion, eventually

pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("faults")]

CODE = "sch01"


def deliveries(region: RealRegion) -> list[tuple[Any, ...]]:
    """State, attempts and last status of the school's deliveries, in order."""
    ((schema,),) = region.ask("SELECT schema_name FROM region.registry_school WHERE code = %(code)s", {"code": CODE})
    text = sql.SQL("SELECT state, attempts, last_status FROM {} ORDER BY created_at")
    with region.superuser() as connection:
        return connection.execute(text.format(sql.Identifier(schema, "webhooks_delivery"))).fetchall()


def ids(receiver: Receiver) -> list[str]:
    return [json.loads(body)["id"] for _headers, body in receiver.requests]


@pytest.fixture
def addressed(region: RealRegion) -> Iterator[RealRegion]:
    """The region; no address of the test outlives it: other tests' acts would wait for a courier that runs no more."""
    yield region
    assert region.tell("tests.faults.acts", "no_webhooks", CODE) == 1
    region.ask("DELETE FROM region.events_outbox WHERE task LIKE 'core.webhooks.%' RETURNING id")


def test_an_event_arrives_also_when_the_courier_is_killed_beside_it(addressed: RealRegion) -> None:
    region = addressed
    region.start("courier")
    region.start("sweeper")
    region.wait_ready("courier", "sweeper")
    with listening() as receiver:
        secret = region.tell("tests.faults.acts", "webhook", CODE, receiver.url, "pair.created")
        region.tell("tests.faults.acts", "drafts", CODE, "1")
        took = eventually(lambda: len(receiver.requests) == 1, 20, region.running["courier"].said)
        headers, body = receiver.requests[0]
        assert is_genuine(headers[HEADER], body, key=secret, now=int(time.time()))
        eventually(lambda: deliveries(region) == [("delivered", 1, 204)], 10)

        receiver.drips_seconds = 4
        region.tell("tests.faults.acts", "drafts", CODE, "1")
        eventually(lambda: len(receiver.requests) == 2, 20)
        region.kill("courier")
        assert deliveries(region)[1] == ("pending", 0, None)
        receiver.drips_seconds = 0
        # A task that was lost with its worker is sent again after some minutes; the test does not wait for them.
        region.ask("UPDATE region.events_outbox SET next_attempt_at = now(), sent_at = NULL RETURNING id")
        region.start("courier")
        eventually(lambda: deliveries(region)[1] == ("delivered", 1, 204), 60, region.running["courier"].said)
    sent = ids(receiver)
    assert len(set(sent)) == 2
    assert set(sent[1:]) == {sent[1]}, "a repetition is known by its number"
    assert len(sent) >= 3
    print(
        f"courier: an act told in {took:.1f} s; killed beside a delivery, it was told {len(sent) - 1} times, once known"
    )
