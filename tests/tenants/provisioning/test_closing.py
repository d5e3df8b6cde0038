"""Closing with handover: announced, finished by the school, closed when its archive is taken; its accounts end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.accounts.models import ApiToken, Invitation, User
from core.accounts.tasks import end_accounts
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor
from core.events.models import Outbox
from core.tenancy import region, school
from tenants.provisioning.closing import announce_closing, call_off_closing
from tenants.provisioning.errors import DayError, NotHandedOverError, ReasonMissingError
from tenants.provisioning.models import Archive
from tenants.provisioning.services import change_state
from tenants.registry.errors import StateError
from tenants.registry.models import School, StateChange
from tenants.registry.routing import school_route
from tests.support.accounts import make_user, sign_in
from tests.support.seeds import seed_all
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
CLOSED = School.State.CLOSED


@pytest.fixture
def admin():
    with region():
        return load_actor(make_user("region_admin"))


def announced(admin, **more):
    day = more.pop("day", timezone.localdate() + timedelta(days=30))
    with region():
        return announce_closing(actor=admin, school_id=SCHOOL_A.id, day=day, reason=more.pop("reason", "реорганизация"))


def taken(made_at) -> None:
    Archive.objects.create(
        school_schema=SCHOOL_A.schema,
        state=Archive.State.READY,
        asked_at=made_at,
        made_at=made_at,
        taken_at=made_at,
        expires_at=made_at,
    )


def test_a_school_closes_when_its_archive_is_taken(admin):
    close = {"actor": admin, "school_id": SCHOOL_A.id, "state": CLOSED, "reason": "приказ"}
    with region():
        with pytest.raises(StateError):
            change_state(**close)
        taken(timezone.now())  # before the announcement: what was done since is not in it
    announced(admin)
    assert school_route(SCHOOL_A.code).closing_on is not None
    with region():
        with pytest.raises(NotHandedOverError):
            change_state(**close)
        taken(timezone.now())
        assert change_state(**close).state == CLOSED
        assert StateChange.objects.get().reason == "приказ"
        assert Outbox.objects.filter(task=end_accounts.name, school_schema=SCHOOL_A.schema).count() == 1
        acts = set(AuditRecord.objects.values_list("action", flat=True))
        assert {"school.closing_announced", "school.closed"} <= acts
    assert school_route(SCHOOL_A.code) is None


@pytest.mark.parametrize(("state", "tasks"), [("creating", 0), ("restoring", 0), ("suspended", 1)])
def test_only_a_school_that_has_worked_has_accounts_to_end(admin, state, tasks):
    with region():
        School.objects.filter(pk=SCHOOL_A.id).update(state=state)
        change_state(actor=admin, school_id=SCHOOL_A.id, state=CLOSED, reason="приказ")
        assert Outbox.objects.filter(task=end_accounts.name).count() == tasks


def test_without_an_archive_only_by_a_word(admin):
    announced(admin)
    with region():
        close = {"actor": admin, "school_id": SCHOOL_A.id, "state": CLOSED, "reason": "приказ"}
        assert change_state(**close, without_archive=True).state == CLOSED


def test_suspending_first_is_no_way_past_the_handover(admin, client_at):
    announced(admin)
    close = {"actor": admin, "school_id": SCHOOL_A.id, "state": CLOSED, "reason": "приказ"}
    with region():
        change_state(**close | {"state": School.State.SUSPENDED})
        with pytest.raises(NotHandedOverError, match="Возобновите работу школы"):
            change_state(**close)
    client = sign_in(client_at, "region", "region_admin")
    here = f"/schools/{SCHOOL_A.id}/state/close/"
    assert 'name="without_archive"' in client.get(here).content.decode()
    assert "Возобновите работу школы" in client.post(here, {"reason": "приказ"}).content.decode()
    state = f"/api/v1/schools/{SCHOOL_A.id}/state/"
    body = {"state": "closed", "reason": "приказ"}
    refused = client.put(state, body, content_type="application/json")
    assert (refused.status_code, "Возобновите работу школы" in refused.content.decode()) == (409, True)
    assert client.put(state, body | {"without_archive": True}, content_type="application/json").status_code == 200
    with region():
        assert School.objects.get(pk=SCHOOL_A.id).state == CLOSED


def test_a_suspended_school_whose_archive_is_taken_closes(admin):
    announced(admin)
    close = {"actor": admin, "school_id": SCHOOL_A.id, "state": CLOSED, "reason": "приказ"}
    with region():
        taken(timezone.now())
        change_state(**close | {"state": School.State.SUSPENDED})
        assert change_state(**close).state == CLOSED


def test_refusals_and_calling_off(admin):
    for wrong, kind in (
        ({"day": timezone.localdate() - timedelta(days=1)}, DayError),
        ({"reason": " "}, ReasonMissingError),
    ):
        with pytest.raises(kind):
            announced(admin, **wrong)
    with region():
        operator = load_actor(make_user("region_operator"))
    with pytest.raises(RefusedError):
        announced(operator)
    with region():
        assert School.objects.get(pk=SCHOOL_A.id).closing_on is None
    announced(admin)
    with region():
        back = call_off_closing(actor=admin, school_id=SCHOOL_A.id)
        assert (back.closing_on, back.closing_reason, back.closing_announced_at) == (None, "", None)
        with pytest.raises(StateError):
            change_state(actor=admin, school_id=SCHOOL_A.id, state=CLOSED, reason="приказ")
        School.objects.filter(pk=SCHOOL_A.id).update(state=School.State.SUSPENDED)
    with pytest.raises(StateError):
        announced(admin)


def test_the_accounts_of_a_closed_school_end_and_no_other():
    seed_all()
    for place in (SCHOOL_A, SCHOOL_B):
        with school(place.schema):
            make_user("director")
    end_accounts.apply(headers={"school": SCHOOL_A.schema}).get()
    with school(SCHOOL_A.schema):
        assert not User.objects.filter(is_active=True).exists()
        assert not ApiToken.objects.filter(revoked_at=None).exists()
        assert not Invitation.objects.usable().exists()
        assert AuditRecord.objects.get().details == {"accounts": 2}
    end_accounts.apply(headers={"school": SCHOOL_A.schema}).get()
    with school(SCHOOL_A.schema):
        assert AuditRecord.objects.count() == 1
    with school(SCHOOL_B.schema):
        assert User.objects.filter(is_active=True).count() == 2
        assert ApiToken.objects.filter(revoked_at=None).exists()


def test_the_director_sees_what_is_left(admin, client_at):
    director = sign_in(client_at, SCHOOL_A, "director")
    coordinator = sign_in(client_at, SCHOOL_A, "coordinator")
    assert "Школа закрывается" not in director.get("/").content.decode()
    school_ = announced(admin)
    day = f"{school_.closing_on:%d.%m.%Y}"
    assert f"Школа закрывается {day}" in director.get("/").content.decode()
    assert "Школа закрывается" not in coordinator.get("/").content.decode()
    page = director.get("/closing/").content.decode()
    assert all(words in page for words in (day, "реорганизация", "Не забран", "Осталось: 1"))
    assert coordinator.get("/closing/").status_code == 403


def test_the_region_announces_and_closes_on_its_pages(client_at):
    client = sign_in(client_at, "region", "region_admin")
    here = f"/schools/{SCHOOL_A.id}"
    assert client.post(f"{here}/closing/", {"day": "01.01.2020", "reason": "приказ"}).status_code == 200
    assert client.post(f"{here}/closing/", {"day": "31.08.2099", "reason": "приказ"}).status_code == 302
    assert "Школа закрывается 31.08.2099" in client.get(f"{here}/").content.decode()
    refused = client.post(f"{here}/state/close/", {"reason": "приказ"})
    assert "ещё не забрал архив" in refused.content.decode()
    assert client.post(f"{here}/closing/off/").status_code == 302
    client.post(f"{here}/closing/", {"day": "31.08.2099", "reason": "приказ"})
    assert client.post(f"{here}/state/close/", {"reason": "приказ", "without_archive": "on"}).status_code == 302
    with region():
        assert School.objects.get(pk=SCHOOL_A.id).state == CLOSED
