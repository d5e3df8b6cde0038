"""Production refuses to start with a weak or shared secret, and passes Django's own deployment check."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings.secrets_check import require_strong_secrets

ROOT = Path(__file__).resolve().parents[2]
KEY = "vN8#kq2Lw5!zR7xT0pYb4mJc9dHf6gSa1uEoQiWnBvCxZlKj3"
PEPPER = "P1aQz8WsXe3DcRf5VtGb7YhNu2JmIk4LoAp9KzMxNcBvQwErTy"
GOOD = {
    "SECRET_KEY": KEY + "aa",
    "PERSON_KEY_PEPPER": PEPPER + "bb",
    "BASE_DOMAIN": "example.org",
    "DATABASE_URL": "postgresql://app:x@127.0.0.1:1/none",
}


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a management command under the production settings with exactly these secrets."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "VIRTUAL_ENV")}
    return subprocess.run(
        [sys.executable, "platform/manage.py", *command],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_is_clean():
    result = start("check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert result.returncode == 0, result.stdout + result.stderr


BAD = {
    "no key": {"SECRET_KEY": ""},
    "a short key": {"SECRET_KEY": "short"},
    "a monotonous key": {"SECRET_KEY": "a" * 60},
    "no pepper": {"PERSON_KEY_PEPPER": ""},
    "a pepper equal to the key": {"PERSON_KEY_PEPPER": GOOD["SECRET_KEY"]},
    "the tests' pepper": {"PERSON_KEY_PEPPER": "test-only-" + "p" * 50},
    "the demo's pepper": {"PERSON_KEY_PEPPER": "demo-" + PEPPER},
    "another installation's pepper": {"PEPPER_FINGERPRINT": hashlib.sha256(b"ours").hexdigest()},
    "debug": {"DEBUG": "true"},
}


@pytest.mark.parametrize("case", BAD)
def test_production_refuses_a_bad_secret(case: str, monkeypatch: pytest.MonkeyPatch):
    given = {**GOOD, **BAD[case]}
    for name in ("DEBUG", "PEPPER_FINGERPRINT"):
        monkeypatch.delenv(name, raising=False)
        if name in given:
            monkeypatch.setenv(name, given[name])
    with pytest.raises(ImproperlyConfigured):
        require_strong_secrets(secret_key=given["SECRET_KEY"], pepper=given["PERSON_KEY_PEPPER"])


def test_production_does_not_start_with_one():
    result = start("check", **{**GOOD, "PERSON_KEY_PEPPER": GOOD["SECRET_KEY"]})
    assert result.returncode != 0
    assert "PERSON_KEY_PEPPER must differ from SECRET_KEY" in result.stderr


def test_the_regions_own_pepper_is_accepted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DEBUG", raising=False)
    monkeypatch.setenv("PEPPER_FINGERPRINT", hashlib.sha256(GOOD["PERSON_KEY_PEPPER"].encode()).hexdigest())
    require_strong_secrets(secret_key=GOOD["SECRET_KEY"], pepper=GOOD["PERSON_KEY_PEPPER"])


def test_production_refuses_the_secrets_of_a_local_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from deploy.launch.instance import secrets_of

    monkeypatch.delenv("DEBUG", raising=False)
    monkeypatch.delenv("PEPPER_FINGERPRINT", raising=False)
    drawn = secrets_of(tmp_path)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is one of the demo's"):
        require_strong_secrets(secret_key=drawn.secret_key, pepper=GOOD["PERSON_KEY_PEPPER"])
    with pytest.raises(ImproperlyConfigured, match="PERSON_KEY_PEPPER is one of the demo's"):
        require_strong_secrets(secret_key=GOOD["SECRET_KEY"], pepper=drawn.person_key_pepper)
