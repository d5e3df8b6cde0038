"""Every operation of the region's API succeeds once, from seeded ids; each answer is as the document says it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from core.audit.models import AuditRecord
from core.authz.registry import World
from core.tenancy import region, school, shared
from tenants.mergers.models import MergerStep
from tenants.transfers.models import Transfer
from tests.core.api.conform import Programme, webhooks
from tests.permissions.walk import endpoints
from tests.support import seeds, world
from tests.support.accounts import make_user, token_for
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db

NEW_ENTRIES: dict[str, dict[str, Any]] = {
    "forms": {
        "code": "parent-pupil",
        "title": "родитель – ученик",
        "mentor_kinds": ["parent"],
        "mentee_kinds": ["pupil"],
        "position": 60,
    },
    "variants": {"form_code": "pupil-pupil", "title": "сосед – сосед"},
    "consents": {"code": "photo", "title": "фотографии"},
    "clearances": {
        "code": "pass",
        "title": "пропуск",
        "asked_of": ["enterprise"],
        "usual_months": 6,
        "by_default": "off",
        "position": 90,
    },
    "definitions": {
        "code": "pupils-any",
        "title": "Обучающиеся 14–17",
        "kinds": ["pupil"],
        "roles": "any",
        "age_from": 14,
        "age_to": 17,
        "needs_consent": True,
        "position": 60,
    },
    "targets": {"definition_code": "pupils", "year": 2031, "percent": 12.5},
    "acts": {"code": "order-1", "title": "Приказ о наставничестве", "level": "regional", "issued_on": "2026-01-15"},
    "profiles": {
        "code": "own",
        "title": "Свой профиль",
        "base_word": "bank",
        "programme_word": "программа",
        "position": 30,
        "stages": [
            {
                "title": "Подготовка",
                "tasks": [{"title": "Приказ", "term": "май", "responsible": "", "result": "", "product": "orders"}],
            }
        ],
    },
    "questionnaires": {
        "code": "own-entry",
        "title": "Своя анкета",
        "kind": "entry",
        "role": "mentee",
        "form_code": "",
        "position": 30,
        "items": [{"text": "С чем помочь?", "type": "text"}, {"text": "Хотите ли участвовать?", "type": "yes_no"}],
    },
}


@pytest.fixture
def programme(client_at) -> Programme:
    seeds.seed_all()
    return Programme(client_at("region"), World.REGION, token_for("region", "region_admin"))


def schools(ask: Any) -> None:
    ask("GET", "region/")
    assert ask("PUT", "region/", {"title": "Новая область"}) == {"title": "Новая область"}
    district = ask("POST", "districts/", {"title": "Дальний район"})["id"]
    ask("PUT", "districts/{district_id}/", {"title": "Самый дальний район"}, district_id=district)
    assert ask("GET", "districts/{district_id}/", district_id=district)["title"] == "Самый дальний район"
    assert len(ask("GET", "districts/", query="?q=дальний")["items"]) == 1
    made = ask("POST", "schools/", {"title": "Школа В", "code": "sch-v", "district": district})
    assert made["state"] == "creating"
    path = {"school_id": SCHOOL_A.id}
    ask("PUT", "schools/{school_id}/", {"title": "Школа А", "district": district}, **path)
    ask("PUT", "schools/{school_id}/code/", {"code": "sch-aa"}, **path)
    ask("PUT", "schools/{school_id}/code/", {"code": SCHOOL_A.code}, **path)
    ask("GET", "schools/{school_id}/", **path)
    assert len(ask("GET", "schools/", query=f"?district={district}")["items"]) == 2
    assert ask("GET", "schools/{school_id}/archive/", **path)["state"] == "ready"
    assert ask("POST", "schools/{school_id}/archive/", **path)["state"] == "asked"
    ask("PUT", "schools/{school_id}/closing/", {"day": "2099-08-31", "reason": "реорганизация"}, **path)
    assert ask("DELETE", "schools/{school_id}/closing/", **path)["closing_on"] is None
    ask("PUT", "schools/{school_id}/state/", {"state": "suspended", "reason": "ремонт"}, **path)
    assert ask("PUT", "schools/{school_id}/state/", {"state": "ready"}, **path)["state"] == "ready"


def mergers(ask: Any) -> None:
    ask("DELETE", "mergers/{merger_id}/", merger_id=seeds.MERGER)
    told = {"from_id": str(SCHOOL_B.id), "to_id": str(SCHOOL_A.id), "day": "2026-10-01", "basis": "Постановление № 2"}
    made = {"merger_id": ask("POST", "mergers/", told)["id"]}
    for place, other in ((SCHOOL_A, SCHOOL_B), (SCHOOL_B, SCHOOL_A)):
        with school(place.schema), shared():
            schemas = {"school_schema": place.schema, "other_schema": other.schema}
            MergerStep.objects.create(**made, **schemas, kind=MergerStep.Kind.AGREED, at=timezone.now())
            Transfer.objects.update(state=Transfer.State.WITHDRAWN, settled_at=timezone.now())
    assert len(ask("GET", "mergers/{merger_id}/", **made)["steps"]) == 2
    assert ask("POST", "mergers/{merger_id}/begin/", **made)["state"] == "running"
    assert len(ask("GET", "mergers/")["items"]) == 3


def access(ask: Any) -> None:
    school_id = str(SCHOOL_A.id)
    assert ask("POST", "access-orders/invitations/", {"school": school_id, "role": "director"})["code"]
    assert ask("POST", "access-orders/temporary/", {"school": school_id, "reason": "сбой", "hours": 2})["code"]
    ask("POST", "access-orders/director-resets/", {"school": school_id, "login": "chief", "reason": "потерян телефон"})
    confirmed = ask("POST", "access-orders/{order_id}/confirm/", order_id=seeds.OWN["order_id"])
    assert confirmed["confirmed_at"]
    assert len(ask("GET", "access-orders/")["items"]) >= 4


def reference(ask: Any) -> None:
    for slug, body in NEW_ENTRIES.items():
        made = ask("POST", f"reference/{slug}/", body)
        assert made["id"] in {row["id"] for row in ask("GET", f"reference/{slug}/")["items"]}
        fixed = {"code", "form_code", "definition_code", "year"} if slug in ("variants", "targets") else {"code"}
        edition = {name: value for name, value in body.items() if name not in fixed}
        edition |= {"based_on": made["id"], "source": "письмо"}
        path = {"code": made["code"]}
        assert ask("PUT", f"reference/{slug}/{{code}}/", edition, **path)["version"] == 2
        assert ask("GET", f"reference/{slug}/{{code}}/", **path)["source"] == "письмо"


def figures(ask: Any) -> None:
    assert len(ask("GET", "dashboards/definitions/")["items"]) >= 5
    assert ask("GET", "dashboards/days/")["items"][0]["kind"] == "live"
    board = ask("GET", "dashboards/region/", query="?definition=pupils")
    assert board["definition"] == "pupils"
    ask("GET", "dashboards/districts/{district_id}/", district_id=world.DISTRICT)
    ask("GET", "dashboards/schools/{school_id}/", school_id=SCHOOL_A.id)
    ask("GET", "dashboards/region/export/", query="?definition=pupils")
    ask("GET", "dashboards/districts/{district_id}/export/", district_id=world.DISTRICT)
    ask("GET", "dashboards/schools/{school_id}/export/", school_id=SCHOOL_A.id)
    with region():
        assert AuditRecord.objects.filter(action="dashboard.exported").count() == 3


def accounts(ask: Any) -> None:
    assert ask("GET", "me/")["world"] == "region"
    ask("GET", "roles/")
    ask("GET", "staff/")
    with region():
        user = {"user_id": make_user("region_operator").pk}
    ask("GET", "staff/{user_id}/", **user)
    scope = str(world.DISTRICT)
    grant = ask("POST", "staff/{user_id}/grants/", {"role": "district_specialist", "scope": scope}, **user)
    ask("DELETE", "staff/{user_id}/grants/{grant_id}/", grant_id=grant["id"], **user)
    ask("PUT", "staff/{user_id}/active/", {"is_active": False}, **user)
    ask("POST", "staff/{user_id}/password-code/", **user)
    ask("DELETE", "staff/{user_id}/second-factor/", **user)
    made = ask("POST", "invitations/", {"name": "Кто-то", "roles": [{"role": "region_operator"}]})
    ask("GET", "invitations/")
    ask("DELETE", "invitations/{invitation_id}/", invitation_id=made["invitation"]["id"])
    token = ask("POST", "tokens/", {"title": "Второй", "roles": [{"role": "region_admin"}], "days": 2})
    ask("GET", "tokens/")
    ask("DELETE", "tokens/{token_id}/", token_id=token["token"]["id"])


def test_every_operation_of_the_region_succeeds(programme: Programme):
    ask = programme.ask
    schools(ask)
    access(ask)
    mergers(ask)
    reference(ask)
    figures(ask)
    accounts(ask)
    webhooks(ask, "school.state_changed")
    ask("GET", "operations/freshness/")
    ask("GET", "operations/queues/")
    ask("POST", "operations/outbox/{outbox_id}/send/", outbox_id=seeds.OWN["outbox_id"])
    ask("GET", "audit/")
    served = {
        (method, "/" + endpoint.route.replace("<uuid:", "{").replace("<slug:", "{").replace(">", "}"))
        for endpoint in endpoints(World.REGION)
        for method, declared in endpoint.operations.items()
        if not declared.hidden
    }
    assert served - programme.succeeded == set()
    print(f"P11: {len(programme.succeeded)} of {len(served)} operations of the region succeeded and conform")
