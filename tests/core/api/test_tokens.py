"""Tokens: of one host and of some roles, shown once, ended at once; refused means that nothing changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.accounts.errors import TokenError
from core.accounts.models import ApiToken, RoleGrant, User
from core.accounts.services.tokens import issue_token, revoke_token
from core.audit.models import AuditRecord
from core.authz import RefusedError, load_actor, system_actor
from core.tenancy import region, school
from tests.support.accounts import make_user, sign_in, token_for, world_at
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("home", ["sch-a", "region"])
def test_a_token_opens_its_own_host_alone(client_at, home):
    role = "region_admin" if home == "region" else "director"
    secret = token_for(home, role)
    # The other worlds hold the very same row: what differs is the key of the hash.
    with world_at(home):
        stored = ApiToken.objects.select_related("user").get(title="Проверка")
        fields = {name: getattr(stored, name) for name in ("id", "title", "token_hash", "roles", "expires_at")}
        user_id = stored.user_id
    for label in ("sch-a", "sch-b", "region"):
        if label != home:
            with world_at(label):
                user = make_user("region_admin" if label == "region" else "director", id=user_id)
                ApiToken.objects.create(user=user, created_at=timezone.now(), **fields)
        status = client_at(label).get(ME, headers=bearer(secret)).status_code
        assert status == (200 if label == home else 401), label


def test_a_token_has_the_roles_it_was_given(client_at):
    with school(SCHOOL_A.schema):
        user = make_user("director")
        RoleGrant.objects.create(user=user, role="mentor")
        secret = issue_token(actor=load_actor(user), title="т", roles=[("mentor", "")], days=1).secret
    client = client_at("sch-a")
    assert client.get(ME, headers=bearer(secret)).json()["roles"] == [{"role": "mentor", "scope": ""}]
    refused = client.get("/api/v1/staff/", headers=bearer(secret))
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    assert client.get("/api/v1/staff/", headers=bearer(token_for("sch-a", "director"))).status_code == 200


def test_a_role_that_is_taken_leaves_the_token(client_at):
    secret = token_for("sch-a", "coordinator", login="koord-1")
    assert client_at("sch-a").get("/api/v1/staff/", headers=bearer(secret)).status_code == 200
    with school(SCHOOL_A.schema):
        RoleGrant.objects.filter(user__login="koord-1").delete()
    assert client_at("sch-a").get("/api/v1/staff/", headers=bearer(secret)).status_code == 403


ENDS = {
    "revoked": lambda token: ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now()),
    "out of date": lambda token: ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now()),
    "account closed": lambda token: User.objects.filter(pk=token.user_id).update(is_active=False),
    "second factor gone": lambda token: token.user.authenticator_set.all().delete(),
}


@pytest.mark.parametrize("end", ENDS)
def test_an_ended_token_opens_nothing(client_at, end):
    secret = token_for("sch-a", "director")
    assert client_at("sch-a").get(ME, headers=bearer(secret)).status_code == 200
    with school(SCHOOL_A.schema):
        ENDS[end](ApiToken.objects.get(title="Проверка"))
    response = client_at("sch-a").get(ME, headers=bearer(secret))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "not_authenticated"


def test_nobody_gives_more_than_he_has(in_school):
    in_school(SCHOOL_A)
    coordinator = load_actor(make_user("coordinator"))
    for roles in ([("director", "")], [("coordinator", ""), ("director", "")], [("coordinator", "x")], []):
        with pytest.raises(TokenError):
            issue_token(actor=coordinator, title="т", roles=roles, days=5)
    with pytest.raises(RefusedError):
        issue_token(actor=load_actor(make_user("mentor")), title="т", roles=[("mentor", "")], days=5)
    temporary = make_user(None)
    RoleGrant.objects.create(user=temporary, role="director", expires_at=timezone.now() + timedelta(hours=2))
    with pytest.raises(RefusedError):
        issue_token(actor=load_actor(temporary), title="т", roles=[("director", "")], days=5)
    assert not ApiToken.objects.filter(title="т").exists()
    issued = issue_token(actor=coordinator, title="т", roles=[("coordinator", "")], days=5)
    assert issued.secret not in str(ApiToken.objects.filter(pk=issued.token.pk).values().get())
    assert AuditRecord.objects.filter(action="token.issued", object_id=str(issued.token.pk)).count() == 1


def test_a_command_issues_for_somebody_with_his_own_roles_alone(in_school):
    in_school(SCHOOL_A)
    curator = make_user("curator", "teacher-pupil")
    demo = system_actor("demo")
    with pytest.raises(TokenError):
        issue_token(actor=demo, owner=curator, title="т", roles=[("director", "")], days=5)
    with pytest.raises(RefusedError):
        issue_token(actor=demo, title="т", roles=[("director", "")], days=5)
    token = issue_token(actor=demo, owner=curator, title="т", roles=[("curator", "teacher-pupil")], days=5).token
    assert token.user_id == curator.pk


def test_a_coordinator_does_not_end_a_directors_token(in_school):
    in_school(SCHOOL_A)
    director, coordinator = load_actor(make_user("director")), load_actor(make_user("coordinator"))
    token = issue_token(actor=director, title="т", roles=[("director", "")], days=5).token
    with pytest.raises(RefusedError):
        revoke_token(actor=coordinator, token_id=token.pk)
    assert ApiToken.objects.get(pk=token.pk).is_in_force()
    revoke_token(actor=director, token_id=token.pk)
    assert not ApiToken.objects.get(pk=token.pk).is_in_force()


def test_the_page_shows_a_token_once(client_at):
    client = sign_in(client_at, "sch-a", "director")
    page = client.post("/account/tokens/new/", {"title": "Журнал", "roles": ["director:"], "days": "30"})
    assert page.status_code == 200
    secret = page.content.decode().split("<code>")[1].split("</code>")[0]
    assert client_at("sch-a").get(ME, headers=bearer(secret)).status_code == 200
    listing = client.get("/account/tokens/").content.decode()
    assert "Журнал" in listing
    assert secret not in listing
    with school(SCHOOL_A.schema):
        token = ApiToken.objects.get(title="Журнал")
        assert token.last_used_at is not None
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert client_at("sch-a").get(ME, headers=bearer(secret)).status_code == 401


def test_a_token_issued_by_a_token_does_not_outlive_it(client_at):
    secret = token_for("sch-a", "director", days=3)
    body = {"title": "Внук", "roles": [{"role": "director"}], "days": 300}
    made = client_at("sch-a").post("/api/v1/tokens/", body, content_type="application/json", headers=bearer(secret))
    assert made.status_code == 201, made.content
    with school(SCHOOL_A.schema):
        parent, child = ApiToken.objects.get(title="Проверка"), ApiToken.objects.get(title="Внук")
        assert child.expires_at == parent.expires_at


def test_pages_do_not_take_tokens(client_at):
    secret = token_for("sch-a", "director")
    assert client_at("sch-a").get("/staff/", headers=bearer(secret)).status_code == 302


def test_the_other_school_and_the_region_hold_nothing_of_it(client_at):
    token_for("sch-a", "director")
    with school(SCHOOL_B.schema):
        assert not ApiToken.objects.filter(title="Проверка").exists()
    with region():
        assert not ApiToken.objects.filter(title="Проверка").exists()
