"""Pages of one meeting: logging it in four fields, looking at it, correcting it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.selectors import names_of
from core.authz import Actor, actor_of, requires
from core.ui.components import Fact
from core.ui.private_search import private_search, search_data
from schools.meetings import selectors, services
from schools.meetings.domain import MeetingKind, MeetingState, proposed_kind
from schools.meetings.forms import CorrectionForm, LogForm, UnitFilter
from schools.meetings.models import KIND_TITLES, STATE_TITLES, Meeting
from schools.meetings.selectors import Sight, Unit
from schools.meetings.words import meeting_status, typed_id
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults


@private_search("meeting-units")
@requires("meetings.log")
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Log a meeting in four fields, or plan one."""
    actor, day = actor_of(request), timezone.localdate()
    bar = UnitFilter(search_data(request, "meeting-units"))
    typed = bar.cleaned_data["q"] if bar.is_valid() else ""
    wanted = request.POST.get("unit") or f"pair:{request.GET.get('pair', '')}"
    units, has_more = selectors.units_to_log(actor, day, typed=typed, chosen=wanted)
    chosen = _chosen_unit(units, typed_id(request.GET.get("pair", "")))
    initial: dict[str, Any] = {"held_on": day, "key": uuid4()}
    if chosen is not None:
        kinds = selectors.kinds_held(chosen.pair)
        initial |= {"unit": chosen.code, "kind": proposed_kind(kinds, day, chosen.pair.ends_on)}
    form = LogForm(request.POST or None, units=units, titles=_unit_titles(units), initial=initial)
    if request.method == "POST" and form.is_valid():
        unit = next(each for each in units if each.code == form.cleaned_data["unit"])
        try:
            logged = _log(request, actor, form, unit, day)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _words_of(logged))
            address = reverse("meetings:pair", args=[selectors.pair_of_meeting(actor, logged.meeting).pk])
            return go_on(request, address)
    if request.method == "POST" and wants_json(request):
        return refused()
    context = {
        "form": form,
        "units": units,
        # Whoever sees few finds his at a glance.
        "filter_form": bar if has_more or typed else None,
        "has_more": has_more,
        "most": selectors.MOST_UNITS,
        "has_conflict": "is_another" in form.errors or bool(form.data.get("is_another")),
        "back": chosen.pair.pk if chosen is not None else None,
    }
    return personal_page(
        request, "meetings/log.html", context, action="meetings.units_viewed", details={"rows": len(units)}
    )


@requires("meetings.view")
@require_safe
def card(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Show one meeting with what it said before it was corrected."""
    actor, day = actor_of(request), timezone.localdate()
    meeting = selectors.meeting_for(actor=actor, meeting_id=meeting_id)
    found = selectors.pair_of_meeting(actor, meeting)
    sight = selectors.sight_of(actor, found)
    may_write, reads = sight is Sight.WRITES, selectors.reads_notes(actor, meeting, sight)
    names = names_of([meeting.logged_by, *(row["by"] for row in meeting.corrections)])
    context = {
        "pair": found,
        "meeting": meeting,
        "facts": _facts_of_meeting(meeting, names, with_note=reads),
        "status": meeting_status(meeting, day),
        "corrections": _corrections(meeting, names, with_notes=reads),
        "may_correct": may_write and meeting.state != MeetingState.CANCELLED,
    }
    return _meeting_page(request, meeting, "meetings/card.html", context)


@requires("meetings.log")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Correct a meeting, or say what became of a planned one."""
    actor = actor_of(request)
    meeting = selectors.meeting_for(actor=actor, meeting_id=meeting_id, permission="meetings.log")
    found = selectors.pair_of_meeting(actor, meeting)
    if meeting.state == MeetingState.CANCELLED:
        messages.error(request, services.refused_move(meeting))
        return redirect("meetings:card", meeting_id=meeting_id)
    initial = {name: getattr(meeting, name) for name in services.COLUMNS}
    initial["version"] = len(meeting.corrections)
    form = CorrectionForm(request.POST or None, state=MeetingState(meeting.state), initial=initial)
    if not selectors.reads_notes(actor, meeting, Sight.WRITES):
        del form.fields["note"]
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        version = typed.pop("version")
        try:
            corrected = services.correct_meeting(
                actor=actor, meeting_id=meeting_id, data=services.MeetingData(**typed), version=version
            )
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if any(fault.code == "stale" for fault in refusal.faults):
                take_version(form, len(meeting.corrections))
        else:
            messages.success(request, _("Встреча исправлена."))
            return redirect("meetings:pair", pair_id=selectors.pair_of_meeting(actor, corrected).pk)
    return _meeting_page(request, meeting, "meetings/correct.html", {"pair": found, "meeting": meeting, "form": form})


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a page's script sent the form: it shows what was refused by sending it again the ordinary way."""
    return request.headers.get("Accept") == "application/json"


def go_on(request: HttpRequest, address: str) -> HttpResponse:
    """Send on to a page; a script is told the address instead: it has a draft to forget before it goes there."""
    return JsonResponse({"url": address}) if wants_json(request) else redirect(address)


def refused() -> HttpResponse:
    """Tell a script that the form was refused."""
    return JsonResponse({"url": ""}, status=422)


def take_version(form: Any, version: int) -> None:
    """Let the form be sent once more, knowingly, over what somebody else has written meanwhile."""
    take(form, "version", str(version))


def take(form: Any, name: str, value: str) -> None:
    """Put a value into a field of a form that was sent."""
    form.data = form.data.copy()
    form.data[form.add_prefix(name)] = value


def _chosen_unit(units: Sequence[Unit], pair_id: UUID | None) -> Unit | None:
    """Return the one that is meant: the pair of the address, or the only one there is."""
    if len(units) == 1:
        return units[0]
    return next((unit for unit in units if unit.group is None and unit.pair.pk == pair_id), None)


def _unit_titles(units: Sequence[Unit]) -> dict[str, str]:
    """Return what to call each: the mentee, and the mentor where there are several mentors."""
    has_several = len({unit.pair.mentor_id for unit in units}) > 1
    titles = {}
    for unit in units:
        if unit.group is not None:
            titles[unit.code] = _("Группа «%(title)s»") % {"title": unit.group.title}
        elif has_several:
            titles[unit.code] = f"{unit.pair.mentee.full_name} ({_short(unit.pair)})"
        else:
            titles[unit.code] = unit.pair.mentee.full_name
    return titles


def _short(pair: Pair) -> str:
    return _("наставник %(name)s") % {"name": pair.mentor.full_name}


def _log(request: HttpRequest, actor: Actor, form: LogForm, unit: Unit, day: date) -> services.Logged:
    typed = form.cleaned_data
    is_planned = request.POST.get("act") == MeetingState.PLANNED
    kind = typed["kind"] or proposed_kind(selectors.kinds_held(unit.pair), day, unit.pair.ends_on)
    data = services.MeetingData(
        held_on=typed["held_on"],
        kind=kind,
        result=typed["result"],
        state=MeetingState.PLANNED if is_planned else MeetingState.HELD,
    )
    return services.log_meeting(
        actor=actor, data=data, key=typed["key"], is_another=typed["is_another"], **form.chosen_unit
    )


def _words_of(logged: services.Logged) -> str:
    if logged.is_repetition:
        return _("Эта встреча уже записана: второй раз она не добавлена.")
    if logged.meeting.state == MeetingState.PLANNED:
        return _("Встреча запланирована.")
    return _("Встреча записана.")


def _facts_of_meeting(meeting: Meeting, names: dict[str, str], *, with_note: bool) -> list[Fact]:
    who = names.get(str(meeting.logged_by), "")
    minutes = _("%(n)s мин") % {"n": meeting.duration_minutes} if meeting.duration_minutes else ""
    rows = [
        Fact(_("Дата"), f"{meeting.held_on:%d.%m.%Y}"),
        Fact(_("Вид"), meeting.get_kind_display()),
        Fact(_("Кратко результат"), meeting.result),
        Fact(_("Тема"), meeting.topic),
        Fact(_("Место или формат"), meeting.place),
        Fact(_("Продолжительность"), minutes),
        Fact(_("Записал"), _("%(who)s, за наставника") % {"who": who} if meeting.is_for_mentor and who else who),
    ]
    if meeting.group is not None:
        rows.insert(0, Fact(_("Группа"), meeting.group.title))
    return [*rows, Fact(_("Заметка"), meeting.note)] if with_note else rows


def _corrections(meeting: Meeting, names: dict[str, str], *, with_notes: bool) -> list[dict[str, Any]]:
    """Return what the meeting said before each correction, the latest first."""
    shown = []
    for row in reversed(meeting.corrections):
        was = [(name, value) for name, value in row["was"].items() if name != "note" or with_notes]
        lines = [Fact(_title(name), _former(name, value)) for name, value in was]
        shown.append({"at": datetime.fromisoformat(row["at"]), "who": names.get(row["by"], ""), "lines": lines})
    return shown


def _title(name: str) -> str:
    field: Any = Meeting._meta.get_field(name)
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


def _former(name: str, value: Any) -> str:
    if name == "state":
        return str(STATE_TITLES[MeetingState(value)])
    if name == "kind":
        return str(KIND_TITLES[MeetingKind(value)])
    if name == "held_on":
        return f"{date.fromisoformat(value):%d.%m.%Y}"
    return "" if value is None else str(value)


def _meeting_page(request: HttpRequest, meeting: Meeting, template: str, context: dict[str, Any]) -> HttpResponse:
    return personal_page(
        request,
        template,
        context,
        action="meetings.meeting_viewed",
        object_type="meetings.meeting",
        object_id=meeting.pk,
    )
