"""Events on their way: written with the act, sent at least once, repeated for a day, then given up and told."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor, system_actor
from core.events.catalogue import announce
from core.events.models import Outbox
from core.tenancy import region, school
from core.webhooks import deliveries, services
from core.webhooks.errors import WebhookError
from core.webhooks.models import Delivery, Webhook
from core.webhooks.presentation import answer_of
from core.webhooks.services import WebhookData
from core.webhooks.signing import HEADER, is_genuine
from schools.pairs.models import Pair
from schools.pairs.services import PairData, create_pairs
from tests.core.webhooks.receiver import Receiver, listening
from tests.support import world
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
DRAFT = PairData(
    form_code="teacher-pupil", mentor_id=world.MENTOR, mentee_ids=[world.MENTEE], starts_on=world.SEPTEMBER
)


@pytest.fixture
def director(in_school) -> Any:
    in_school(SCHOOL_A)
    return load_actor(make_user("director"))


def registered(actor: Any, url: str, *events: str) -> services.WithSecret:
    data = WebhookData(title="Журнал", url=url, events=events or ("pair.created", "pair.ended"))
    return services.register_webhook(actor=actor, data=data)


def waiting() -> list[tuple[UUID, int]]:
    """Take the courier's work from the outbox, in order: (delivery, number of the attempt)."""
    with region():
        rows = list(Outbox.objects.filter(task__startswith="core.webhooks.").order_by("created_at", "next_attempt_at"))
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [(UUID(row.payload["delivery_id"]), row.payload["attempt"]) for row in rows]


def work() -> None:
    """Do what waits in the outbox as the courier of school A does."""
    from core.tenancy.context import nowhere

    with nowhere():
        tasks = waiting()
        for delivery_id, number in tasks:
            with school(SCHOOL_A.schema):
                deliveries.attempt(delivery_id, number)


def draft(director: Any) -> Pair:
    Pair.objects.all().delete()
    return create_pairs(actor=director, data=DRAFT)[0]


def test_an_act_is_told_signed_and_without_names(director, receiver: Receiver):
    made = registered(director, receiver.url)
    pair = draft(director)
    work()
    ((headers, body),) = receiver.requests
    told = json.loads(body)
    assert told["event"] == headers["X-Mentoring-Event"] == "pair.created"
    assert told["data"] == {"pairs": [str(pair.pk)]}
    assert told["webhook"] == str(made.webhook.pk)
    assert is_genuine(headers[HEADER], body, key=made.secret, now=int(time.time()))
    for person in (pair.mentor, pair.mentee):
        assert person.surname not in body.decode()
    (delivery,) = Delivery.objects.all()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 204)
    assert headers["X-Mentoring-Delivery"] == str(delivery.pk)


def test_an_act_that_is_taken_back_is_not_told(director, receiver: Receiver):
    registered(director, receiver.url)
    with transaction.atomic():
        draft(director)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    work()
    assert receiver.requests == []


def test_an_event_goes_to_those_who_want_it_and_stays_in_its_school(director, receiver: Receiver):
    registered(director, receiver.url, "pair.ended")
    off = registered(director, receiver.url).webhook
    services.switch_webhook(actor=director, webhook_id=off.pk, is_active=False)
    from core.tenancy.context import nowhere

    with nowhere(), school(SCHOOL_B.schema):
        registered(load_actor(make_user("director")), receiver.url)
    draft(director)
    assert not Delivery.objects.exists()
    with nowhere(), school(SCHOOL_B.schema):
        assert not Delivery.objects.exists()


def test_a_failure_is_repeated_with_longer_and_longer_waits(director, receiver: Receiver, monkeypatch):
    registered(director, receiver.url)
    receiver.answers = [503, 500, 404, 200]
    draft(director)
    clock = timezone.now()
    monkeypatch.setattr(deliveries.timezone, "now", lambda: clock)
    waits = []
    for _each in range(4):
        work()
        with region_of_tests():
            row = Outbox.objects.filter(task__startswith="core.webhooks.").order_by("-next_attempt_at").first()
        if row is None:
            break
        waits.append((row.next_attempt_at - clock).total_seconds())
        clock = row.next_attempt_at
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 4, 200)
    assert 30 <= waits[0] < waits[1] < waits[2] < 300
    ids = {json.loads(body)["id"] for _headers, body in receiver.requests}
    assert len(receiver.requests) == 4
    assert len(ids) == 1, "a repetition is known by its number"
    assert Webhook.objects.get().failing_since is None


def region_of_tests():
    """Leave the school of the test for the region's tables."""
    from contextlib import ExitStack

    from core.tenancy.context import nowhere

    stack = ExitStack()
    stack.enter_context(nowhere())
    stack.enter_context(region())
    return stack


def test_after_a_day_it_is_given_up_and_can_be_sent_again(director, receiver: Receiver):
    hook = registered(director, receiver.url).webhook
    receiver.answers = [500]
    draft(director)
    Delivery.objects.update(retry_until=timezone.now() + timedelta(seconds=5))
    work()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_status) == ("failed", 500)
    assert waiting_count() == 0
    receiver.answers = [200]
    Webhook.objects.update(rests_until=None)
    services.send_again(actor=director, webhook_id=hook.pk, delivery_id=delivery.pk)
    with pytest.raises(WebhookError):
        services.send_again(actor=director, webhook_id=hook.pk, delivery_id=delivery.pk)
    work()
    assert Delivery.objects.get().state == "delivered"
    assert AuditRecord.objects.filter(action="webhook.sent_again").count() == 1


def waiting_count() -> int:
    with region_of_tests():
        return Outbox.objects.filter(task__startswith="core.webhooks.").count()


def test_the_same_task_twice_sends_once(director, receiver: Receiver):
    registered(director, receiver.url)
    draft(director)
    with region_of_tests():
        ((delivery_id, number),) = waiting()
    deliveries.attempt(delivery_id, number)
    deliveries.attempt(delivery_id, number)
    assert len(receiver.requests) == 1


def test_a_failing_address_rests_and_holds_nobody_up(director, receiver: Receiver):
    with listening() as slow:
        slow.answers = [500]
        registered(director, slow.url)
        registered(director, receiver.url)
        draft(director)
        services.try_out(actor=director, webhook_id=Webhook.objects.earliest("created_at").pk)
        work()
        assert len(slow.requests) == 1, "while it rests it is asked once"
        assert len(receiver.requests) == 1
        assert waiting_count() == 2, "what waits for it waits in the database"
    assert Delivery.objects.filter(state="pending").count() == 2


def test_an_address_dead_for_days_is_switched_off_with_a_notice(director, receiver: Receiver, settings, client_at):
    hook = registered(director, receiver.url).webhook
    receiver.answers = [500]
    draft(director)
    settings.WEBHOOKS_DISABLED_AFTER_DAYS = 3
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=3))
    work()
    hook.refresh_from_db()
    assert hook.is_active is False
    assert hook.disabled_at is not None
    assert Delivery.objects.get().state == "failed"
    assert AuditRecord.objects.filter(action="webhook.disabled", object_id=str(hook.pk)).count() == 1
    from core.webhooks.selectors import switched_off_by_platform

    assert switched_off_by_platform(director) == 1
    assert switched_off_by_platform(load_actor(make_user("coordinator"))) == 0
    services.switch_webhook(actor=director, webhook_id=hook.pk, is_active=True)
    assert switched_off_by_platform(director) == 0


def test_a_late_answer_is_not_charged_to_the_next_address(director, receiver: Receiver, monkeypatch):
    hook = registered(director, receiver.url).webhook
    draft(director)
    real = deliveries.send

    def changed_meanwhile(*request: Any) -> Any:
        Webhook.objects.update(url=f"{receiver.url}-next")
        monkeypatch.setattr(deliveries, "send", real)
        return replace(real(*request), status=410, fault="")

    monkeypatch.setattr(deliveries, "send", changed_meanwhile)
    work()
    hook.refresh_from_db()
    assert (hook.is_active, hook.failing_since, hook.rests_until) == (True, None, None)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    work()
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def test_what_was_not_sent_says_so_and_the_audit_names_the_host(director, receiver: Receiver):
    hook = registered(director, receiver.url).webhook
    draft(director)
    Delivery.objects.update(last_status=500, attempts=1, last_fault="switched_off", state="failed")
    assert answer_of(Delivery.objects.get()) == "отправка была выключена"
    data = WebhookData(title="Журнал", url=receiver.url.replace("127.0.0.1", "localhost"), events=("pair.created",))
    services.change_webhook(actor=director, webhook_id=hook.pk, data=data)
    details = AuditRecord.objects.get(action="webhook.changed").details
    assert details == {"host": "localhost", "former_host": "127.0.0.1", "events": ["pair.created"]}


def test_more_addresses_cost_no_more_statements(director, receiver: Receiver):
    costs = []
    for _again in range(2):
        registered(director, receiver.url)
        with CaptureQueriesContext(connection) as queries:
            draft(director)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_an_address_that_says_it_is_gone_is_switched_off_at_once(director, receiver: Receiver):
    registered(director, receiver.url)
    receiver.answers = [410]
    draft(director)
    work()
    assert Webhook.objects.get().disabled_at is not None


def test_the_secret_is_kept_sealed_and_the_former_one_signs_for_a_day(director, receiver: Receiver):
    first = registered(director, receiver.url)
    second = services.replace_secret(actor=director, webhook_id=first.webhook.pk)
    stored = str(Webhook.objects.values().get())
    assert first.secret not in stored
    assert second.secret not in stored
    draft(director)
    work()
    Webhook.objects.update(former_until=timezone.now())
    draft(director)
    work()
    now = int(time.time())
    (headers, body), (later, later_body) = receiver.requests
    assert all(is_genuine(headers[HEADER], body, key=each.secret, now=now) for each in (first, second))
    assert is_genuine(later[HEADER], later_body, key=second.secret, now=now)
    assert not is_genuine(later[HEADER], later_body, key=first.secret, now=now)


def test_secrets_outlive_the_secret_key(director, receiver: Receiver, settings):
    made = registered(director, receiver.url)
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new-" * 20, [former]
    assert services.reseal_secrets() == 1
    settings.SECRET_KEY_FALLBACKS = []
    draft(director)
    work()
    ((headers, body),) = receiver.requests
    assert is_genuine(headers[HEADER], body, key=made.secret, now=int(time.time()))


@pytest.mark.parametrize("role", ["coordinator", "mentor"])
def test_the_director_alone_registers(in_school, receiver: Receiver, role: str):
    in_school(SCHOOL_A)
    with pytest.raises(RefusedError):
        registered(load_actor(make_user(role)), receiver.url)
    assert not Webhook.objects.exists()
    registered(load_actor(make_user("director")), receiver.url)
    assert Webhook.objects.count() == 1


def test_whoever_is_here_for_a_few_hours_leaves_no_address_behind(in_school, receiver: Receiver):
    from core.accounts.models import RoleGrant

    in_school(SCHOOL_A)
    guest = make_user(None)
    RoleGrant.objects.create(user=guest, role="director", expires_at=timezone.now() + timedelta(hours=2))
    with pytest.raises(RefusedError):
        registered(load_actor(guest), receiver.url)
    assert not Webhook.objects.exists()


def test_an_inner_address_is_refused_at_registration(director, settings):
    settings.WEBHOOKS_TO_LOOPBACK = False
    for url in ("https://127.0.0.1/", "https://169.254.169.254/latest", "http://8.8.8.8/"):
        with pytest.raises(WebhookError):
            registered(director, url)
    assert not Webhook.objects.exists()
    registered(director, "https://8.8.8.8/hook")
    assert Webhook.objects.count() == 1


def test_an_event_cannot_carry_a_name(director):
    with pytest.raises(TypeError):
        announce("pair.created", {"pairs": "Иванов"})
    with pytest.raises(ValueError, match="badly formed"):
        announce("pair.created", {"pairs": ["Иванов"]})


def test_the_rollup_goes_to_no_trouble_when_nobody_wants_to_know(db):
    from core.tenancy import rollup

    with rollup():
        announce("figures.frozen", {"day": world.SEPTEMBER})
    with region():
        assert not Outbox.objects.exists()


def test_an_event_of_the_rollup_is_told_by_the_region(db, receiver: Receiver):
    from core.events.tasks import announce_in_region
    from core.tenancy import rollup

    with region():
        registered(system_actor("test"), receiver.url, "figures.frozen")
    with rollup():
        announce("figures.frozen", {"day": world.SEPTEMBER})
    with region():
        row = Outbox.objects.get(task="core.events.announce_in_region")
    announce_in_region(**row.payload)
    with region():
        delivery = Delivery.objects.get()
        assert delivery.payload["data"] == {"day": "2026-09-01"}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_register_the_tenth_once(receiver: Receiver, monkeypatch):
    monkeypatch.setattr(services, "MOST_WEBHOOKS", 2)

    def register(_number: int) -> str:
        try:
            with school(SCHOOL_A.schema):
                registered(system_actor("check"), receiver.url)
        except WebhookError as refusal:
            return refusal.code
        else:
            return "done"
        finally:
            connection.close()

    def unhurried(*arguments: Any) -> None:
        time.sleep(0.2)
        noted(*arguments)

    register(0)
    noted = services._record
    monkeypatch.setattr(services, "_record", unhurried)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(register, range(2))) == ["done", "too_many"]
