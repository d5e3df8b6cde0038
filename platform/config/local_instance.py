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
