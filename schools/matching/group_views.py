"""Pages of a board's groups: their list, and one group with what it costs. Mentees are chosen by box or by number."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import Actor, actor_of, requires
from schools.matching import policies, selectors
from schools.matching.board import Board, board_for
from schools.matching.domain.typed import TypedError, read_numbers
from schools.matching.errors import BoardChangedError
from schools.matching.group_board import cost_of_group, groups_of, title_of_group, worth_a_group
from schools.matching.groups import GroupData, dissolve_group, faults_of_group, save_group, warnings_of
from schools.matching.meeting import sentence_of
from schools.matching.models import Candidate, Round
from schools.pairs.domain import MOST_IN_GROUP
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page
from schools.people.selectors import place_of

# Boxes on a page; everybody else is typed by his number.
_BOXES = 100


@requires("matching.view")
@require_safe
def listing(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """List the groups, and the mentors with several mentees who could be one."""
    actor = actor_of(request)
    found = selectors.round_for(actor=actor, round_id=round_id)
    board = board_for(actor, found)
    groups, several = groups_of(board), worth_a_group(board)
    context = {
        "round": found,
        "groups": [{"group": row, "edit": _address(found, row.number)} for row in groups],
        "several": [
            {"mentor": mentor, "mentees": mentees, "make": f"{_address(found)}?{_chosen_query(mentor, mentees)}"}
            for mentor, mentees in several
        ],
        "make": _address(found),
        "may_edit": _may_edit(actor, found),
    }
    details = {"rows": len(groups)}
    return personal_page(request, "matching/groups.html", context, action="matching.groups_viewed", details=details)


def _chosen_query(mentor: Candidate, mentees: list[Candidate]) -> str:
    query = QueryDict(mutable=True)
    query["mentor"] = str(mentor.number)
    query.setlist("n", [str(row.number) for row in mentees[:MOST_IN_GROUP]])
    return str(query.urlencode())


def _address(found: Round, number: int | None = None) -> str:
    if number is None:
        return reverse("matching:group-new", args=[found.pk])
    return reverse("matching:group", args=[found.pk, number])


def _may_edit(actor: Actor, found: Round) -> bool:
    return found.state == Round.State.OPEN and bool(policies.may_lead_rounds_of_form(actor, found.form_code))


class _Typed:
    """What is chosen on the page: a title, the mentor's and the mentees' numbers; or what the group is now."""

    def __init__(self, given: QueryDict, board: Board, number: int | None) -> None:
        people = board.question.candidates
        self.mentees_by_number = {people[pk].number: pk for pk in board.question.mentees}
        self.mentors_by_number = {people[pk].number: pk for pk in board.question.mentors}
        self.fault = ""
        self.is_given = "title" in given or "n" in given or "mentor" in given
        if self.is_given:
            self.title = given.get("title", "")
            self.mentor_id = self.mentors_by_number.get(_number(given.get("mentor", "")))
            self.more = given.get("more", "")[:400]
            self.members = self._members(given.getlist("n")[: _BOXES + MOST_IN_GROUP])
            # Whoever was typed has a box now, and can be taken out by it.
            self.more = self.more if self.fault else ""
        else:
            self.members = set(board.question.groups.get(number, ())) if number is not None else set()
            self.title = board.round.groups.get(str(number), "")
            self.mentor_id = next((board.question.placed.get(pk) for pk in self.members), None)
            self.more = ""

    def _members(self, ticked: list[str]) -> set[UUID]:
        try:
            typed = read_numbers(self.more, self.mentees_by_number, MOST_IN_GROUP + 1)
        except TypedError as error:
            self.fault, typed = sentence_of(error), ()
        numbers = {*map(_number, ticked), *typed}
        return {self.mentees_by_number[number] for number in numbers if number in self.mentees_by_number}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Make a group: choose, see what it costs, save."""
    return _group_page(request, round_id, None)


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, round_id: UUID, group_number: int) -> HttpResponse:
    """Change a group: the same page with what it is now."""
    return _group_page(request, round_id, group_number)


def _group_page(request: HttpRequest, round_id: UUID, number: int | None) -> HttpResponse:
    actor, day = actor_of(request), timezone.localdate()
    found = selectors.round_for(actor=actor, round_id=round_id, permission="matching.edit")
    if number is not None and str(number) not in found.groups:
        raise Http404
    board = board_for(actor, found)
    typed = _Typed(request.POST if request.method == "POST" else request.GET, board, number)
    changed: BoardChangedError | None = None
    if request.method == "POST" and not typed.fault:
        try:
            saved = save_group(
                actor=actor,
                round_id=round_id,
                data=GroupData(typed.members, typed.mentor_id, typed.title),
                version=_number(request.POST.get("version", "")),
                number=number,
            )
        except BoardChangedError as refusal:
            changed = refusal
        except FaultyActError as refusal:
            for fault in refusal.faults:
                messages.error(request, fault.sentence)
        else:
            for warning in saved.warnings:
                messages.warning(request, warning)
            messages.success(request, _("Группа сохранена."))
            return redirect("matching:groups", found.pk)
    context = _context(board, typed, number, day) | {
        "may_edit": _may_edit(actor, found),
        "changed_rows": [board.question.candidates[pk] for pk in changed.rows if pk in board.question.candidates]
        if changed
        else [],
    }
    details = {"rows": len(context["boxes"])}
    return personal_page(request, "matching/group.html", context, action="matching.group_viewed", details=details)


def _context(board: Board, typed: _Typed, number: int | None, day: date) -> dict[str, Any]:
    question = board.question
    faults = [typed.fault] if typed.fault else []
    cost = None
    if typed.is_given and not faults:
        found = faults_of_group(board, typed.mentor_id, typed.members)
        cost = cost_of_group(board, typed.mentor_id, typed.members, number) if len(typed.members) > 1 else None
        faults = [fault.sentence for fault in found]
    return {
        "round": board.round,
        "number": number,
        "name": title_of_group(board.round, number),
        "title": typed.title,
        "more": typed.more,
        "mentor": question.candidates[typed.mentor_id] if typed.mentor_id else None,
        "mentors": [
            {"candidate": question.candidates[pk], "taken": len(board.holders.get(pk, ())), "places": facts.places}
            for pk, facts in question.mentors.items()
        ],
        "boxes": [_box(board, pk, typed, day) for pk in _first(board, typed)],
        "mentees": len(question.mentees),
        "members": sorted(typed.members, key=lambda pk: question.candidates[pk].number),
        "numbers": sorted(question.candidates[pk].number for pk in typed.members),
        "cost": cost,
        "faults": faults,
        "warnings": warnings_of(cost) if cost else [],
        "may_save": cost is not None and not faults,
    }


def _first(board: Board, typed: _Typed) -> list[UUID]:
    """Return the mentees who get a box: the chosen ones, the mentor's, those without one, then by number."""
    placed, people = board.question.placed, board.question.candidates

    def rank(pk: UUID) -> tuple[bool, bool, bool, int]:
        is_his = typed.mentor_id is not None and placed.get(pk) == typed.mentor_id
        return pk not in typed.members, not is_his, pk in placed, people[pk].number

    return sorted(board.question.mentees, key=rank)[:_BOXES]


def _box(board: Board, pk: UUID, typed: _Typed, day: date) -> dict[str, Any]:
    row, now = board.question.candidates[pk], board.question.placed.get(pk)
    return {
        "candidate": row,
        "place": place_of(row.person, day),
        "mentor": board.question.candidates[now].person.full_name if now else "",
        "group": title_of_group(board.round, row.group),
        "fit": board.pair(pk, typed.mentor_id).fit if typed.mentor_id else None,
        "is_chosen": pk in typed.members,
    }


@requires("matching.edit")
@require_POST
def dissolve(request: HttpRequest, round_id: UUID, group_number: int) -> HttpResponse:
    """Make a group's mentees stand alone again."""
    try:
        dissolve_group(actor=actor_of(request), round_id=round_id, number=group_number)
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
    else:
        messages.success(request, _("Группы больше нет: наставляемые остались при своём наставнике, каждый в паре."))
    return redirect("matching:groups", round_id)
