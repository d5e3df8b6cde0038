"""Pages of the review board: the list of mentees with their mentors, and one mentee's row with everybody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import actor_of, requires
from core.ui.components import Link
from core.ui.pagination import paginate
from schools.matching import policies, selectors
from schools.matching.board import Board, Row, board_for
from schools.matching.errors import BoardChangedError
from schools.matching.group_board import title_of_group
from schools.matching.models import Candidate, Round
from schools.matching.placing import place, set_ban
from schools.matching.words import proof_in_words
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page
from schools.people.selectors import place_of

_SEEN = "boards_seen"


@requires("matching.view")
@require_safe
def listing(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Show every mentee with the proposed mentor and the reasons, and who is left and why."""
    actor, day = actor_of(request), timezone.localdate()
    found = selectors.round_for(actor=actor, round_id=round_id)
    board = board_for(actor, found)
    chosen = request.GET.get("show", "")
    seen = _seen_version(request, found)
    mentees = board.mentees()
    shown = [row for row in mentees if _is_shown(row, board, chosen, seen)]
    page = paginate(request, shown)
    context: dict[str, Any] = {
        "round": found,
        "page": page,
        "rows": [_listed(found, board.row(row), day, is_changed=_is_news(row, seen, actor.pk)) for row in page],
        "tabs": _tabs(found, board, mentees, chosen, seen),
        "worth": board.worth(),
        "run": board.last_run,
        "proof": proof_in_words(board.last_run) if board.last_run else [],
        "is_stale": board.is_stale,
        "is_empty": not mentees,
        "may_edit": _may_edit(actor, found),
    }
    return personal_page(
        request, "matching/board.html", context, action="matching.board_viewed", details={"rows": len(page)}
    )


def _may_edit(actor: Any, found: Round) -> bool:
    return found.state == Round.State.OPEN and bool(policies.may_lead_rounds_of_form(actor, found.form_code))


def _seen_version(request: HttpRequest, found: Round) -> int:
    """Return the version that this person saw last time, and remember the one shown now."""
    seen = dict(request.session.get(_SEEN, {}))
    last = int(seen.get(str(found.pk), found.version))
    if seen.get(str(found.pk)) != found.version and "show" not in request.GET:
        request.session[_SEEN] = {**seen, str(found.pk): found.version}
    return last


def _is_news(row: Candidate, seen: int, me: UUID | None) -> bool:
    return row.changed_version > seen and row.changed_by != me


def _is_shown(row: Candidate, board: Board, chosen: str, seen: int) -> bool:
    is_placed = row.pk in board.question.placed
    return {"paired": is_placed, "left": not is_placed, "locked": is_placed and row.is_locked}.get(chosen, True)


def _tabs(found: Round, board: Board, mentees: list[Candidate], chosen: str, seen: int) -> list[Link]:
    address = reverse("matching:board", kwargs={"round_id": found.pk})
    labels = {"": _("Все"), "paired": _("С наставником"), "left": _("Без наставника"), "locked": _("Закреплены")}
    return [
        Link(
            label,
            f"{address}?show={code}" if code else address,
            is_current=code == chosen,
            count=sum(_is_shown(row, board, code, seen) for row in mentees),
        )
        for code, label in labels.items()
    ]


def _listed(found: Round, row: Row, day: Any, *, is_changed: bool) -> dict[str, Any]:
    return {
        "row": row,
        "place": place_of(row.candidate.person, day),
        "mentor_place": place_of(row.mentor.person, day) if row.mentor else "",
        "is_changed": is_changed,
        "group": title_of_group(found, row.candidate.group),
    }


@requires("matching.view")
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, candidate_id: UUID) -> HttpResponse:
    """Show a mentee beside every mentor, what a change costs, and store it."""
    actor = actor_of(request)
    candidate = selectors.candidate_for(actor=actor, candidate_id=candidate_id)
    if candidate.side != Candidate.Side.MENTEE:
        return redirect("matching:board", candidate.round_id)
    changed: BoardChangedError | None = None
    if request.method == "POST":
        try:
            warnings = place(
                actor=actor,
                candidate_id=candidate_id,
                mentor_id=_id(request.POST.get("mentor", "")),
                version=_number(request.POST.get("version", "")),
                is_locked="lock" in request.POST,
                instead_of=_id(request.POST.get("instead", "")),
            )
        except BoardChangedError as refusal:
            changed = refusal
        except FaultyActError as refusal:
            for fault in refusal.faults:
                messages.error(request, fault.sentence)
        else:
            for warning in warnings:
                messages.warning(request, warning)
            messages.success(request, _("Доска сохранена."))
            return redirect("matching:board", candidate.round_id)
    return _row_page(request, candidate, changed)


def _row_page(request: HttpRequest, candidate: Candidate, changed: BoardChangedError | None) -> HttpResponse:
    actor, day = actor_of(request), timezone.localdate()
    found = candidate.round
    board = board_for(actor, found)
    candidates = board.question.candidates
    here = candidates.get(candidate.pk)
    if here is None:
        return redirect("matching:board", found.pk)
    given = request.POST if request.method == "POST" else request.GET
    wanted = _id(given.get("mentor", ""))
    is_preview = "mentor" in given and (wanted is None or wanted in board.question.mentors)
    instead = _id(given.get("instead", ""))
    mentors = sorted(
        board.question.mentors,
        key=lambda pk: (bool(board.rules(here.pk, pk)), -board.score(here.pk, pk), candidates[pk].number),
    )
    page = paginate(request, mentors)
    why = board.why_not(here.pk, page)
    context: dict[str, Any] = {
        "round": found,
        "candidate": here,
        "place": place_of(here.person, day),
        "group": title_of_group(found, here.group),
        "row": board.row(here),
        "page": page,
        "mentors": [_mentor_line(board, here.pk, pk, day, why) for pk in page],
        "changed_rows": [candidates[pk] for pk in changed.rows if pk in candidates] if changed else [],
        "is_preview": is_preview,
        "wanted": candidates[wanted] if is_preview and wanted else None,
        "is_locked": "lock" in given if is_preview else here.is_locked,
        "may_edit": _may_edit(actor, found),
    }
    if is_preview:
        context |= _preview(board, here.pk, wanted, instead)
    return personal_page(
        request,
        "matching/row.html",
        context,
        action="matching.row_viewed",
        object_type="people.person",
        object_id=here.person_id,
    )


def _mentor_line(
    board: Board, mentee_id: UUID, mentor_id: UUID, day: Any, why: dict[UUID, list[str]]
) -> dict[str, Any]:
    mentor = board.question.candidates[mentor_id]
    holders = board.holders[mentor_id]
    return {
        "candidate": mentor,
        "place": place_of(mentor.person, day),
        "pair": board.pair(mentee_id, mentor_id),
        "taken": len(holders),
        "places": board.question.mentors[mentor_id].places,
        "is_chosen": mentee_id in holders,
        "why_not": why.get(mentor_id, []),
        "is_banned": board.is_banned(mentee_id, mentor_id),
    }


def _preview(board: Board, mentee_id: UUID, wanted: UUID | None, instead: UUID | None) -> dict[str, Any]:
    cost = board.cost(mentee_id, wanted, instead)
    others = [pk for pk in board.holders[wanted] if pk != mentee_id] if wanted else []
    return {
        "cost": cost,
        "instead": instead,
        "others": [board.question.candidates[pk] for pk in others],
        "is_crowded": board.is_full(wanted, but=mentee_id),
    }


@requires("matching.edit")
@require_POST
def ban(request: HttpRequest, candidate_id: UUID) -> HttpResponse:
    """Rule a pair out, or allow it again."""
    actor = actor_of(request)
    candidate = selectors.candidate_for(actor=actor, candidate_id=candidate_id, permission="matching.edit")
    is_banned = request.POST.get("banned") == "1"
    mentor_id = _id(request.POST.get("mentor", ""))
    try:
        if mentor_id is not None:
            set_ban(
                actor=actor,
                candidate_id=candidate_id,
                mentor_id=mentor_id,
                version=_number(request.POST.get("version", "")),
                is_banned=is_banned,
            )
            messages.success(request, _("Пара запрещена.") if is_banned else _("Запрет снят."))
    except FaultyActError as refusal:
        messages.error(request, str(refusal.faults[0].sentence))
    return redirect("matching:row", candidate.pk)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
