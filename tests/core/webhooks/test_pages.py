"""Pages of webhooks: the secret once, the log, the notice."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.tenancy import region, school
from core.webhooks.models import Delivery, Webhook
from tests.support import seeds
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
# The region's host by night: its every page and operation is walked by day elsewhere.
HOSTS = [
    ("sch-a", "director", "order.signed"),
    pytest.param("region", "region_admin", "school.state_changed", marks=pytest.mark.nightly),
]


def world_of(place: str):
    return region() if place == "region" else school(SCHOOL_A.schema)


@pytest.mark.parametrize(("place", "role", "event"), HOSTS)
def test_the_secret_is_shown_once(client_at, place, role, event):
    client = sign_in(client_at, place, role)
    page = client.post("/webhooks/new/", {"title": "Журнал", "url": "http://127.0.0.1:9/h", "events": [event]})
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    secret = page.content.decode().split("<code>")[1].split("</code>")[0]
    assert secret.startswith("whs_")
    with world_of(place):
        hook = Webhook.objects.get(title="Журнал")
    card = client.get(f"/webhooks/{hook.pk}/").content.decode()
    assert "http://127.0.0.1:9/h" in card
    assert secret not in card
    assert client.post(f"/webhooks/{hook.pk}/ping/").status_code == 302
    assert "Проверка связи" in client.get(f"/webhooks/{hook.pk}/").content.decode()
    for ask in ("secret", "delete", "edit"):
        assert client.get(f"/webhooks/{hook.pk}/{ask}/").status_code == 200
    assert secret not in client.post(f"/webhooks/{hook.pk}/secret/").content.decode()
    assert client.post(f"/webhooks/{hook.pk}/delete/").status_code == 302
    with world_of(place):
        assert not Webhook.objects.filter(pk=hook.pk).exists()


def test_a_bad_address_is_told_at_the_field(client_at, settings):
    settings.WEBHOOKS_TO_LOOPBACK = False
    client = sign_in(client_at, "sch-a", "director")
    body = {"title": "Журнал", "url": "https://10.0.0.1/", "events": ["order.signed"]}
    page = client.post("/webhooks/new/", body)
    assert "Этот адрес ведёт во внутреннюю сеть" in page.content.decode()
    with school(SCHOOL_A.schema):
        assert not Webhook.objects.exists()


def test_the_log_and_the_notice(client_at):
    seeds.seed_all()
    client = sign_in(client_at, "sch-a", "director")
    hook = seeds.OWN["webhook_id"]
    page = client.get(f"/webhooks/{hook}/").content.decode()
    assert "не ответил за 5 секунд" in page
    assert "Отправить ещё раз" in page
    assert "перестала получать события" not in client.get("/").content.decode()
    with school(SCHOOL_A.schema):
        Webhook.objects.filter(pk=hook).update(is_active=False, disabled_at=timezone.now())
    assert "перестала получать события" in client.get("/").content.decode()
    assert client.post(f"/webhooks/{hook}/deliveries/{seeds.OWN['delivery_id']}/again/").status_code == 302
    with school(SCHOOL_A.schema):
        assert Delivery.objects.get(pk=seeds.OWN["delivery_id"]).state == "failed", "it is switched off"
    client.post(f"/webhooks/{hook}/switch/", {"is_active": "1"})
    client.post(f"/webhooks/{hook}/deliveries/{seeds.OWN['delivery_id']}/again/")
    with school(SCHOOL_A.schema):
        assert Delivery.objects.get(pk=seeds.OWN["delivery_id"]).state == "pending"
