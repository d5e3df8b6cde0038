"""The region lets somebody into a school by orders: codes unknown to itself, resets by two, doors that close again."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.accounts.models import Invitation, User
from core.accounts.services.grants import set_active
from core.accounts.services.invitations import accept_invitation, usable_invitation
from core.accounts.services.second_factor import has_second_factor
from core.accounts.tasks import deliver_invitation, reset_director
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor
from core.events.models import Outbox
from core.tenancy import nowhere, region, school
from tenants.access.models import AccessOrder
from tenants.access.services import (
    AccessError,
    confirm_director_reset,
    invite_to_school,
    open_temporary_access,
    request_director_reset,
)
from tenants.registry.models import School
from tests.support.accounts import make_user, sign_in, totp_code
from tests.support.world import SCHOOL_A, SCHOOL_B

TASKS = {task.name: task for task in (deliver_invitation, reset_director)}
NEW = "придуманный-пароль-8"


@contextmanager
def _as(role, world=region):
    with world():
        yield load_actor(make_user(role))


def _run_outbox(times=1):
    """Carry out what stands in the outbox, as the worker does, and as often as a broker may deliver it."""
    with region():
        rows = list(Outbox.objects.all())
        Outbox.objects.all().delete()
    for row in rows:
        for _ in range(times):
            with nowhere():
                TASKS[row.task].apply(kwargs=row.payload, headers={"school": row.school_schema}, throw=True)
    return rows


def test_the_region_invites_a_director_and_keeps_no_code(db):
    with _as("region_admin") as admin:
        issued = invite_to_school(actor=admin, school_id=SCHOOL_A.id, role="director")
        kept = [list(model.objects.values()) for model in (AccessOrder, Outbox, AuditRecord)]
    digits = issued.code.replace("-", "")
    assert issued.code not in str(kept)
    assert digits not in str(kept)
    assert len(_run_outbox(times=3)) == 1
    with school(SCHOOL_B.schema):
        assert Invitation.objects.count() == 0
    with school(SCHOOL_A.schema):
        assert Invitation.objects.count() == 1
        invitation = usable_invitation(issued.code)
        user = accept_invitation(invitation_id=invitation.pk, login="chief", password=NEW, name="Директор Школы")
        assert (user.name, load_actor(user).has_role("director")) == ("Директор Школы", True)
    assert _run_outbox() == []


def test_a_second_delivery_after_use_does_not_open_the_code_again(db):
    with _as("region_admin") as admin:
        issued = invite_to_school(actor=admin, school_id=SCHOOL_A.id, role="coordinator")
        row = Outbox.objects.get()
    _run_outbox()
    with school(SCHOOL_A.schema):
        accept_invitation(
            invitation_id=usable_invitation(issued.code).pk, login="coordinator", password=NEW, name="Кто-то"
        )
    deliver_invitation.apply(kwargs=row.payload, headers={"school": row.school_schema}, throw=True)
    with school(SCHOOL_A.schema):
        assert list(Invitation.objects.usable()) == []


@pytest.mark.parametrize("role", ["region_operator", "district_specialist"])
def test_only_an_administrator_gives_orders(db, role):
    with _as(role) as actor:
        for act in (
            lambda: invite_to_school(actor=actor, school_id=SCHOOL_A.id, role="director"),
            lambda: open_temporary_access(actor=actor, school_id=SCHOOL_A.id, reason="надо", hours=1),
            lambda: request_director_reset(actor=actor, school_id=SCHOOL_A.id, login="chief", reason="надо"),
        ):
            with pytest.raises(RefusedError):
                act()
        assert (AccessOrder.objects.count(), Outbox.objects.count()) == (0, 0)


def test_other_roles_and_schools_that_do_not_work_are_refused(db):
    with _as("region_admin") as admin:
        for role in ("mentor", "curator", "region_admin"):
            with pytest.raises(AccessError, match="директора и координатора"):
                invite_to_school(actor=admin, school_id=SCHOOL_A.id, role=role)
        School.objects.filter(pk=SCHOOL_A.id).update(state=School.State.SUSPENDED)
        with pytest.raises(AccessError, match="не работает"):
            invite_to_school(actor=admin, school_id=SCHOOL_A.id, role="director")
        assert (AccessOrder.objects.count(), Outbox.objects.count()) == (0, 0)


def test_a_directors_factor_is_reset_by_two_administrators(db):
    with school(SCHOOL_A.schema):
        chief, other = make_user("director", login="chief"), make_user("director", login="deputy")
    with region():
        first, second = load_actor(make_user("region_admin")), load_actor(make_user("region_admin"))
        order = request_director_reset(actor=first, school_id=SCHOOL_A.id, login=" Chief ", reason="потерян телефон")
        with pytest.raises(RefusedError, match="другой администратор"):
            confirm_director_reset(actor=first, order_id=order.pk)
        assert Outbox.objects.count() == 0
        confirm_director_reset(actor=second, order_id=order.pk)
        with pytest.raises(RefusedError, match="не ждёт"):
            confirm_director_reset(actor=second, order_id=order.pk)
        row = Outbox.objects.get()
    _run_outbox()
    with school(SCHOOL_A.schema):
        assert (has_second_factor(chief.pk), has_second_factor(other.pk)) == (False, True)
        from allauth.mfa.totp.internal.auth import TOTP

        TOTP.activate(chief, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    # A late repetition does not take off the new factor.
    reset_director.apply(kwargs=row.payload, headers={"school": row.school_schema}, throw=True)
    with school(SCHOOL_A.schema):
        assert has_second_factor(chief.pk)
        assert AuditRecord.objects.filter(action="second_factor.reset_by_region").count() == 1


def test_the_regions_order_touches_directors_only(db):
    with school(SCHOOL_A.schema):
        coordinator = make_user("coordinator", login="not-a-director")
    with region():
        first, second = load_actor(make_user("region_admin")), load_actor(make_user("region_admin"))
        order = request_director_reset(actor=first, school_id=SCHOOL_A.id, login="not-a-director", reason="просит")
        confirm_director_reset(actor=second, order_id=order.pk)
    _run_outbox()
    with school(SCHOOL_A.schema):
        assert has_second_factor(coordinator.pk)


def test_an_order_is_confirmed_within_a_day(db):
    with region():
        first, second = load_actor(make_user("region_admin")), load_actor(make_user("region_admin"))
        order = request_director_reset(actor=first, school_id=SCHOOL_A.id, login="chief", reason="потерян телефон")
        AccessOrder.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(RefusedError, match="Срок"):
            confirm_director_reset(actor=second, order_id=order.pk)
        assert Outbox.objects.count() == 0


def test_temporary_access_ends_by_itself_and_by_the_director(db, client_at):
    with _as("region_admin") as admin:
        for reason, hours in (("", 1), ("надо", 0), ("надо", 9)):
            with pytest.raises(AccessError):
                open_temporary_access(actor=admin, school_id=SCHOOL_A.id, reason=reason, hours=hours)
        issued = open_temporary_access(actor=admin, school_id=SCHOOL_A.id, reason="не загружается файл", hours=2)
    _run_outbox()
    with school(SCHOOL_A.schema):
        invitation = usable_invitation(issued.code)
        assert invitation.reason == "не загружается файл"
        assert AuditRecord.objects.filter(action="temporary_access.opened", actor_label="region").count() == 1
        guest = accept_invitation(invitation_id=invitation.pk, login="guest", password=NEW, name="Гость")
        visitor = load_actor(guest)
        assert visitor.has("people.view")
        assert not visitor.has("orders.approve")
        director = load_actor(make_user("director"))
        set_active(actor=director, user_id=guest.pk, is_active=False)
        assert not User.objects.get(pk=guest.pk).is_in_force()
        set_active(actor=director, user_id=guest.pk, is_active=True)
        later = timezone.now() + timedelta(hours=2, seconds=1)
        assert not User.objects.get(pk=guest.pk).is_in_force(later)
        guest.grants.update(expires_at=timezone.now())
        assert load_actor(guest).grants == ()


# --- pages ------------------------------------------------------------------------------------------------------


def test_from_the_regions_page_to_the_directors_first_page(db, client_at):
    admin = sign_in(client_at, "region", "region_admin")
    page = admin.get(f"/access/invite/?school={SCHOOL_A.id}").content.decode()
    assert f'value="{SCHOOL_A.id}" selected' in page
    html = admin.post("/access/invite/", {"school": str(SCHOOL_A.id), "role": "director"}).content.decode()
    code = re.search(r"<code>(\d{4}-\d{4}-\d{4})</code>", html)[1]
    assert "http://sch-a.localhost/invite/" in html
    assert code not in admin.get("/access/").content.decode()
    _run_outbox()
    client = client_at("sch-a")
    assert client.post("/invite/", {"code": code})["Location"] == "/invite/account/"
    answers = {"name": "Директор Школы", "login": "chief", "password1": NEW, "password2": NEW}
    assert client.post("/invite/account/", answers)["Location"] == "/"
    assert client.get("/staff/")["Location"] == "/accounts/second-factor/set-up/"


def test_a_reset_on_the_pages_needs_the_second_administrator(db, client_at):
    first, second = (sign_in(client_at, "region", "region_admin") for _ in range(2))
    answers = {"school": str(SCHOOL_A.id), "login": "chief", "reason": "потерян телефон"}
    assert first.post("/access/reset/", answers)["Location"] == "/access/"
    with region():
        order = AccessOrder.objects.get()
    at = f"/access/reset/{order.pk}/confirm/"
    assert at not in first.get("/access/").content.decode()
    refused = first.post(at)
    assert refused.status_code == 403
    assert "другой администратор" in refused.content.decode()
    assert at in second.get("/access/").content.decode()
    assert second.post(at)["Location"] == "/access/"
    assert len(_run_outbox()) == 1


def test_temporary_access_on_the_pages(db, client_at):
    admin = sign_in(client_at, "region", "region_admin")
    answers = {"school": str(SCHOOL_A.id), "reason": "не загружается файл", "hours": "2"}
    assert "Код приглашения" in admin.post("/access/temporary/", answers).content.decode()
    assert "не загружается файл" in admin.get("/access/").content.decode()
    assert admin.post("/access/temporary/", answers | {"hours": "99"}).status_code == 200
    with region():
        assert AccessOrder.objects.count() == 1


@pytest.mark.parametrize("role", ["region_operator", "district_specialist"])
def test_the_pages_are_closed_to_others(db, client_at, role):
    client = sign_in(client_at, "region", role)
    for path in ("", "invite/", "temporary/", "reset/"):
        assert client.get(f"/access/{path}").status_code == 403


def test_a_school_has_no_such_pages(db, client_at):
    client = sign_in(client_at, SCHOOL_A, "director")
    assert client.get("/access/").status_code == 404


# --- commands ---------------------------------------------------------------------------------------------------


def _made(capsys, *arguments):
    call_command(*arguments)
    return json.loads(capsys.readouterr().out)


def test_a_command_makes_an_account_that_signs_in(db, capsys, client_at):
    made = _made(capsys, "create_account", "--host", "sch-a", "--role", "director", "--login", "chief")
    assert (made["role"], made["host"], made["login"]) == ("director", "sch-a.localhost", "chief")
    client = client_at("sch-a")
    client.post("/accounts/login/", {"login": "chief", "password": made["password"]})
    code = totp_code(made["totp_secret"])
    assert client.post("/accounts/second-factor/enter/", {"code": code})["Location"] == "/"
    assert client.get("/staff/").status_code == 200


def test_a_command_refuses_what_it_cannot_do(db, capsys):
    _made(capsys, "create_account", "--host", "sch-a", "--role", "mentor", "--login", "first")
    for host, role, login in (
        ("sch-a", "mentor", "FIRST"),
        ("sch-a", "region_admin", "x1"),
        ("sch-a", "curator", "x2"),
        ("sch-zzz", "mentor", "x3"),
        ("region", "director", "x4"),
    ):
        with pytest.raises(CommandError) as refused:
            call_command("create_account", "--host", host, "--role", role, "--login", login)
        assert refused.value.returncode == 2
    with school(SCHOOL_A.schema):
        assert User.objects.filter(login__startswith="x").count() == 0


def test_a_command_renews_a_known_login(db, capsys, client_at):
    made = _made(capsys, "create_account", "--host", "region", "--role", "region_admin", "--login", "admin")
    again = _made(capsys, "create_account", "--host", "region", "--role", "region_admin", "--login", "admin", "--renew")
    assert again["login"] == made["login"]
    assert again["password"] != made["password"]
    assert again["totp_secret"] != made["totp_secret"]
    client = client_at("region")
    refused = client.post("/accounts/login/", {"login": "admin", "password": made["password"]})
    assert refused.status_code == 200
    assert client.post("/accounts/login/", {"login": "admin", "password": again["password"]}).status_code == 302
