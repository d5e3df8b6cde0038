"""Rolling schools up: take a batch under a lease, read its facts in one statement, write its cells.

Safe to run anywhere, by many at once, any number of times, and to kill at any point. What is due stands in the
database; a batch belongs to whoever holds its lease; results are written in one transaction, only under the lease
they were read under, and never over a later version. Cells are set, never added to.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from core.events.catalogue import announce, is_wanted
from core.metrics import observe_rollup
from core.tenancy import rollup
from reports.rollup.facts import Facts, Watch, read_facts, read_keys, watch
from reports.rollup.fold import DUE, lock_ledger, make_due
from reports.rollup.keys import replace_keys
from reports.rollup.models import Ledger
from reports.rollup.repeats import identities_of, recount_repeats
from reports.rollup.sources import SCHOOLS_PER_STATEMENT
from reports.rollup.store import changed_schools, differences, mark_done, store_cells, store_shared
from schools.coverage.domain import Rule
from schools.coverage.selectors import rule_of
from tenants.reference.selectors import definitions_now
from tenants.registry.installation import refuse_while_rotating

_log = structlog.get_logger(__name__)

LEASE_SECONDS = 30
# A backend that has touched a thousand schools holds 144 MB of catalogue for good.
SCHOOLS_PER_CONNECTION = 250

_TAKE = """
UPDATE rollup_schoolstate SET lease = %(token)s, lease_until = now() + make_interval(secs => %(seconds)s)
WHERE school_id IN (
    SELECT school_id FROM rollup_schoolstate
    WHERE {wanted} AND (lease_until IS NULL OR lease_until < now())
    ORDER BY computed_on NULLS FIRST, school_id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
RETURNING school_id, schema_name, version, keys_sum, {due}
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A school in one worker's hands; ``version`` is the one its facts will be read for."""

    school_id: UUID
    schema: str
    version: int
    keys_sum: int | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of a roll-up: ids of their versions, and what they count, in one order."""

    ids: tuple[UUID, ...]
    rules: tuple[Rule, ...]


def definitions() -> Definitions:
    """Return the definitions in force."""
    found = definitions_now()
    return Definitions(tuple(one.id for one in found), tuple(rule_of(one) for one in found))


def roll_up_due(today: date, *, seconds: float = 60.0) -> int:
    """Roll up what is due until nothing is or the time is over; return the number of schools done.

    Enters ``rollup()``. The connection is replaced now and then: catalogue caches never shrink.
    """
    return _roll_up(today, seconds=seconds, audited=False)


def audit(today: date, *, seconds: float = 60.0) -> int:
    """Recompute schools that this day's audit has not seen, due or not, and note every cell that was wrong."""
    return _roll_up(today, seconds=seconds, audited=True)


def _roll_up(today: date, *, seconds: float, audited: bool) -> int:
    done = on_this_connection = 0
    began = time.monotonic()
    end = began + seconds
    with rollup():
        refuse_while_rotating()
        prepare_connection()
        while time.monotonic() < end:
            token = uuid.uuid4()
            claims = take(token, today, audited=audited)
            if not claims:
                break
            try:
                roll_up(token, claims, today, audited=audited)
            except (SystemExit, KeyboardInterrupt):
                # Told to leave: the schools are free at once. After a failure the lease is a pause, and lapses.
                release(token)
                raise
            done += len(claims)
            on_this_connection += len(claims)
            if on_this_connection >= SCHOOLS_PER_CONNECTION and not connection.in_atomic_block:
                connection.close()
                prepare_connection()
                on_this_connection = 0
        if done and not audited:
            _note_run(done, time.monotonic() - began)
    return done


def _note_run(schools: int, seconds: float) -> None:
    """Note the run for those who watch; the last one is enough."""
    observe_rollup(schools=schools, seconds=seconds)
    Ledger.objects.filter(pk=1).update(run_at=timezone.now(), run_seconds=round(seconds, 3), run_schools=schools)


def prepare_connection() -> None:
    """Spare the planner what cannot help: a school's tables are small, and there are hundreds in a statement."""
    with connection.cursor() as cursor:
        for setting in ("max_parallel_workers_per_gather = 0", "enable_mergejoin = off", "jit = off"):
            cursor.execute(f"SET {setting}")


def take(token: UUID, today: date, *, audited: bool = False, limit: int = SCHOOLS_PER_STATEMENT) -> list[Claim]:
    """Take up to ``limit`` schools under a lease; never waits for another worker's. In ``rollup()``."""
    wanted = "(audited_on IS NULL OR audited_on < %(today)s)" if audited else DUE
    values: dict[str, Any] = {"token": token, "seconds": LEASE_SECONDS, "today": today, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(wanted=wanted, due=DUE), values)
        return [Claim(*row) for row in cursor.fetchall()]


def release(token: UUID) -> None:
    """Give a lease back with nothing done. In ``rollup()``."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rollup_schoolstate SET lease = NULL, lease_until = NULL WHERE lease = %s", [token])


def roll_up(token: UUID, claims: Sequence[Claim], today: date, *, audited: bool = False) -> None:
    """Read the facts of a batch and write its results. In ``rollup()``; nothing is written once the lease is lost."""
    wanted = definitions()
    watches = watch(wanted.rules, today, [claim.schema for claim in claims])
    _bring_keys_up_to_date(token, claims, watches, all_of_them=audited)
    facts = read_facts(wanted.rules, today, [(claim.school_id, claim.schema) for claim in claims])
    _write(token, claims, watches, facts, wanted, today, audited=audited)


def _bring_keys_up_to_date(
    token: UUID, claims: Sequence[Claim], watches: Sequence[Watch], *, all_of_them: bool
) -> None:
    """Before facts are read: they are read with the people known elsewhere, which the keys decide."""
    stale = [
        (claim, seen.keys_sum)
        for claim, seen in zip(claims, watches, strict=True)
        if all_of_them or claim.keys_sum != seen.keys_sum
    ]
    if not stale:
        return
    found = read_keys([(claim.school_id, claim.schema) for claim, _ in stale])
    with transaction.atomic():
        lock_ledger()
        held = _held(token)
        ours = {claim.school_id: keys_sum for claim, keys_sum in stale if claim.school_id in held}
        if not ours:
            return
        changed = replace_keys(ours, {record: keys for record, keys in found.items() if record[0] in ours})
        if changed.schools:
            recount_repeats(changed.identities)
            # Ours are read after this; a school that another worker holds may have been read before.
            make_due(changed.schools - held)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE rollup_schoolstate s SET keys_sum = seen.keys_sum "
                "FROM unnest(%s::uuid[], %s::bigint[]) AS seen (school_id, keys_sum) "
                "WHERE s.school_id = seen.school_id",
                [list(ours), list(ours.values())],
            )


def _held(token: UUID) -> set[UUID]:
    """Return the schools still under this lease. A lease that ran out and was not taken again is still held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id FROM rollup_schoolstate WHERE lease = %s", [token])
        return {school for (school,) in cursor.fetchall()}


def _write(
    token: UUID,
    claims: Sequence[Claim],
    watches: Sequence[Watch],
    facts: Sequence[Facts],
    wanted: Definitions,
    today: date,
    *,
    audited: bool,
) -> None:
    with transaction.atomic():
        ledger = lock_ledger()
        held = _held(token)
        done = [
            (claim, seen, fact)
            for claim, seen, fact in zip(claims, watches, facts, strict=True)
            if claim.school_id in held
        ]
        if len(done) < len(claims):
            _log.warning("rollup_lease_lost", schools=len(claims) - len(done))
        if not done:
            return
        if audited:
            # A school that was due, or has changed since, may differ; any other has been counted wrong.
            unchanged = _unchanged({claim.school_id: claim.version for claim, _, _ in done if not claim.is_due})
            clean = [(claim.school_id, fact) for claim, _, fact in done if claim.school_id in unchanged]
            _note_audit(today, len(done), differences(clean, wanted.ids))
        if is_wanted("figures.changed"):
            changed = changed_schools([(claim.school_id, fact) for claim, _, fact in done], wanted.ids)
            if changed:
                announce("figures.changed", {"schools": sorted(changed)})
        now = timezone.now()
        store_cells([(claim.school_id, claim.version, fact) for claim, _, fact in done], wanted.ids, today, now)
        records = store_shared([(claim.school_id, fact) for claim, _, fact in done], wanted.ids)
        if audited:
            recount_repeats()
        elif records:
            recount_repeats(identities_of(records))
        mark_done(token, [(claim.school_id, claim.version, seen.next_boundary) for claim, seen, _ in done], today)
        if audited:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE rollup_schoolstate SET audited_on = %s WHERE school_id = ANY (%s)",
                    [today, [claim.school_id for claim, _, _ in done]],
                )
        if ledger.first_day is None and any(fact.has_people for _, _, fact in done):
            ledger.first_day = today
            ledger.save(update_fields=["first_day"])


def _unchanged(versions: Mapping[UUID, int]) -> set[UUID]:
    """Return those of these schools that nothing has happened to since they were taken at these versions.

    Under the ledger's lock nobody folds: a change that the facts may have seen is a mark still, or a later version.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.school_id FROM rollup_schoolstate s "
            "JOIN unnest(%s::uuid[], %s::bigint[]) AS taken (school_id, version) USING (school_id, version) "
            "WHERE NOT EXISTS (SELECT 1 FROM events_mark m WHERE m.school_schema = s.schema_name)",
            [list(versions), list(versions.values())],
        )
        return {school for (school,) in cursor.fetchall()}


def _note_audit(today: date, schools: int, wrong: int) -> None:
    """Count the audited schools; in the transaction that marks them audited, so that no kill counts one twice."""
    if wrong:
        _log.error("rollup_audit_difference", day=today.isoformat(), cells=wrong)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rollup_audit (day, started_at, updated_at, schools, differences) "
            "VALUES (%s, now(), now(), %s, %s) ON CONFLICT (day) DO UPDATE SET updated_at = now(), "
            "schools = rollup_audit.schools + EXCLUDED.schools, "
            "differences = rollup_audit.differences + EXCLUDED.differences",
            [today, schools, wrong],
        )
