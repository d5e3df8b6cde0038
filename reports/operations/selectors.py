"""What the page, the API and the exporter of metrics tell of the platform's state. Runs in ``region()``.

A constant number of queries and one round trip to the broker; lists are cut to ``MOST_ROWS``, their numbers are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.authz import Actor, can, enforce
from core.events.broker import Broker, broker_state
from core.events.models import Outbox
from core.mail.tallies import Letters, letters_lately
from core.tenancy.share import shares
from reports.rollup.models import Ledger
from tenants.provisioning.migration_set import migration_set
from tenants.registry.models import School

MOST_ROWS: Final = 25
_LATELY_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class DueSchool:
    """A school whose figures are behind, and since when (None: a day has come on which they may change)."""

    id: UUID
    code: str
    title: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class FailedTask:
    """A task that was sent in vain until it was given up; ``school`` is empty for the region's own."""

    id: UUID
    task: str
    school: str
    created_at: datetime
    given_up_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """How fresh the figures are. ``marks_since``: the oldest change that nobody has folded into a school's version."""

    marks_since: datetime | None
    due_number: int
    due_since: datetime | None
    due: list[DueSchool]
    run_at: datetime | None
    run_seconds: float
    run_schools: int
    swept_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sendings:
    """The outbox: ``waiting`` for their turn, ``sent`` and not yet done, ``failed`` and given up."""

    waiting: int
    sent: int
    failed: int
    oldest_at: datetime | None
    rows: list[FailedTask]


@dataclass(frozen=True, slots=True)
class Version:
    """How many schools stand at one set of migrations; ``name`` is the beginning of its hash, empty: not known.

    Closed schools count while their data are kept: they migrate with everyone else.
    """

    name: str
    schools: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class BrokenSchool:
    """A school whose schema does not migrate, and the kind of error that keeps it."""

    id: UUID
    code: str
    title: str
    error: str


@dataclass(frozen=True, slots=True)
class Fleet:
    """The schools' schemas, and those that wait ready for new schools; ``broken`` names no more than 25 of all."""

    versions: list[Version]
    broken: list[BrokenSchool]
    broken_in_all: int
    spares: int
    spares_wanted: int


@dataclass(frozen=True, slots=True)
class ThrottledSchool:
    """A school that was refused for taking more than its share: how often, and when last."""

    id: UUID
    code: str
    title: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school with several tasks in its own line: how many, and the oldest."""

    id: UUID
    code: str
    title: str
    tasks: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Shares:
    """Who takes much: ``throttled`` on this web machine, in the last hour; ``version``: of the reference values."""

    version: str
    throttled: list[ThrottledSchool]
    lines: list[SchoolLine]


@dataclass(frozen=True, slots=True)
class Machinery:
    """Queues, versions and letters. ``broker`` is None when it is away."""

    sendings: Sendings
    broker: Broker | None
    fleet: Fleet
    letters: Letters


@dataclass(frozen=True, slots=True)
class WithShares(Machinery):
    """The same with who takes much, for people."""

    shares: Shares


def figures_for(actor: Actor) -> Figures:
    """Return how fresh the figures are; three queries.

    :raises RefusedError: for whoever may not look.
    """
    enforce(can("operations.view")(actor))
    return figures_now()


def machinery_for(actor: Actor) -> WithShares:
    """Return the state of queues and of the schools' schemas; at most eight queries.

    :raises RefusedError: for whoever may not look.
    """
    enforce(can("operations.manage")(actor))
    return WithShares(_sendings(), broker_state(), _fleet(), letters_lately(), _shares())


def machinery_now() -> Machinery:
    """Return the state of queues and schemas for the platform's own exporter, which tells of no shares."""
    return Machinery(_sendings(), broker_state(), _fleet(), letters_lately())


_DUE = """
SELECT s.school_id, coalesce(r.code, ''), coalesce(r.title, ''), s.due_since, count(*) OVER (), min(s.due_since) OVER ()
FROM rollup_schoolstate s LEFT JOIN registry_school r ON r.id = s.school_id
WHERE s.version > s.computed_version OR s.computed_on IS NULL OR s.next_boundary <= %(today)s
ORDER BY s.due_since NULLS LAST, s.school_id LIMIT %(most)s
"""


def figures_now() -> Figures:
    """Return how fresh the figures are for the platform's own exporter."""
    ledger = Ledger.objects.filter(pk=1).first() or Ledger()
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at) FROM events_mark")
        (marks_since,) = cursor.fetchone()
        cursor.execute(_DUE, {"today": timezone.localdate(), "most": MOST_ROWS})
        rows: list[Any] = cursor.fetchall()
    return Figures(
        marks_since=marks_since,
        due_number=rows[0][4] if rows else 0,
        due_since=rows[0][5] if rows else None,
        due=[DueSchool(*row[:4]) for row in rows],
        run_at=ledger.run_at,
        run_seconds=ledger.run_seconds,
        run_schools=ledger.run_schools,
        swept_at=ledger.swept_at,
    )


_SENDINGS = """
SELECT count(*) FILTER (WHERE given_up_at IS NULL AND sent_at IS NULL AND created_at <= now()),
       count(*) FILTER (WHERE given_up_at IS NULL AND sent_at IS NOT NULL),
       count(*) FILTER (WHERE given_up_at IS NOT NULL),
       min(created_at) FILTER (WHERE given_up_at IS NULL AND created_at <= now())
FROM events_outbox
"""


def _sendings() -> Sendings:
    with connection.cursor() as cursor:
        cursor.execute(_SENDINGS)
        waiting, sent, failed, oldest_at = cursor.fetchone()
    given_up = list(Outbox.objects.filter(given_up_at__isnull=False).order_by("-given_up_at", "pk")[:MOST_ROWS])
    schemas = [row.school_schema for row in given_up if row.school_schema]
    codes = dict(School.objects.filter(schema_name__in=schemas).values_list("schema_name", "code"))
    rows = [
        FailedTask(row.pk, row.task, codes.get(row.school_schema, ""), row.created_at, row.given_up_at)
        for row in given_up
        if row.given_up_at is not None
    ]
    return Sendings(waiting, sent, failed, oldest_at, rows)


_LINES = """
SELECT r.id, r.code, r.title, count(*), min(o.created_at)
FROM events_outbox o JOIN registry_school r ON r.schema_name = o.school_schema
WHERE o.given_up_at IS NULL AND o.created_at <= now() GROUP BY 1, 2, 3
HAVING count(*) > %(share)s ORDER BY 4 DESC, 2 LIMIT %(most)s
"""


def _shares() -> Shares:
    now = timezone.now()
    refused = {one.schema: one for one in shares().refused(within_seconds=_LATELY_SECONDS)[:MOST_ROWS]}
    throttled = [
        ThrottledSchool(
            school.pk,
            school.code,
            school.title,
            refused[school.schema_name].times,
            now - timedelta(seconds=refused[school.schema_name].seconds_ago),
        )
        for school in School.objects.filter(schema_name__in=refused).order_by("code")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"share": settings.TASKS_OF_A_SCHOOL_AT_ONCE, "most": MOST_ROWS})
        lines = [SchoolLine(*row) for row in cursor.fetchall()]
    return Shares(settings.SCHOOL_SHARE.version, throttled, lines)


_VERSIONS = """
SELECT coalesce(l.migration_set, ''), count(r.id), count(*) FILTER (WHERE l.is_spare)
FROM provisioning_schoolschema l
FULL JOIN (SELECT id, schema_name FROM registry_school WHERE state IN ('ready', 'suspended') OR state = 'closed'
             AND schema_name IN (SELECT schema_name FROM provisioning_schoolschema)) r USING (schema_name)
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_BROKEN = """
SELECT r.id, r.code, r.title, l.error, count(*) OVER ()
FROM provisioning_schoolschema l JOIN registry_school r USING (schema_name)
WHERE l.error <> '' ORDER BY r.code LIMIT %(most)s
"""


def _fleet() -> Fleet:
    current = migration_set()
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS)
        rows: list[Any] = cursor.fetchall()
        cursor.execute(_BROKEN, {"most": MOST_ROWS})
        found: list[Any] = cursor.fetchall()
    broken = [BrokenSchool(*row) for *row, _all in found]
    versions = [Version(name[:12], schools, name == current) for name, schools, _ in rows if schools]
    broken_in_all = found[0][-1] if found else 0
    return Fleet(versions, broken, broken_in_all, sum(spares for *_, spares in rows), settings.SPARE_SCHOOLS)
