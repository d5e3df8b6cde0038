"""Writes of the programme year: started from profiles or from the last year, kept by people, never by data alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.people.errors import Fault, FaultyActError
from schools.people.school_year import school_year_of, title_of_year
from schools.programme import policies, year_editions
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.years import State, task_for, who_can_be_responsible, year_for
from tenants.reference.remembered import forget_reference
from tenants.reference.selectors import Profile, profiles_now

MOST_TASKS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class YearData:
    """A year as people describe it; an empty title becomes that of the school year."""

    title: str = ""
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskData:
    """A task as people describe it. ``stage`` is the number of a stage of the year; None begins the one named next."""

    title: str
    stage: int | None
    new_stage: str = ""
    term: str = ""
    due_on: date | None = None
    responsible: Sequence[UUID] = ()
    responsible_words: str = ""
    result: str = ""
    product: str = ""


def start_year(
    *, actor: Actor, data: YearData, profiles: Sequence[str] = (), copy_of: UUID | None = None
) -> ProgrammeYear:
    """Start a year with the tasks of one or more profiles, in the order of the region's list, or with those of a year.

    A copy takes tasks, terms and responsible people who still work here; states and notes begin anew, dates move by
    as many years as lie between the two school years.

    :raises FaultyActError: nothing or both to start from, a year of this first day, or days the wrong way round.
    :raises Http404: no such year to copy.
    :raises RefusedError: when the actor may not keep the year.
    """
    enforce(policies.may_keep_year(actor))
    chosen = [row for row in profiles_now() if row.code in set(profiles)]
    faults = _faults_of(data)
    if bool(chosen) == (copy_of is not None):
        sentence = (
            _("Выбраны и профиль, и год: снимите отметку с профиля или выберите «Не копировать».")
            if chosen
            else _("Выберите профиль или год, с которого скопировать дела.")
        )
        faults.append(Fault("nothing_to_start_from", sentence, "profiles"))
    if faults:
        raise FaultyActError(*faults)
    with transaction.atomic():
        source = year_for(actor=actor, year_id=copy_of) if copy_of else None
        year = _stored(data, source.profiles if source else [_kept(row) for row in chosen], copy_of)
        tasks = _copied(source, year) if source else _from_profiles(chosen, year)
        ProgrammeTask.objects.bulk_create(tasks)
        details = {"profiles": [row["code"] for row in year.profiles], "copied": bool(source), "tasks": len(tasks)}
        _recorded(actor, "programme.year_started", year, details)
    return year


def edit_year(*, actor: Actor, year_id: UUID, data: YearData, seen: str | None = None) -> ProgrammeYear:
    """Change the title and the days of a year; ``seen`` is the edition of :mod:`schools.programme.year_editions`.

    :raises FaultyActError: another year begins on this day, the days are the wrong way round, or somebody else has
        changed since what was seen.
    :raises Http404: no such year.
    :raises RefusedError: when the actor may not keep the year.
    """
    enforce(policies.may_keep_year(actor))
    if faults := _faults_of(data):
        raise FaultyActError(*faults)
    with transaction.atomic():
        year = year_for(actor=actor, year_id=year_id, lock=True)
        year_editions.refuse_overtaken_year(year, seen, typed={**asdict(data), "title": title_of(data)})
        year.title, year.starts_on, year.ends_on = title_of(data), data.starts_on, data.ends_on
        _saved(year, ["title", "starts_on", "ends_on"])
        _recorded(actor, "programme.year_changed", year, {})
    return year


def add_profiles(*, actor: Actor, year_id: UUID, profiles: Sequence[str]) -> ProgrammeYear:
    """Add the tasks of further profiles to a year, after its own stages; what is there stays as it is and is marked.

    Their pairs, words and evidence are those of the profile from now on. Sent twice, they are added once.

    :raises FaultyActError: no profile that the year has not, or too many tasks.
    :raises Http404: no such year.
    :raises RefusedError: when the actor may not keep the year.
    """
    enforce(policies.may_keep_year(actor))
    with transaction.atomic():
        year = year_for(actor=actor, year_id=year_id, lock=True)
        chosen = [row for row in profiles_to_add(year) if row.code in set(profiles)]
        if not chosen:
            sentence = _("Выберите профиль, которого в этом году ещё нет.")
            raise FaultyActError.of("nothing_to_add", sentence, "profiles")
        last = year.tasks.order_by("-stage_number").values_list("stage_number", flat=True).first()
        tasks = _from_profiles(chosen, year, after=last or 0)
        if year.tasks.count() + len(tasks) > MOST_TASKS:
            raise FaultyActError.of("too_many_tasks", _("В году не больше %(n)s дел.") % {"n": MOST_TASKS}, "profiles")
        ProgrammeTask.objects.bulk_create(tasks)
        year.profiles = [*year.profiles, *(_kept(row) for row in chosen)]
        year.save(update_fields=["profiles"])
        details = {"profiles": [row.code for row in chosen], "tasks": len(tasks)}
        _recorded(actor, "programme.profiles_added", year, details)
    return year


def profiles_to_add(year: ProgrammeYear) -> list[Profile]:
    """Return the region's profiles that a year was not started from and that were not added since."""
    known = {row["code"] for row in year.profiles}
    return [row for row in profiles_now() if row.code not in known]


def discard_year(*, actor: Actor, year_id: UUID) -> None:
    """Delete a year that was started by mistake: one in which nothing has begun.

    :raises FaultyActError: some task of it has been marked.
    :raises Http404: no such year.
    :raises RefusedError: when the actor may not keep the year.
    """
    enforce(policies.may_keep_year(actor))
    with transaction.atomic():
        year = year_for(actor=actor, year_id=year_id, lock=True)
        if year.tasks.exclude(state=State.TODO, note="").exists():
            raise FaultyActError.of("year_has_begun", _("В этом году уже отмечены дела: удалить его нельзя."))
        _recorded(actor, "programme.year_discarded", year, {"tasks": year.tasks.count()})
        year.delete()


def add_task(*, actor: Actor, year_id: UUID, data: TaskData) -> ProgrammeTask:
    """Add a task of the school's own to a year, at the end of its stage.

    :raises FaultyActError: no such stage, somebody who does not work here, or too many tasks.
    :raises Http404: no such year.
    :raises RefusedError: when the actor may not keep the year.
    """
    enforce(policies.may_keep_year(actor))
    with transaction.atomic():
        year = year_for(actor=actor, year_id=year_id, lock=True)
        if year.tasks.count() >= MOST_TASKS:
            raise FaultyActError.of("too_many_tasks", _("В году не больше %(n)s дел.") % {"n": MOST_TASKS})
        task = ProgrammeTask(year=year)
        _described(task, data)
        task.save(force_insert=True)
        _recorded(actor, "programme.task_added", task, {})
    return task


def edit_task(*, actor: Actor, task_id: UUID, data: TaskData, seen: str | None = None) -> ProgrammeTask:
    """Change what a task is, its term and who is responsible; its state stays. ``seen``: as in :func:`edit_year`.

    :raises FaultyActError: no such stage, somebody who does not work here, or somebody else has changed since what
        was seen.
    :raises Http404: no such task.
    :raises RefusedError: when the actor may not keep the year.
    """
    enforce(policies.may_keep_year(actor))
    with transaction.atomic():
        task = task_for(actor=actor, task_id=task_id, lock=True)
        year_editions.refuse_overtaken_task(task, seen, typed=asdict(data))
        _described(task, data)
        task.save()
        _recorded(actor, "programme.task_changed", task, {})
    return task


def mark_task(
    *, actor: Actor, task_id: UUID, state: str, note: str | None = None, seen: str | None = None
) -> ProgrammeTask:
    """Say how far a task is, and change its note unless ``note`` is None. The same state again changes nothing.

    :raises FaultyActError: somebody else has marked it since what was seen.
    :raises Http404: no such task among those the actor sees.
    :raises RefusedError: when the actor neither keeps the year nor is responsible for the task.
    """
    with transaction.atomic():
        task = task_for(actor=actor, task_id=task_id, lock=True)
        enforce(policies.may_mark_task(actor, task))
        was, note = task.state, task.note if note is None else note
        if (was, task.note) == (state, note):
            return task
        year_editions.refuse_overtaken_mark(task, seen, typed={"state": State(state), "note": note})
        task.state, task.note, task.updated_at = State(state), note, timezone.now()
        task.save(update_fields=["state", "note", "updated_at"])
        _recorded(actor, "programme.task_marked", task, {"was": was, "now": state})
    return task


def remove_task(*, actor: Actor, task_id: UUID) -> ProgrammeTask:
    """Delete a task of the school's own; a task of a profile is marked as not needed instead. Returns what it was.

    :raises FaultyActError: the task is a profile's.
    :raises Http404: no such task.
    :raises RefusedError: when the actor may not keep the year.
    """
    enforce(policies.may_keep_year(actor))
    with transaction.atomic():
        task = task_for(actor=actor, task_id=task_id, lock=True)
        if not task.is_own:
            sentence = _("Это дело из профиля: отметьте его «не нужно», и оно перестанет считаться.")
            raise FaultyActError.of("task_of_profile", sentence)
        _recorded(actor, "programme.task_removed", task, {})
        ProgrammeTask.objects.filter(pk=task.pk).delete()
    return task


def _faults_of(data: YearData) -> list[Fault]:
    if data.ends_on is not None and data.ends_on < data.starts_on:
        return [Fault("bad_period", _("Последний день раньше первого."), "ends_on")]
    return []


def title_of(data: YearData) -> str:
    """Return the title of a year as it is stored."""
    return data.title or _("Программа %(year)s") % {"year": title_of_year(school_year_of(data.starts_on))}


def _stored(data: YearData, profiles: list[dict[str, Any]], copied_from: UUID | None) -> ProgrammeYear:
    year = ProgrammeYear(
        title=title_of(data),
        starts_on=data.starts_on,
        ends_on=data.ends_on,
        profiles=profiles,
        copied_from=copied_from,
        created_at=timezone.now(),
    )
    _saved(year)
    return year


def _saved(year: ProgrammeYear, fields: list[str] | None = None) -> None:
    """Save; of two years that begin on one day the second is refused, also when both are started at once.

    :raises FaultyActError: another year begins on this day.
    """
    try:
        with transaction.atomic():
            year.save(update_fields=fields)
    except IntegrityError:
        raise FaultyActError.of("year_taken", _("С этого дня уже начат другой год."), "starts_on") from None


def _kept(profile: Profile) -> dict[str, Any]:
    names = ("code", "version", "title", "base_word", "programme_word")
    return {**{name: getattr(profile, name) for name in names}, "mentee_kinds": list(profile.mentee_kinds)}


def _from_profiles(profiles: Iterable[Profile], year: ProgrammeYear, *, after: int = 0) -> list[ProgrammeTask]:
    now, tasks, number = timezone.now(), [], after
    for profile in profiles:
        for stage in profile.stages:
            number += 1
            tasks += [
                ProgrammeTask(
                    year=year,
                    profile=profile.code,
                    stage_number=number,
                    stage=stage.title,
                    position=position,
                    title=row.title,
                    term=row.term,
                    responsible_words=row.responsible,
                    result=row.result,
                    product=row.product,
                    updated_at=now,
                )
                for position, row in enumerate(stage.tasks, start=1)
            ]
    return tasks


def _copied(source: ProgrammeYear, year: ProgrammeYear) -> list[ProgrammeTask]:
    now, years = timezone.now(), school_year_of(year.starts_on) - school_year_of(source.starts_on)
    here = {person.pk for person in who_can_be_responsible(timezone.localdate())}
    copies = []
    for task in source.tasks.all():
        # A new row of the old one: without a key of its own it would be the old row.
        task.pk = ProgrammeTask._meta.pk.get_default()
        task.year, task.state, task.note, task.updated_at = year, State.TODO, "", now
        task.due_on = moved(task.due_on, years)
        task.responsible = [pk for pk in task.responsible if pk in here]
        copies.append(task)
    return copies


def moved(day: date | None, years: int) -> date | None:
    """Return the same day so many years later; 29 February becomes the 28th, no day stays none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _described(task: ProgrammeTask, data: TaskData) -> None:
    """Put a description into a task that is held or new.

    :raises FaultyActError: no such stage, or somebody who does not work here.
    """
    stages = dict(task.year.tasks.order_by("stage_number").values_list("stage_number", "stage"))
    number = data.stage
    if number is None:
        if not data.new_stage:
            raise FaultyActError.of("no_stage", _("Выберите этап или впишите название нового."), "stage")
        number = max(stages, default=0) + 1
    elif number not in stages:
        raise FaultyActError.of("no_stage", _("Такого этапа в этом году нет."), "stage")
    people = list(dict.fromkeys(data.responsible))
    known = {row.pk for row in who_can_be_responsible(timezone.localdate(), besides=task.responsible)}
    if not set(people) <= known:
        raise FaultyActError.of("not_working_here", _("Этот человек в школе не работает."), "responsible")
    if task.stage_number != number:
        task.stage_number, task.stage = number, stages.get(number, data.new_stage)
        last = task.year.tasks.filter(stage_number=number).order_by("-position").first()
        task.position = last.position + 1 if last else 1
    task.title, task.term, task.due_on = data.title, data.term, data.due_on
    task.responsible, task.responsible_words = people, data.responsible_words
    task.result, task.product, task.updated_at = data.result, data.product, timezone.now()


def _recorded(actor: Actor, action: str, about: ProgrammeYear | ProgrammeTask, details: dict[str, Any]) -> None:
    kind = "programme.year" if isinstance(about, ProgrammeYear) else "programme.task"
    if isinstance(about, ProgrammeYear):
        # Its profiles give the school's pages their words.
        transaction.on_commit(forget_reference)
    record(actor=actor, action=action, object_type=kind, object_id=about.pk, details=details)
