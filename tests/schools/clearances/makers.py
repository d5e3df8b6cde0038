"""Makes mentors from outside with papers in the current school, and says what the school has decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.schools.makers import make_person

_NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
RECORD = "no-criminal-record"


def make_guest(name: str = "Заводской Глеб Ильич", kinds: tuple[str, ...] = ("enterprise",)) -> Any:
    """Make an adult who neither studies nor works here."""
    return make_person(name, date(1985, 3, 3), kinds)


def make_paper(person: Any, kind: str = RECORD, **fields: Any) -> Any:
    """Make a paper of 2 September 2026 without an end."""
    from schools.clearances.models import Clearance

    fields = {"issued_on": date(2026, 9, 2), "recorded_at": _NOW, **fields}
    return Clearance.objects.create(person=person, kind=kind, **fields)


def decide(**rules: str) -> None:
    """Let the school decide about kinds, whose codes are written with underlines; the others are not asked."""
    from schools.clearances.models import ClearanceRules
    from tenants.reference.clearances import clearance_kinds_now

    off = {kind.code: "off" for kind in clearance_kinds_now()}
    decided = {code.replace("_", "-"): rule for code, rule in rules.items()}
    ClearanceRules.objects.update_or_create(only=True, defaults={"rules": {**off, **decided}})
