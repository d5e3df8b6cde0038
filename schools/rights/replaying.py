"""Destroying again what a restored copy has brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from core.audit.services import record
from core.tenancy import require_school
from schools.people.models import Person
from schools.people.registers import hold_registers
from schools.rights.archives import forget_archives
from schools.rights.models import Destruction
from schools.rights.registry import subject_of
from schools.rights.services import destroy_subject
from tenants.tombstones.journal import Buried
from tenants.tombstones.services import bury, own_tombstones

_log = structlog.get_logger(__name__)
_DAYS = ("asked_on", "due_on", "act_date")
_MOMENTS = ("registered_at", "closed_at")
_IDS = ("id", "person_id", "registered_by", "closed_by")


def replay_destructions(tombstones: Sequence[Buried] | None = None) -> int:
    """Destroy in the current school whoever its tombstones name and the copy has again; return how many that were.

    Safe to repeat, and to run on a school that was never restored. A school restored under another schema, or in
    another installation, is handed the tombstones of its origin; they become its own.

    :param tombstones: None: those of the current school in this database.
    """
    own = {row.number: row for row in own_tombstones()}
    done = 0
    for told in list(own.values()) if tombstones is None else tombstones:
        with transaction.atomic():
            hold_registers()
            row = told if told.school_schema == require_school() else _adopted(told, own)
            if row is None:
                continue
            done += _replay(row)
            if row.number not in own:
                bury(row)
                own[row.number] = row
    if done:
        _log.info("destructions_replayed", people=done)
    return done


def _adopted(row: Buried, own: Mapping[int, Buried]) -> Buried | None:
    """Return the tombstone of another schema as one of the current school; None when it is none of its affairs.

    A schema's name may have become another school's in another installation: of those tombstones only such count as
    name a card or a request that this school has. A number that is taken here gives way to the next free one.
    """
    if any(each.facts["id"] == row.facts["id"] for each in own.values()):
        return None
    requests = {number: str(key) for number, key in Destruction.objects.values_list("number", "pk")}
    is_known = row.facts["id"] in requests.values() or Person.objects.filter(pk__in=row.people).exists()
    if not is_known:
        return None
    taken = requests | {number: str(each.facts["id"]) for number, each in own.items()}
    is_free = taken.get(row.number, row.facts["id"]) == row.facts["id"]
    return replace(row, school_schema=require_school(), number=row.number if is_free else max(taken) + 1)


def _replay(row: Buried) -> int:
    """Destroy again the card of a tombstone and, in copies from before a merge, the cards it had been."""
    found = Person.objects.filter(pk__in=row.people, destroyed_at__isnull=True).order_by("pk")
    people = list(found.select_for_update(of=("self",)))
    for person in people:
        destroy_subject(subject_of(person), row.number, timezone.localdate(row.destroyed_at))
    if people:
        # A copy of the past brings the archives of that day along.
        forget_archives()
    if _restore_act(row) or people:
        record(
            actor="restore",
            action="rights.destroyed_again",
            object_type="rights.destruction",
            object_id=str(row.facts["id"]),
            details={"number": row.number, "people": [str(key) for key in row.people]},
        )
    return len(people)


def _restore_act(row: Buried) -> bool:
    """Give the school its act again; tell whether it lacked it."""
    facts: dict[str, Any] = dict(row.facts)
    values = facts | {name: UUID(facts[name]) if facts[name] else None for name in _IDS}
    values |= {name: date.fromisoformat(facts[name]) for name in _DAYS}
    values |= {name: datetime.fromisoformat(facts[name]) for name in _MOMENTS}
    key = values.pop("id")
    stored = Destruction.objects.filter(pk=key).first()
    if stored is not None and stored.state == Destruction.State.DONE:
        return False
    # A later request of the copy may have the number by now: a copy is older, so it has not; but never two.
    Destruction.objects.filter(number=row.number).exclude(pk=key).delete()
    Destruction.objects.update_or_create(
        pk=key, defaults={**values, "number": row.number, "state": Destruction.State.DONE}
    )
    return True
