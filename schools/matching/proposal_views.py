"""Pages of publication and of proposals: the curator publishes and follows, two people answer."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.authz import Actor, actor_of, requires
from core.ui.pagination import paginate
from schools.matching import policies, proposals, publishing, selectors
from schools.matching.board import board_for
from schools.matching.choosing import MOST_OPTIONS, options_of
from schools.matching.domain.proposals import LIVE, Party, ProposalState
from schools.matching.errors import BoardChangedError
from schools.matching.forms import PublishForm
from schools.matching.models import Candidate, Proposal, Round
from schools.matching.words import decline_reasons, reasons_in_words, status_of_proposal
from schools.pairs.forms import end_of_school_year
from schools.pairs.words import form_titles
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import place_of, with_enrolments
from tenants.reference.selectors import role_variants_now


@requires("matching.edit")
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Publish the board as proposals or as drafts."""
    actor, day = actor_of(request), timezone.localdate()
    found = selectors.round_for(actor=actor, round_id=round_id, permission="matching.edit")
    if found.state != Round.State.OPEN:
        return redirect("matching:proposals", found.pk)
    initial = {"how": "proposals", "answer_days": 5, "starts_on": day, "ends_on": end_of_school_year(day)}
    form = PublishForm(request.POST or None, variants=role_variants_now(form_code=found.form_code), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            count = _publish(actor, found, form.cleaned_data, request.POST.get("version", ""))
        except BoardChangedError:
            form.add_error(None, _("Пока вы смотрели, доску изменили. Проверьте её и опубликуйте ещё раз."))
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            words = ngettext("Опубликована %(count)s пара.", "Опубликовано пар: %(count)s.", count)
            messages.success(request, words % {"count": count})
            if left := selectors.left_of(found):
                words = _("Без наставника: %(count)s. Они в списке ожидания: поиск продолжается.")
                messages.info(request, words % {"count": left})
            is_draft = form.cleaned_data["how"] == "drafts"
            return redirect(
                f"{reverse('pairs:list')}?state=draft" if is_draft else reverse("matching:proposals", args=[found.pk])
            )
    board = board_for(actor, found)
    warned = [row for row in map(board.row, board.mentees()) if row.pair and (row.pair.warnings or row.pair.forbidden)]
    context = {"round": found, "form": form, "worth": board.worth(), "warned": warned}
    details = {"rows": len(warned)}
    return personal_page(request, "matching/publish.html", context, action="matching.board_viewed", details=details)


def _publish(actor: Actor, found: Round, typed: dict[str, Any], version: str) -> int:
    return publishing.publish(
        actor=actor,
        round_id=found.pk,
        version=int(version) if version.isascii() and version.isdigit() and len(version) <= 9 else 0,
        terms=publishing.Terms(
            starts_on=typed["starts_on"], ends_on=typed["ends_on"], role_variant=typed["role_variant"]
        ),
        answer_days=typed["answer_days"],
        as_drafts=typed["how"] == "drafts",
        choices=MOST_OPTIONS if typed["how"] == "choices" else 1,
    )


@requires("matching.edit")
@require_POST
def close(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Close a published round."""
    try:
        proposals.close_round(actor=actor_of(request), round_id=round_id)
    except FaultyActError as refusal:
        messages.error(request, str(refusal.faults[0].sentence))
    else:
        messages.success(request, _("Подбор закрыт. Кто остался без наставника, тот в списке ожидания."))
    return redirect("matching:round", round_id)


@requires("matching.view")
@require_safe
def of_round(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """List the proposals of a round with who has answered what."""
    actor = actor_of(request)
    found = selectors.round_for(actor=actor, round_id=round_id)
    rows = selectors.proposals_visible_to(actor).filter(mentee__round=found)
    page = paginate(request, rows.order_by("mentee__number", "-attempt", "pk"))
    context = {
        "round": found,
        "page": page,
        "rows": [{"proposal": row, "status": status_of_proposal(row)} for row in page],
        "may_close": found.state == Round.State.PUBLISHED
        and bool(policies.may_lead_rounds_of_form(actor, found.form_code)),
    }
    details = {"rows": len(page)}
    return personal_page(
        request, "matching/proposals.html", context, action="matching.proposals_viewed", details=details
    )


@requires("proposals.answer", "matching.view")
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """List what the actor himself is asked; who leads rounds sees besides what waits for others' answers."""
    actor = actor_of(request)
    mine = list(selectors.proposals_for(actor)[:25])
    led = selectors.proposals_visible_to(actor).filter(state__in=LIVE).order_by("expires_on", "pk")
    page = paginate(request, led)
    context = {
        "mine": [_line(row, actor) for row in mine],
        "page": page,
        "rows": [{"proposal": row, "status": status_of_proposal(row)} for row in page],
        "is_leading": bool(policies.may_see_rounds(actor)),
    }
    details = {"rows": len(mine) + len(page)}
    return personal_page(
        request, "matching/own_proposals.html", context, action="matching.proposals_viewed", details=details
    )


def _line(row: Proposal, actor: Actor) -> dict[str, Any]:
    whose = party_of(row, actor)
    other = row.mentee if whose is Party.MENTOR else row.mentor
    answer = row.mentor_answer if whose is Party.MENTOR else row.mentee_answer
    return {"proposal": row, "other": other, "is_mentor": whose is Party.MENTOR, "status": status_of_proposal(row),
            "is_asked": row.state in LIVE and not answer, "is_choice": bool(row.options)}  # fmt: skip


def party_of(row: Proposal, actor: Actor) -> Party | None:
    """Return for which side the actor answers himself; None when he is neither."""
    if actor.person_id is None or not policies.may_answer_proposals(actor):
        return None
    if row.mentor.person_id == actor.person_id:
        return Party.MENTOR
    return Party.MENTEE if row.mentee.person_id == actor.person_id else None


@requires("proposals.answer", "matching.view")
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show a proposal to whom it is made, who answers it, or to the curator, who may record what he was told."""
    actor = actor_of(request)
    mine = selectors.proposals_for(actor).filter(pk=proposal_id).first()
    row = mine or selectors.proposal_for(actor=actor, proposal_id=proposal_id)
    if request.method == "POST":
        try:
            _take_answer(actor, proposal_id, request.POST)
        except FaultyActError as refusal:
            messages.error(request, str(refusal.faults[0].sentence))
        else:
            messages.success(request, _("Ответ записан. Спасибо!") if mine else _("Ответ записан."))
        return redirect("proposals:card", proposal_id)
    return _card_page(request, row, is_own=mine is not None)


def _take_answer(actor: Actor, proposal_id: UUID, typed: QueryDict) -> None:
    """Store an answer, or whom the mentee has chosen."""
    party = typed.get("party", "")
    if typed.get("answer") == "choice":
        try:
            mentor_id = UUID(typed.get("mentor", ""))
        except ValueError as error:
            raise FaultyActError.of("nobody", _("Отметьте, кого выбираете."), "mentor") from error
        proposals.choose(actor=actor, proposal_id=proposal_id, mentor_id=mentor_id, party=party)
        return
    proposals.answer(
        actor=actor,
        proposal_id=proposal_id,
        is_accepted=typed.get("answer") == "yes",
        party=party,
        reason=typed.get("reason", ""),
    )


def _card_page(request: HttpRequest, row: Proposal, *, is_own: bool) -> HttpResponse:
    actor, day = actor_of(request), timezone.localdate()
    people = {person.pk: person for person in _people(row)}
    found = row.mentee.round
    may_lead = bool(policies.may_lead_rounds_of_form(actor, found.form_code))
    is_open = row.state in LIVE
    is_choice = row.state == ProposalState.OFFERED
    # Who leads the round and is offered in it himself learns neither beside whom, nor who was preferred to him.
    is_one_of_them = is_choice and not is_own and _is_offered(row, actor)
    context: dict[str, Any] = {
        "proposal": row,
        "round": found,
        "is_own": is_own,
        "status": status_of_proposal(row),
        "form_title": form_titles().get(found.form_code, found.form_code),
        "starts_on": date.fromisoformat(found.terms["starts_on"]) if found.terms else None,
        "mentor_place": place_of(people[row.mentor.person_id], day),
        "mentee_place": place_of(people[row.mentee.person_id], day),
        "reasons": decline_reasons(),
        "may_lead": may_lead,
        "reason": reasons_in_words().get(selectors.refusal_reason_for(actor, row), ""),
        "is_open": is_open,
        "is_choice": is_choice,
        "options": _options(row, day) if is_choice and not is_one_of_them else [],
        "is_one_of_them": is_one_of_them,
    }
    if is_own:
        context |= _own_side(row, actor, is_open=is_open)
    whose = party_of(row, actor) if is_own else None
    sides = [
        (Party.MENTOR, row.mentor.person.full_name, row.mentor_answer),
        (Party.MENTEE, row.mentee.person.full_name, row.mentee_answer),
    ]
    # Who leads the round and is one of the two answers for himself above, and records the other's word here.
    asked = [] if is_one_of_them else [side for side in sides if not (is_choice and side[0] is Party.MENTOR)]
    context["sides"] = [side for side in asked if side[0] is not whose]
    return personal_page(
        request,
        "matching/proposal.html",
        context,
        action="matching.proposal_viewed",
        object_type="matching.proposal",
        object_id=row.pk,
    )


def _own_side(row: Proposal, actor: Actor, *, is_open: bool) -> dict[str, Any]:
    whose = party_of(row, actor)
    is_mentor = whose is Party.MENTOR
    other: Candidate = row.mentee if is_mentor else row.mentor
    answer = row.mentor_answer if is_mentor else row.mentee_answer
    return {"is_mentor": is_mentor, "other": other, "answer": answer, "may_accept": is_open and not answer}


def _is_offered(row: Proposal, actor: Actor) -> bool:
    return any(mentor.person_id == actor.person_id for mentor in options_of([row])[row.pk])


def _options(row: Proposal, day: date) -> list[dict[str, Any]]:
    """Return the mentors among whom a mentee chooses, with their places in the school."""
    offered = options_of([row])[row.pk]
    people = with_enrolments(Person.objects.filter(pk__in=[mentor.person_id for mentor in offered]))
    known = {person.pk: person for person in people}
    return [
        {"id": mentor.pk, "name": mentor.person.full_name, "place": place_of(known[mentor.person_id], day)}
        for mentor in offered
    ]


def _people(row: Proposal) -> list[Person]:
    rows = Person.objects.filter(pk__in=(row.mentor.person_id, row.mentee.person_id))
    return list(with_enrolments(rows))


@requires("matching.edit")
@require_POST
def withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Take a proposal back."""
    actor = actor_of(request)
    row = selectors.proposal_for(actor=actor, proposal_id=proposal_id)
    try:
        proposals.withdraw(actor=actor, proposal_id=proposal_id)
    except FaultyActError as refusal:
        messages.error(request, str(refusal.faults[0].sentence))
    else:
        messages.success(request, _("Предложение отозвано, наставляемый в списке ожидания."))
    return redirect("matching:proposals", row.mentee.round_id)
