"""Pages of questionnaires: rounds, the sheet for paper, and one's own questionnaires."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import Actor, actor_of, requires
from core.ui.components import Link, Status
from core.ui.pagination import paginate
from schools.people.editions import is_stale
from schools.people.errors import Fault, FaultyActError
from schools.people.lost_rows import LostRow
from schools.people.pages import personal_file, personal_page, show_faults
from schools.questionnaires import drafts, grid, policies, selectors, services
from schools.questionnaires.domain import ResponseState
from schools.questionnaires.forms import AnswersForm, ReopenForm, sent_ids
from schools.questionnaires.models import Response, Round
from schools.questionnaires.naming import choices_for, ids_in
from schools.questionnaires.reminding import remind_unanswered
from schools.questionnaires.results import results_file, results_of
from schools.questionnaires.words import RESPONSE_STATUS, WITHDRAWN, WITHDRAWN_STATUS
from tenants.reference.items import items_from


@requires("questionnaires.view")
@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """List the rounds with how many answered."""
    actor = actor_of(request)
    page = paginate(request, selectors.rounds_visible_to(actor))
    counts = selectors.answered_counts(actor, [row.pk for row in page])
    rows = [(row, *counts.get(row.pk, (0, 0))) for row in page]
    may_edit = bool(actor.has("questionnaires.edit"))
    return render(request, "questionnaires/list.html", {"page": page, "rows": rows, "may_edit": may_edit})


@requires("questionnaires.view")
@require_safe
def round_page(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Show who has answered and who has not; no answers."""
    actor = actor_of(request)
    row = selectors.round_for(actor=actor, round_id=survey_id)
    page = paginate(request, selectors.asked_in(actor, row))
    answered, total = selectors.answered_counts(actor, [row.pk]).get(row.pk, (0, 0))
    context = {
        "round": row,
        "page": page,
        "rows": [(each, RESPONSE_STATUS[selectors.shown_state(each)]) for each in page],
        "answered": answered,
        "asked": total,
        "may_edit": bool(actor.has("questionnaires.edit")),
        "may_close": bool(policies.may_open_round(actor, row.form_code, only_own_classes=False)),
    }
    return personal_page(
        request,
        "questionnaires/round.html",
        context,
        action="questionnaires.round_viewed",
        object_type="questionnaires.round",
        object_id=row.pk,
        details={"rows": len(page)},
    )


# The rest of the open answers is in the file: two thousand people's do not fit a page.
MOST_SAID = 20


@requires("questionnaires.view")
@require_safe
def round_results(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Show what a round says, question by question."""
    actor = actor_of(request)
    row = selectors.round_for(actor=actor, round_id=survey_id)
    given = selectors.sent_in(actor, row)
    rows = [
        (each, each.said[:MOST_SAID], max(0, len(each.said) - MOST_SAID))
        for each in results_of(items_from(row.template.items), given)
    ]
    return personal_page(
        request,
        "questionnaires/results.html",
        {"round": row, "rows": rows if given else [], "sent": len(given)},
        action="questionnaires.results_viewed",
        object_type="questionnaires.round",
        object_id=row.pk,
        details={"rows": len(given)},
    )


@requires("questionnaires.view")
@require_safe
def round_export(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Answer with the results as a workbook."""
    actor = actor_of(request)
    row = selectors.round_for(actor=actor, round_id=survey_id)
    file = results_file(row, selectors.sent_in(actor, row), timezone.localdate())
    details = {"round": str(row.pk), "rows": file.rows}
    return personal_file(
        request, file.content, name=file.name, action="questionnaires.results_exported", details=details
    )


@requires("questionnaires.edit")
@require_POST
def round_open(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Close a round or open it again."""
    is_open = request.POST.get("is_open") == "1"
    services.set_round_open(actor=actor_of(request), round_id=survey_id, is_open=is_open)
    messages.success(request, _("Опрос снова открыт.") if is_open else _("Опрос закрыт."))
    return redirect("questionnaires:round", survey_id=survey_id)


@requires("questionnaires.edit")
@require_POST
def round_remind(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Remind everybody who has not answered."""
    try:
        told = remind_unanswered(actor=actor_of(request), round_id=survey_id)
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
        return redirect("questionnaires:round", survey_id=survey_id)
    said = _("Напомнили: %(count)s. Напоминание – на главной странице участника.") % {"count": told.reminded}
    messages.success(request, said if told.reminded else _("Новых напоминаний нет: напоминают не чаще раза в день."))
    if told.without_account:
        said = _("Без входа в программу: %(count)s. Дайте им личную ссылку или внесите ответы с бумаги.")
        messages.warning(request, said % {"count": told.without_account})
    return redirect("questionnaires:round", survey_id=survey_id)


@requires("questionnaires.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def response_reopen(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """Send answers back to be mended."""
    actor = actor_of(request)
    row = selectors.response_for(actor=actor, response_id=response_id, permission="questionnaires.edit")
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reopen_response(actor=actor, response_id=response_id, **form.cleaned_data)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Анкета возвращена для исправления."))
            return redirect("questionnaires:round", survey_id=row.round_id)
    context = {
        "title": _("Вернуть для исправления"),
        "lead": f"{row.person.full_name}. {row.round.title}",
        "help_text": _("Так исправляют отправленную анкету. Причина остаётся в журнале действий."),
        "consequences": [
            _("Анкету можно будет исправить и отправить ещё раз."),
            _("До этого в итогах остаются прежние ответы."),
            _("Личная ссылка, если была, перестанет действовать."),
        ],
        "form": form,
        "confirm_label": _("Вернуть для исправления"),
        "cancel_url": reverse("questionnaires:round", kwargs={"survey_id": row.round_id}),
    }
    return personal_page(
        request,
        "ui/confirm.html",
        context,
        action="questionnaires.round_viewed",
        object_type="questionnaires.response",
        object_id=row.pk,
    )


@requires("questionnaires.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def round_grid(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Enter the answers of many people from paper on one page."""
    actor = actor_of(request)
    row = selectors.round_for(actor=actor, round_id=survey_id, permission="questionnaires.edit")
    items = items_from(row.template.items)
    everybody, per_page = selectors.asked_in(actor, row, "questionnaires.edit"), grid.rows_on_page(items)
    rooms = selectors.by_room(everybody)
    room = _room_of(request, rooms)
    page = paginate(request, selectors.in_room(everybody, room), per_page=per_page)
    responses, data, refused = list(page), None, dict[UUID, list[Fault]]()
    lost: list[LostRow] = []
    if request.method == "POST":
        # The rows that come back, wherever classes and pages have moved since they were shown.
        sent = everybody.filter(pk__in=grid.sent_in(request.POST))
        responses = list(sent)
        lost = grid.lost_rows(responses, items, request.POST)
        typed = grid.typed_rows([each for each in responses if not each.is_own], items, request.POST)
        seen = grid.seen_revisions(responses, request.POST)
        written, refused = services.answer_from_paper(actor=actor, rows=typed, seen=seen)
        goes_on = "other" in request.POST and not (refused or lost)
        if written or not (refused or lost or goes_on):
            messages.success(request, _("Записано анкет: %(count)s.") % {"count": written})
        other = selectors.other_side_of(actor, row, [each.person_id for each in responses]) if goes_on else None
        if not (refused or lost):
            return redirect(_sheet_of(other, room) if other else request.get_full_path())
        # With the revisions that stand now: sent once more, it is written knowingly.
        responses = list(sent.all())
        data = request.POST if responses else None
        responses = responses or list(page)
    people = grid.people_on(row.template.role, items, responses, data)
    context = {
        "round": row,
        "page": page,
        "people_carried": grid.carried(people),
        "items": list(enumerate(items, start=1)),
        "people": list(enumerate(people, start=1)),
        "lines": grid.lines(responses, items, people, data, refused),
        "refused": len(refused),
        "lost": lost,
        "tabs": _rooms_as_tabs(row, rooms, room),
        "other": selectors.other_side_of(actor, row, [each.person_id for each in responses]),
        # What concerns the whole row, such as a closed round.
        "row_faults": sorted({fault.sentence for faults in refused.values() for fault in faults if not fault.field}),
    }
    return personal_page(
        request,
        "questionnaires/grid.html",
        context,
        action="questionnaires.answers_viewed",
        object_type="questionnaires.round",
        object_id=row.pk,
        details={"rows": len(responses)},
    )


def _room_of(request: HttpRequest, rooms: Sequence[tuple[str, str, int]]) -> str:
    """Return the class that the address asks for; none when nobody of it is asked."""
    wanted = request.GET.get("room", "")
    return wanted if wanted in {key for key, _title, _count in rooms} else ""


def _sheet_of(row: Round, room: str) -> str:
    address = reverse("questionnaires:grid", kwargs={"survey_id": row.pk})
    return f"{address}?room={room}" if room else address


def _rooms_as_tabs(row: Round, rooms: Sequence[tuple[str, str, int]], room: str) -> list[Link]:
    """Return the classes of a sheet to choose from: paper comes in piles of a class. Nothing where there is one."""
    if len(rooms) < 2:
        return []
    listed = [("", _("Все"), sum(count for _key, _title, count in rooms)), *rooms]
    return [
        Link(title or _("не ученики"), _sheet_of(row, key), is_current=key == room, count=count)
        for key, title, count in listed
    ]


@requires("participation.view")
@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    """List what the reader himself is asked."""
    rows = selectors.own_responses(actor_of(request))
    page = paginate(request, rows)
    withdrew = _has_withdrawn(actor_of(request))
    listed = [(row, _own_status(row, withdrew=withdrew)) for row in page]
    return render(request, "questionnaires/mine.html", {"page": page, "rows": listed})


def _has_withdrawn(actor: Actor) -> bool:
    return actor.person_id is not None and bool(selectors.withdrawn_among([actor.person_id]))


def _own_status(row: Response, *, withdrew: bool) -> Status:
    is_waited_for = row.state != ResponseState.SUBMITTED
    return WITHDRAWN_STATUS if withdrew and is_waited_for else RESPONSE_STATUS[ResponseState(row.state)]


@requires("participation.view")
@require_http_methods(["GET", "HEAD", "POST"])
def own_fill(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """Answer one's own questionnaire: keep a draft, or send it."""
    actor, is_late = actor_of(request), False
    row = selectors.own_response_for(actor=actor, response_id=response_id)
    form = _own_form(request, row)
    if request.method == "POST" and (form.is_valid() or "autosave" in request.POST):
        try:
            return _own_answered(request, row, form)
        except FaultyActError as refusal:
            is_late = is_stale(refusal)
            if "autosave" in request.POST:
                return HttpResponse(status=412 if is_late else 409)
            # A field with a fault is no longer among the cleaned.
            typed = dict(form.cleaned_data)
            show_faults(form, refusal)
            if is_late:
                drafts.show_newer(form, row, typed)
    withdrew = _has_withdrawn(actor)
    context = {
        "response": row,
        "round": row.round,
        "form": form,
        "is_late": is_late,
        # What was typed too late to be taken is still shown, to be copied.
        "may_fill": (_may_fill(row) and not withdrew) or bool(form.errors),
        "withdrew": WITHDRAWN if withdrew else "",
    }
    return personal_page(
        request,
        "questionnaires/fill.html",
        context,
        action="questionnaires.own_viewed",
        object_type="questionnaires.response",
        object_id=row.pk,
    )


def _own_form(request: HttpRequest, row: Response) -> AnswersForm:
    items, given = items_from(row.round.template.items), row.shown
    people = choices_for(row, items, [*ids_in(items, given), *sent_ids(items, request.POST)])
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(data, items=items, people=people, given=given)
    drafts.add_stamp(form, drafts.edition_of_answers(row))
    return form


def _own_answered(request: HttpRequest, row: Response, form: AnswersForm) -> HttpResponse:
    """Keep or send what was typed, and say so; the script that keeps drafts is answered without a page."""
    is_automatic = "autosave" in request.POST
    is_final = not is_automatic and "draft" not in request.POST
    row = services.answer_own(
        actor=actor_of(request),
        response_id=row.pk,
        typed=form.cleaned_data,
        is_final=is_final,
        is_automatic=is_automatic,
        seen=drafts.seen_by_page(request, row, drafts.seen_in(form)),
    )
    if is_final:
        messages.success(request, _("Анкета отправлена. Спасибо!"))
        return redirect("questionnaires:mine")
    stamp = drafts.edition_of_answers(row)
    drafts.remember_writing(request, row, stamp)
    if is_automatic:
        return HttpResponse(status=204, headers={"ETag": f'"{stamp}"'})
    messages.success(request, _("Черновик сохранён."))
    return redirect("questionnaires:fill", response_id=row.pk)


def _may_fill(row: Response) -> bool:
    return row.round.closed_at is None and row.state != ResponseState.SUBMITTED
