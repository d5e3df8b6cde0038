"""Takes a whole import back, as long as nothing stands on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from core.accounts.models import Invitation, User
from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.consents.models import Consent
from schools.imports import policies
from schools.imports.bulk import apply_changes
from schools.imports.errors import JobStateError
from schools.imports.journal import WATCHED, former_values, prints_of, watched_tables
from schools.imports.models import ImportJob, ImportTrace
from schools.imports.selectors import locked_job
from schools.imports.services import forget_everything
from schools.pairs.models import Pair
from schools.people.class_teachers import classes_in_use
from schools.people.keys import snils_key
from schools.people.models import Enrolment, Person, PersonKind, SchoolClass
from schools.people.registers import hold_registers

_State = ImportJob.State
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands on an import: rows of one table, for one reason.

    ``why`` is ``changed`` (rows of the import that somebody changed since), ``depends`` (other rows that point at
    rows of the import), ``later`` (imports that speak of the same rows) or ``unknown`` (no journal was kept).
    """

    why: str
    model: type[Model]
    count: int
    ids: tuple[UUID, ...] = ()


class StandsOnImportError(Exception):
    """The import is not taken back: ``obstacles`` say what stands on it. Nothing was changed."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(", ".join(f"{item.why} {item.model.__name__}" for item in obstacles))
        self.obstacles = obstacles


class _Traces:
    """The journal of an import, by table."""

    def __init__(self, job: ImportJob) -> None:
        tables = watched_tables()
        self.new: dict[type[Model], set[UUID]] = {model: set() for model in WATCHED}
        self.changed: dict[type[Model], ImportTrace] = {}
        self.rows: dict[type[Model], set[UUID]] = defaultdict(set)
        self.prints: dict[type[Model], dict[UUID, int]] = defaultdict(dict)
        for trace in ImportTrace.objects.filter(job=job):
            model = tables[trace.table]
            self.rows[model] |= set(trace.ids)
            if trace.prints:
                self.prints[model].update(zip(trace.ids, trace.prints, strict=True))
            if trace.is_new:
                self.new[model] = set(trace.ids)
            else:
                self.changed[model] = trace

    def touched(self, model: type[Model]) -> set[UUID]:
        """Return the ids of all rows that the import made or changed."""
        return self.rows[model]


def obstacles_to_undo(job: ImportJob) -> list[Obstacle]:
    """Return what stands on an applied import; nothing when it can be taken back. A dozen queries."""
    if not job.is_journalled:
        return [Obstacle("unknown", ImportJob, 1, (job.pk,))]
    traces = _Traces(job)
    return [*_changed_since(traces), *_depending(traces), *_accounts(traces), *_later_imports(job, traces)]


def undo_import(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Take an applied import back: what it added goes, what it changed is as it was. Classes in use stay.

    :raises StandsOnImportError: later work stands on it; nothing was changed.
    :raises JobStateError: the import was not applied, or was taken back already.
    :raises Http404: no such import among those the actor sees.
    :raises RefusedError: when the actor may not.
    """
    enforce(policies.may_run_imports(actor))
    with transaction.atomic():
        hold_registers()
        job = locked_job(actor=actor, job_id=job_id)
        if job.state != _State.DONE:
            raise JobStateError(job.state)
        traces = _Traces(job)
        _hold_rows(traces)
        obstacles = obstacles_to_undo(job)
        if obstacles:
            raise StandsOnImportError(obstacles)
        taken_back = _take_back(traces)
        forget_everything([job])
        ImportTrace.objects.filter(job=job).delete()
        job.state, job.undone_at, job.undone_by = _State.UNDONE, timezone.now(), actor.pk
        job.named, job.absent = {}, []
        job.save()
        record(actor=actor, action="imports.undone", object_type="imports.job", object_id=job.pk, details=taken_back)
        announce("import.undone", {"import": job.pk})
    return job


def _hold_rows(traces: _Traces) -> None:
    """Hold every row, so that nobody begins to build on one while it is looked at."""
    for model in WATCHED:
        rows = model._default_manager.filter(pk__in=traces.touched(model)).order_by("pk")
        list(rows.select_for_update().values_list("pk"))


def _changed_since(traces: _Traces) -> Iterator[Obstacle]:
    """Find rows that somebody changed; of rows that are gone only people matter: they were merged into others."""
    for model in WATCHED:
        if not traces.prints[model]:
            continue
        now = prints_of(model, traces.prints[model])
        others = {key for key, told in traces.prints[model].items() if key in now and now[key] != told}
        if model is Person:
            others |= traces.prints[model].keys() - now.keys()
        if others:
            yield _obstacle("changed", model, others)


def _depending(traces: _Traces) -> Iterator[Obstacle]:
    """Find rows of any table that point at new rows and are not of this import; a class may be shared."""
    found: dict[type[Model], set[UUID]] = defaultdict(set)
    for model in WATCHED:
        if model is SchoolClass or not traces.new[model]:
            continue
        for relation in model._meta.related_objects:
            other: Any = relation.related_model
            rows = other._default_manager.filter(**{f"{relation.field.name}__in": traces.new[model]})
            # Rows that this import changed point elsewhere again when their former values come back.
            found[other] |= set(rows.values_list("pk", flat=True)) - traces.touched(other)
    yield from (_obstacle("depends", model, ids) for model, ids in found.items() if ids)


def _accounts(traces: _Traces) -> Iterator[Obstacle]:
    """Find accounts and invitations of new people: they name a person without a foreign key."""
    people = traces.new[Person]
    users = set(User.objects.filter(person_id__in=people).values_list("pk", flat=True))
    if users:
        yield _obstacle("depends", User, users)
    invited = set(Invitation.objects.usable().filter(person_id__in=people).values_list("pk", flat=True))
    if invited:
        yield _obstacle("depends", Invitation, invited)


def _later_imports(job: ImportJob, traces: _Traces) -> Iterator[Obstacle]:
    """Find applied imports that speak of what this one wrote, even those that found nothing to change in it."""
    touched = traces.touched(Person) | traces.touched(Pair)
    for model in (Enrolment, PersonKind):
        rows = model._default_manager.filter(pk__in=traces.touched(model))
        touched |= set(rows.values_list("person_id", flat=True))
    names = {str(key) for key in touched | traces.touched(Consent)}
    later = ImportJob.objects.filter(state=_State.DONE, applied_at__gte=job.applied_at).exclude(pk=job.pk)
    found = {key for key, named in later.values_list("pk", "named") if names & _named(named)}
    if found:
        yield _obstacle("later", ImportJob, found)


def _named(named: Mapping[str, Any]) -> set[str]:
    return {person for person, _kind in named.get("people", ())} | {*named.get("pairs", ()), *named.get("consents", ())}


def _take_back(traces: _Traces) -> dict[str, int]:
    """Undo what the journal says; return how many rows went and how many are as they were, by table."""
    counts: dict[str, int] = {}
    for model, trace in traces.changed.items():
        changes = former_values(model, trace)
        if model is Person:
            for change in changes:
                if "snils" in change.values:
                    change.values["snils_key"] = snils_key(change.values["snils"])
        apply_changes(model, changes)
        counts[f"{model._meta.model_name}_restored"] = len(changes)
    for model in WATCHED:
        rows: Any = model._default_manager.filter(pk__in=traces.new[model])
        if model is SchoolClass:
            rows = rows.exclude(pk__in=classes_in_use(traces.new[model]))
        # One statement a table: whatever points at these rows was found above, or is of this import and gone.
        counts[f"{model._meta.model_name}_removed"] = rows._raw_delete(rows.db)
    connection.check_constraints()
    return {name: count for name, count in counts.items() if count}


def _obstacle(why: str, model: type[Model], ids: set[UUID]) -> Obstacle:
    return Obstacle(why, model, len(ids), tuple(sorted(ids, key=str)[:_SHOWN]))
