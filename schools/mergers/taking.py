"""Handing a school over and taking it in: tasks of the two schools, each in its own context, safe to repeat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from core.audit.services import record
from core.tenancy import require_school
from schools.mergers.joining import join_people
from schools.mergers.rules import number_before
from schools.people.models import Person
from schools.people.registers import hold_registers
from schools.rights.replaying import replay_destructions
from tenants.mergers.contents import Taking
from tenants.mergers.errors import MergerError
from tenants.mergers.models import Merger
from tenants.mergers.packing import Package, forget_parts, opened_package, pack, store_parts
from tenants.mergers.steps import Kind, OwnMerger, forget_steps, note_step, own_mergers, require_state, store_plan
from tenants.mergers.unpacking import replaced, unpack
from tenants.provisioning.archive.contents import run_after_restore
from tenants.tombstones.journal import Buried
from tenants.tombstones.services import bury

_BY_ITSELF: Final = "merger"


def hand_over(merger_id: UUID) -> None:
    """Put this school's package where the other school reads it: for its plan, or for good. Runs in no transaction."""
    merger = _own(merger_id)
    kind = None if merger is None else _hands_over(merger)
    if merger is None or kind is None:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        sha256 = pack(path)
        with transaction.atomic():
            hold_registers()
            # Meanwhile the region may have begun: what is packed for a plan is not what is taken.
            again = _own(merger_id)
            if again is None or _hands_over(again) != kind:
                return
            store_parts(merger.id, path, other_schema=merger.other_schema)
            note_step(merger, kind, counts={"size_bytes": path.stat().st_size, "sha256": sha256})
            record(actor=_BY_ITSELF, action=f"merger.{kind}", object_type="merger", object_id=merger.id)


def _hands_over(merger: OwnMerger) -> str | None:
    """Return the step that this school has to take by packing; None when there is none."""
    kinds: dict[str, str] = {Merger.State.ASKED: Kind.SAMPLED.value, Merger.State.RUNNING: Kind.PACKED.value}
    kind = kinds.get(merger.state)
    return None if merger.is_taking or kind is None or (True, kind) in merger.steps else kind


def plan(merger_id: UUID) -> None:
    """Find out what taking the other school in would do, by doing it and taking it back; keep counts and titles."""
    merger = _own(merger_id)
    if merger is None or not merger.is_taking:
        return
    if merger.state in (Merger.State.DECLINED, Merger.State.CALLED_OFF):
        forget_parts(merger.id)
        return
    if not _is_next(merger, Kind.SAMPLED, Kind.PLANNED, Merger.State.ASKED):
        return
    with _asking_again(merger, Kind.SAMPLED):
        with _package(merger, Kind.SAMPLED) as package, transaction.atomic():
            hold_registers()
            taking = _taken(package, merger)
            transaction.set_rollback(True)
        with transaction.atomic():
            store_plan(merger, counts=taking.counts, classes=taking.renamed_classes)
            note_step(merger, Kind.PLANNED)
            forget_parts(merger.id)
            record(actor=_BY_ITSELF, action="merger.planned", object_type="merger", object_id=merger.id)


def take_in(merger_id: UUID) -> None:
    """Take the other school in: all of it in one transaction, or nothing. Done once, however often it is asked for."""
    merger = _own(merger_id)
    if merger is None or not _is_next(merger, Kind.PACKED, Kind.TAKEN, Merger.State.RUNNING):
        return
    with _asking_again(merger, Kind.PACKED), _package(merger, Kind.PACKED) as package, transaction.atomic():
        hold_registers()
        # Read again under the lock: of two that began at once the second finds it done.
        again = _own(merger_id)
        if again is None or not _is_next(again, Kind.PACKED, Kind.TAKEN, Merger.State.RUNNING):
            return
        taking = _taken(package, again)
        forget_parts(merger.id)
        note_step(again, Kind.TAKEN, counts=taking.counts)
        require_state(merger.id, Merger.State.RUNNING)
        record(
            actor=_BY_ITSELF,
            action="merger.taken",
            object_type="merger",
            object_id=merger.id,
            details={"from": merger.from_code, **taking.counts},
        )


def forget(tombstones: Sequence[Buried]) -> None:
    """Destroy here, in a closed school, whoever the school that took it in has destroyed since."""
    replay_destructions([replace(row, school_schema=require_school()) for row in tombstones])


def _own(merger_id: UUID) -> OwnMerger | None:
    return next(iter(own_mergers(merger_id)), None)


def _is_next(merger: OwnMerger, theirs: str, own: str, state: str) -> bool:
    """Tell whether the taking school's turn has come and its step is not taken yet."""
    is_turn = merger.is_taking and merger.state == state
    return is_turn and (False, theirs) in merger.steps and (True, own) not in merger.steps


def _package(merger: OwnMerger, kind: str) -> AbstractContextManager[Package]:
    """Open the other school's package."""
    _at, told = merger.steps[False, kind]
    return opened_package(merger.id, str(told["sha256"]))


@contextmanager
def _asking_again(merger: OwnMerger, kind: str) -> Iterator[None]:
    """Have the other school pack once more when its package is damaged or gone."""
    try:
        yield
    except MergerError as error:
        if error.code != "no_package":
            raise
        forget_steps(merger, kind)


def _taken(package: Package, merger: OwnMerger) -> Taking:
    """Write everything, make one card of two, and keep who was destroyed forgotten; return what was found."""
    taking = Taking(merger.id, merger.from_code, merger.from_title, merger.day, merger.plan_classes)
    known = set(Person.objects.values_list("pk", flat=True))
    unpack(package, taking)
    connection.check_constraints()
    # Keys are made of the rows themselves: the same step as after a restore.
    run_after_restore()
    came = frozenset(set(Person.objects.values_list("pk", flat=True)) - known)
    join_people(came, taking)
    _bury(package.tombstones(), taking)
    return taking


def _bury(tombstones: Iterable[Buried], taking: Taking) -> None:
    """Put up the other school's tombstones here, under the numbers its requests have here, and destroy again."""
    for row in tombstones:
        said = json.loads(replaced(json.dumps(row.facts), taking.replaced))
        bury(Buried(require_school(), row.people, row.number + number_before(taking), row.destroyed_at, said))
    replay_destructions()
