"""The first administrator: made once, able to sign in, and made anew on the server."""

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from core.accounts.models import RoleGrant, User
from core.tenancy import region

pytestmark = pytest.mark.django_db


@pytest.fixture
def _nobody_yet(db: None) -> None:
    with region():
        RoleGrant.objects.filter(role="region_admin").delete()


def told(*options: str) -> dict[str, str]:
    """What the command answers."""
    out = StringIO()
    call_command("ensure_region_admin", "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


@pytest.mark.usefixtures("_nobody_yet")
def test_the_first_administrator_is_made_once() -> None:
    answer = told("--login", "first")
    assert (answer["role"], answer["login"]) == ("region_admin", "first")
    assert answer["host"].startswith("region.localhost")
    with region():
        user = User.objects.get(login="first")
        assert user.check_password(answer["password"])
        assert [(grant.role, grant.scope) for grant in user.grants.all()] == [("region_admin", "")]
        assert set(Authenticator.objects.filter(user=user).values_list("type", flat=True)) == {
            Authenticator.Type.TOTP,
            Authenticator.Type.RECOVERY_CODES,
        }
    assert len(answer["totp_secret"]) >= 16
    assert told("--login", "second") == {}
    with region():
        assert not User.objects.filter(login="second").exists()


@pytest.mark.usefixtures("_nobody_yet")
def test_a_local_instance_gets_a_token_that_opens_the_api(client_at) -> None:
    answer = told("--login", "first", "--token")
    sent = {"authorization": f"Bearer {answer['token']}"}
    got = client_at("region").get("/api/v1/me/", headers=sent)
    assert (got.status_code, got.json()["roles"]) == (200, [{"role": "region_admin", "scope": ""}])
    assert "token" not in told("--login", "first", "--token")


@pytest.mark.usefixtures("_nobody_yet")
def test_an_administrator_who_may_not_sign_in_does_not_count() -> None:
    told("--login", "first")
    with region():
        User.objects.filter(login="first").update(is_active=False)
    assert told("--login", "second")["login"] == "second"


@pytest.mark.usefixtures("_nobody_yet")
def test_a_lost_administrator_gets_back_in() -> None:
    before = told("--login", "first")
    after = told("--login", "first", "--renew")
    assert after["password"] != before["password"]
    assert after["totp_secret"] != before["totp_secret"]
    with region():
        assert User.objects.get(login="first").check_password(after["password"])


@pytest.mark.usefixtures("_nobody_yet")
def test_refusals() -> None:
    with region():
        User.objects.create_user(login="taken", name="Другой человек", password="x" * 12)
    with pytest.raises(CommandError, match="логин уже занят"):
        told("--login", "taken")
    with pytest.raises(CommandError, match="nobody here has the login"):
        told("--login", "absent", "--renew")
