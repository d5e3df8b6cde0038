"""Archives of the whole school hold everybody: none made before a destruction is kept after it."""

from __future__ import annotations

from core.tenancy import require_school, shared
from tenants.provisioning.archive.terms import forget, hold_archives
from tenants.provisioning.models import Archive

_State = Archive.State


def forget_archives() -> int:
    """Forget the archives of the current school, one in the making too; return how many.

    In a transaction that destroys: until its end nobody can ask for a new one.
    """
    with shared():
        hold_archives(require_school())
        return forget(Archive.objects.filter(state__in=(_State.ASKED, _State.READY)))
