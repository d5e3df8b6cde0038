"""A local instance's description follows the list of schools. Only in a checkout: the launcher is not in the wheel."""

from __future__ import annotations

import os
from pathlib import Path

from core.tenancy import region
from tenants.registry.models import School


def rewrite_schools() -> None:
    """Rewrite the schools in the ``instance.json`` of ``MENTORING_HOME``; nothing without such an instance."""
    from deploy.launch.instance import FILE, set_schools

    home = os.environ.get("MENTORING_HOME")
    if not home or not (Path(home) / FILE).exists():
        return
    with region():
        codes = list(School.objects.filter(state=School.State.READY).values_list("code", flat=True))
    set_schools(Path(home), codes)


def record_new_account(*, role: str, host: str, login: str, password: str, totp_secret: str | None) -> None:
    """Add an account to the ``instance.json`` of ``MENTORING_HOME``; nothing without such an instance."""
    from deploy.launch.instance import FILE, record_account

    home = os.environ.get("MENTORING_HOME")
    if home and (Path(home) / FILE).exists():
        record_account(Path(home), role=role, host=host, login=login, password=password, totp_secret=totp_secret)
