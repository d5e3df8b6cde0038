"""Putting up tombstones and reading them: a school in its own context, the region over all schools."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core.events.outbox import enqueue
from core.tenancy import region, require_school, school, shared
from tenants.tombstones.journal import Buried, append_to_journal
from tenants.tombstones.models import Tombstone

# Destroys again, in the school's context, those of the tombstones whose people are there; returns how many were.
Replay = Callable[[Sequence[Buried]], int]
_REPLAY: list[Replay] = []


def register_replay(replay: Replay) -> None:
    """Let the layer that knows people say how they are destroyed again."""
    _REPLAY[:] = [replay]


def bury(buried: Buried) -> None:
    """Put up a tombstone of the current school, in the transaction that destroys; the journal follows by a task."""
    from tenants.tombstones.tasks import keep_journal

    with shared():
        buried.row().save(force_insert=True)
    enqueue(keep_journal)


def own_tombstones() -> list[Buried]:
    """Return the tombstones of the current school, the oldest first."""
    with shared():
        rows = Tombstone.objects.filter(school_schema=require_school()).order_by("number")
        return [Buried.of(row) for row in rows]


def tombstones_of(school_schema: str) -> list[Buried]:
    """Return the tombstones of a school, the oldest first; opens ``region()`` itself."""
    with region():
        return [Buried.of(row) for row in Tombstone.objects.filter(school_schema=school_schema).order_by("number")]


def missing_here(rows: Iterable[Buried]) -> list[Buried]:
    """Return those of the tombstones that the database does not know. In ``region()``."""
    known = set(Tombstone.objects.values_list("school_schema", "number"))
    return [row for row in rows if row.key not in known]


def replay(school_schema: str, origin: str = "", missing: Sequence[Buried] = ()) -> int:
    """Destroy again in a school whatever a restored copy has brought back; returns how many people that were.

    For whoever restores a school: call it outside every context when its rows are back, before it answers requests.

    :param origin: the schema that the copy was taken from, when the school is restored under another one; the place
        may have tombstones of its own by then, so both count.
    :param missing: tombstones of the school that the journal has and this database lacks; each is put up in the
        transaction that destroys again.
    """
    rows = [*tombstones_of(school_schema), *missing]
    if origin and origin != school_schema:
        rows += tombstones_of(origin)
    if not rows:
        return 0
    with school(school_schema):
        return _REPLAY[0](rows)


def journal_everything() -> int:
    """Add to the journal whatever it lacks of the database; returns how many. Opens ``region()`` itself."""
    with region():
        rows = [Buried.of(row) for row in Tombstone.objects.order_by("destroyed_at", "school_schema", "number")]
    return append_to_journal(rows)
