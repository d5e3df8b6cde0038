"""``creating → ready → suspended → closed``: every move and every refusal, and what a former host answers."""

from __future__ import annotations

import time

import pytest
from django.core.exceptions import ValidationError

from config.settings import base
from core.audit.models import AuditRecord
from core.events.models import Outbox
from core.tenancy import region
from tenants.provisioning import services
from tenants.provisioning.errors import CodeTakenError, ReasonMissingError
from tenants.registry import routing
from tenants.registry.errors import StateError
from tenants.registry.models import Domain, School, StateChange

State = School.State
ALLOWED = {
    (State.CREATING, State.CLOSED),
    (State.RESTORING, State.CLOSED),
    (State.READY, State.SUSPENDED),
    (State.SUSPENDED, State.READY),
    (State.SUSPENDED, State.CLOSED),
}


@pytest.fixture(autouse=True)
def _in_region(db):
    with region():
        yield


def a_school(school_a, state):
    School.objects.filter(pk=school_a.id).update(state=state)
    return School.objects.get(pk=school_a.id)


@pytest.mark.parametrize("now", State)
@pytest.mark.parametrize("then", State)
def test_every_move_is_allowed_or_refused(actor, school_a, now, then):
    row = a_school(school_a, now)
    move = {"actor": actor, "school_id": row.pk, "state": then, "reason": "ремонт"}
    if (now, then) in ALLOWED:
        assert services.change_state(**move).state == then
        assert list(StateChange.objects.values_list("state", "reason", "by_id")) == [(then, "ремонт", actor.pk)]
        audit = AuditRecord.objects.get(action=f"school.{then.value}")
        assert audit.details == {"from": now.value, "to": then.value}
    else:
        with pytest.raises(StateError):
            services.change_state(**move)
        assert School.objects.get(pk=row.pk).state == now
        assert not StateChange.objects.exists()
        assert not AuditRecord.objects.exists()


@pytest.mark.parametrize("state", [State.SUSPENDED, State.CLOSED])
def test_stopping_a_school_needs_a_reason(actor, school_a, state):
    before = {State.SUSPENDED: State.READY, State.CLOSED: State.SUSPENDED}[state]
    row = a_school(school_a, before)
    with pytest.raises(ReasonMissingError):
        services.change_state(actor=actor, school_id=row.pk, state=state, reason="  ")
    assert School.objects.get(pk=row.pk).state == before


def test_creating_is_one_row_one_task_one_record(actor):
    row = services.create_school(actor=actor, code="new-1", title="Новая", district=None)
    assert row.state == State.CREATING
    assert Domain.objects.get(domain="new-1").tenant_id == row.pk
    assert Outbox.objects.get().payload == {"school_id": str(row.pk)}
    assert AuditRecord.objects.get().action == "school.created"


@pytest.mark.parametrize("code", ["sch-a", "region"])
def test_a_code_in_use_is_refused(actor, code):
    with pytest.raises(CodeTakenError):
        services.create_school(actor=actor, code=code, title="Другая", district=None)
    assert School.objects.count() == 2
    assert not Outbox.objects.exists()


@pytest.mark.parametrize("code", ["A", "школа", "-x", "a" * 31, "a.b", "a_b", ""])
def test_a_code_that_cannot_be_a_host_is_refused(actor, code):
    with pytest.raises(ValidationError):
        services.create_school(actor=actor, code=code, title="Другая", district=None)
    assert School.objects.count() == 2


@pytest.mark.parametrize("state", [State.CREATING, State.SUSPENDED, State.CLOSED])
def test_only_ready_is_routable(actor, client_at, school_a, school_b, state):
    a_school(school_a, state)
    answer = client_at(school_a.code).get("/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert school_a.title not in answer.content.decode()
    assert routing.school_route(school_b.code).schema_name == school_b.schema


def test_another_process_forgets_a_suspended_school_in_five_seconds(monkeypatch, settings, school_a):
    settings.ROUTES_REMEMBERED_SECONDS = base.ROUTES_REMEMBERED_SECONDS
    assert settings.ROUTES_REMEMBERED_SECONDS == 5
    assert routing.school_route(school_a.code) is not None
    a_school(school_a, State.SUSPENDED)
    assert routing.school_route(school_a.code) is not None
    real = time.monotonic
    monkeypatch.setattr(routing.time, "monotonic", lambda: real() + 5.1)
    assert routing.school_route(school_a.code) is None


def test_a_renamed_school_is_found_by_its_new_code_and_led_to_from_every_old_one(actor, client_at, school_a):
    services.rename_school(actor=actor, school_id=school_a.id, code="lyceum-1")
    services.rename_school(actor=actor, school_id=school_a.id, code="lyceum-2")
    assert routing.school_route("lyceum-2").schema_name == school_a.schema
    for former in (school_a.code, "lyceum-1"):
        answer = client_at(former).get("/people/?q=%D1%91")
        assert answer.status_code == 302
        assert answer["Location"] == "http://lyceum-2.localhost/people/?q=%D1%91"
    audits = AuditRecord.objects.filter(action="school.renamed").order_by("at")
    assert [audit.details for audit in audits] == [
        {"from": "sch-a", "to": "lyceum-1"},
        {"from": "lyceum-1", "to": "lyceum-2"},
    ]


def test_a_school_takes_back_its_own_former_code_but_nobody_elses(actor, school_a, school_b):
    services.rename_school(actor=actor, school_id=school_a.id, code="lyceum-1")
    with pytest.raises(CodeTakenError):
        services.rename_school(actor=actor, school_id=school_b.id, code="sch-a")
    with pytest.raises(CodeTakenError):
        services.create_school(actor=actor, code="sch-a", title="Другая", district=None)
    services.rename_school(actor=actor, school_id=school_a.id, code="sch-a")
    primary = Domain.objects.filter(tenant_id=school_a.id).order_by("domain").values_list("domain", "is_primary")
    assert list(primary) == [("lyceum-1", False), ("sch-a", True)]
    assert School.objects.get(pk=school_b.id).code == "sch-b"


def test_a_closed_school_keeps_its_code(actor, school_a):
    a_school(school_a, State.CLOSED)
    with pytest.raises(StateError):
        services.rename_school(actor=actor, school_id=school_a.id, code="lyceum-1")


def test_the_same_code_again_is_no_act(actor, school_a):
    services.rename_school(actor=actor, school_id=school_a.id, code="sch-a")
    assert not AuditRecord.objects.exists()
