"""The secret key is replaced and nobody has to set up a phone again."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command

from core.accounts.adapters import MfaAdapter
from core.accounts.services.provision import create_account_with_totp
from core.authz import system_actor
from core.tenancy import region, school


def account(login: str, role: str) -> tuple[str, list[str]]:
    """Make an account of the current world; gives its TOTP secret and recovery codes."""
    made = create_account_with_totp(
        actor=system_actor("test"), login=login, name="Проверка", password="pass-word-1234", roles=[(role, "")]
    )
    codes = Authenticator.objects.get(user_id=made.user.pk, type="recovery_codes").wrap()
    assert isinstance(codes, RecoveryCodes)
    return made.totp_secret, codes.get_unused_codes()


def known(login: str) -> tuple[str, list[str]]:
    """What the database knows of an account's second factor under the present settings."""
    totp = Authenticator.objects.get(user__login=login, type="totp").wrap()
    codes = Authenticator.objects.get(user__login=login, type="recovery_codes").wrap()
    assert isinstance(totp, TOTP)
    return MfaAdapter().decrypt(totp.instance.data["secret"]), codes.get_unused_codes()


def test_second_factors_outlive_the_key(db, settings, school_a, school_b, capsys):
    with region():
        in_region = account("rotated-region", "region_admin")
    with school(school_a.schema):
        in_school = account("rotated-school", "director")
    former = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new-" * 20, [former]
    with region():
        assert known("rotated-region") == in_region
    call_command("reencrypt_second_factors")
    assert capsys.readouterr().out.endswith("second factors are under the present key\n")

    settings.SECRET_KEY_FALLBACKS = []
    with region():
        assert known("rotated-region") == in_region
    with school(school_a.schema):
        assert known("rotated-school") == in_school
    # Again changes nothing that anybody could notice.
    call_command("reencrypt_second_factors")
    with school(school_a.schema):
        assert known("rotated-school") == in_school


def test_an_unknown_key_is_named_and_nothing_changes(db, settings, school_a):
    with school(school_a.schema):
        account("kept", "director")
        before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "other" * 20
    with pytest.raises(CommandError, match=school_a.schema):
        call_command("reencrypt_second_factors")
    with school(school_a.schema):
        assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before
        with pytest.raises(InvalidToken):
            known("kept")
        settings.SECRET_KEY = former
        known("kept")
