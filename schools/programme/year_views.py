"""Pages of the programme year: start, tasks by stage, one task, the roadmap."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import Actor, actor_of, requires
from core.ui.components import Fact
from schools.people.editions import edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.pages import personal_file, personal_page, show_faults
from schools.people.school_year import first_day_of, school_year_of
from schools.programme import policies, year_editions, year_services, year_words, years
from schools.programme.evidence import OPEN, known_to, offered_tasks
from schools.programme.home import year_at_hand
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_export import roadmap_file
from schools.programme.year_forms import RESPONSIBLE, MarkForm, ProfilesForm, StartForm, TaskForm, YearForm
from tenants.reference.selectors import profiles_now


@requires("programme.view")
@require_safe
def current(request: HttpRequest) -> HttpResponse:
    """Show the year of today, or say how to start one."""
    actor = actor_of(request)
    year = years.current_year(actor, timezone.localdate())
    if year is None:
        return render(request, "programme/no_year.html", {"may_keep": bool(policies.may_keep_year(actor))})
    return _year_page(request, actor, year)


@requires("programme.view")
@require_safe
def year_of(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """Show one year, this or a former one."""
    actor = actor_of(request)
    return _year_page(request, actor, years.year_for(actor=actor, year_id=year_id))


def _year_page(request: HttpRequest, actor: Actor, year: ProgrammeYear) -> HttpResponse:
    day, stages = timezone.localdate(), years.stages_of(actor, year)
    others = [row for row in years.all_years(actor) if row.pk != year.pk]
    context = {
        "year": year,
        "shelves": year_words.shelves(
            year, year_words.folds(year, stages, day, offered_tasks(stages, known_to(actor, year, day)))
        ),
        "done": sum(stage.done for stage in stages),
        "needed": sum(stage.needed for stage in stages),
        "others": others,
        "is_past": years.is_over(year, day) and not any(row.starts_on > year.starts_on for row in others),
        "may_keep": (may_keep := bool(policies.may_keep_year(actor))),
        "may_add_profiles": may_keep and bool(year_services.profiles_to_add(year)),
        "sees_all": actor.reach("programme.view").everything,
    }
    return render(request, "programme/year.html", context)


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Start a year from profiles or as a copy."""
    actor, day = actor_of(request), timezone.localdate()
    offered, known = profiles_now(), list(years.all_years(actor))
    initial: dict[str, Any] = {"starts_on": first_day_of(school_year_of(day))}
    if known:
        initial["copy_of"] = str(known[0].pk)
        initial["ends_on"] = year_services.moved(
            known[0].ends_on, school_year_of(day) - school_year_of(known[0].starts_on)
        )
    elif offered:
        initial["profiles"] = [offered[0].code]
    form = StartForm(request.POST or None, offered=offered, years=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            year = year_services.start_year(actor=actor, data=form.data_of_year(), **form.source())
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Год начат. Проверьте сроки и назначьте ответственных."))
            return redirect("programme:year-of", year.pk)
    return render(request, "programme/start.html", {"form": form, "profiles": offered})


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """Change the title and the days of a year."""
    actor = actor_of(request)
    year = years.year_for(actor=actor, year_id=year_id)
    values = year_editions.year_values(year)
    form = YearForm(request.POST or None, initial={**values, "seen": edition_of(values)})
    if request.method == "POST" and form.is_valid():
        try:
            data, seen = form.data_of_year(), form.cleaned_data["seen"]
            year_services.edit_year(actor=actor, year_id=year_id, data=data, seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed={**asdict(data), "title": year_services.title_of(data)})
        else:
            messages.success(request, _("Год изменён."))
            return redirect("programme:year-of", year_id)
    return render(request, "programme/year_edit.html", {"form": form, "year": year})


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def add_profiles(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """Add the tasks of another profile to a year that goes on."""
    actor = actor_of(request)
    year = years.year_for(actor=actor, year_id=year_id)
    offered = year_services.profiles_to_add(year)
    initial = {"profiles": [row.code for row in offered] if len(offered) == 1 else []}
    form = ProfilesForm(request.POST or None, offered=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            year_services.add_profiles(actor=actor, year_id=year_id, profiles=form.cleaned_data["profiles"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Профиль добавлен. Проверьте сроки и назначьте ответственных."))
            return redirect("programme:year-of", year_id)
    return render(request, "programme/profiles_add.html", {"form": form, "year": year, "offered": offered})


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """Delete a year started by mistake, after asking."""
    actor = actor_of(request)
    year = years.year_for(actor=actor, year_id=year_id)
    if request.method == "POST":
        try:
            year_services.discard_year(actor=actor, year_id=year_id)
        except FaultyActError as refusal:
            messages.error(request, refusal.faults[0].sentence)
            return redirect("programme:year-of", year_id)
        messages.success(request, _("Год удалён."))
        return redirect("programme:year")
    context = {
        "title": _("Удалить год «%(title)s»?") % {"title": year.title},
        "consequences": [_("Исчезнут все дела этого года."), _("Люди, согласия, пары и приказы останутся.")],
        "help_text": _("Удаляют год, начатый по ошибке: пока ни одно дело не отмечено."),
        "confirm_label": _("Удалить год"),
        "cancel_url": reverse("programme:year-of", args=[year_id]),
        "is_dangerous": True,
    }
    return render(request, "ui/confirm.html", context)


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """Add a task of the school's own."""
    actor = actor_of(request)
    year = years.year_for(actor=actor, year_id=year_id)
    people = years.who_can_be_responsible(timezone.localdate())
    form = TaskForm(request.POST or None, stages=years.stages_of(actor, year), people=people)
    if request.method == "POST" and form.is_valid():
        try:
            task = year_services.add_task(actor=actor, year_id=year_id, data=form.data_of_task())
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Дело добавлено."))
            return redirect("programme:task", task.pk)
    context = {"form": form, "year": year, "back": reverse("programme:year-of", args=[year_id])}
    return personal_page(request, "programme/task_edit.html", context, action="programme.year_viewed")


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def task_edit(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Change a task."""
    actor = actor_of(request)
    task = years.task_for(actor=actor, task_id=task_id)
    people = years.who_can_be_responsible(timezone.localdate(), besides=task.responsible)
    form = TaskForm(request.POST or None, stages=years.stages_of(actor, task.year), people=people, task=task)
    if request.method == "POST" and form.is_valid():
        try:
            data, seen = form.data_of_task(), form.cleaned_data["seen"]
            year_services.edit_task(actor=actor, task_id=task_id, data=data, seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                typed, inputs = year_editions.task_typed(asdict(data)), {"responsible": RESPONSIBLE}
                take_newer(form, values=year_editions.task_values(task), typed=typed, inputs=inputs)
        else:
            messages.success(request, _("Дело изменено."))
            return redirect("programme:task", task_id)
    context = {"form": form, "year": task.year, "task": task, "back": reverse("programme:task", args=[task_id])}
    return personal_page(request, "programme/task_edit.html", context, **_seen(task))


@requires("programme.view")
@require_safe
def task_page(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Show one task: what is known of it, where it is done, how far it is."""
    actor, day = actor_of(request), timezone.localdate()
    task = years.task_for(actor=actor, task_id=task_id)
    return personal_page(request, "programme/task.html", _task_context(actor, task, day), **_seen(task))


@requires("programme.view")
@require_POST
def mark(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Say how far a task is."""
    actor, day = actor_of(request), timezone.localdate()
    task = years.task_for(actor=actor, task_id=task_id)
    values = year_editions.mark_values(task)
    form = MarkForm({"note": task.note, **request.POST.dict()}, initial=values)
    if form.is_valid():
        try:
            year_services.mark_task(actor=actor, task_id=task_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            take_newer(form, values=values, typed={name: form.data.get(name, "") for name in values})
        else:
            messages.success(request, _("Отмечено."))
            return HttpResponseRedirect(reverse("programme:task", args=[task_id]))
    context = {**_task_context(actor, task, day), "form": form}
    return personal_page(request, "programme/task.html", context, **_seen(task))


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def task_remove(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Delete a task of the school's own, after asking."""
    actor = actor_of(request)
    task = years.task_for(actor=actor, task_id=task_id)
    if request.method == "POST":
        try:
            year_services.remove_task(actor=actor, task_id=task_id)
        except FaultyActError as refusal:
            messages.error(request, refusal.faults[0].sentence)
            return redirect("programme:task", task_id)
        messages.success(request, _("Дело удалено."))
        return redirect("programme:year-of", task.year_id)
    context = {
        "title": _("Удалить дело «%(title)s»?") % {"title": task.title},
        "help_text": _("Удаляют только свои дела. Дело из профиля отмечают «не нужно»."),
        "consequences": [_("Дело исчезнет из списка и из дорожной карты.")],
        "confirm_label": _("Удалить дело"),
        "cancel_url": reverse("programme:task", args=[task_id]),
        "is_dangerous": True,
    }
    return render(request, "ui/confirm.html", context)


@requires("programme.view")
@require_safe
def roadmap(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """Show the roadmap to read and to print, folded by stages; ``?open=all`` unfolds it without a script."""
    actor, day = actor_of(request), timezone.localdate()
    year = years.year_for(actor=actor, year_id=year_id)
    stages = years.stages_of(actor, year)
    names = years.names_of(task for stage in stages for task in stage.tasks)
    at_hand = year_at_hand(stages, day)
    shown = year_words.roadmap_stages(
        year, stages, names, day, next_task=at_hand.late or at_hand.next, is_whole=request.GET.get("open") == "all"
    )
    rows = sum(len(stage.rows) for stage in shown)
    about: dict[str, Any] = {"object_type": "programme.year", "object_id": year.pk, "details": {"rows": rows}}
    context = {"year": year, "stages": shown, "is_whole": all(stage.is_open for stage in shown)}
    return personal_page(request, "programme/roadmap.html", context, action="programme.roadmap_viewed", **about)


@requires("programme.view")
@require_safe
def roadmap_xlsx(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """Give the roadmap as a workbook."""
    actor = actor_of(request)
    year = years.year_for(actor=actor, year_id=year_id)
    file = roadmap_file(actor, year, timezone.localdate())
    details = {"rows": file.rows}
    return personal_file(request, file.content, name=file.name, action="programme.roadmap_exported", details=details)


def _seen(task: ProgrammeTask) -> dict[str, Any]:
    return {"action": "programme.task_viewed", "object_type": "programme.task", "object_id": task.pk}


def _task_context(actor: Actor, task: ProgrammeTask, day: date) -> dict[str, Any]:
    may_mark = bool(policies.may_mark_task(actor, task))
    known = known_to(actor, task.year, day)
    shown = known.of(task) if known is not None else None
    offered = shown if shown is not None and shown.is_done and task.state in OPEN else None
    marked = year_editions.mark_values(task)
    return {
        "task": task,
        "status": year_words.status_of_task(task, day),
        "facts": [
            Fact(_("Этап"), task.stage),
            Fact(_("Срок"), year_words.term_of_task(task)),
            Fact(_("Ответственные"), year_words.responsible_of(task, years.names_of([task]))),
            Fact(_("Документ или результат"), task.result),
            Fact(_("Что говорят данные"), shown.words if shown else "", shown.url if shown else ""),
        ],
        "address": year_words.address_of(actor, task.product),
        "offered": offered if may_mark else None,
        "form": MarkForm(initial={**marked, "seen": edition_of(marked)}) if may_mark else None,
        "may_keep": bool(policies.may_keep_year(actor)),
    }
