"""A board goes out: as proposals that two people answer, or straight to drafts that wait for an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.matching import policies
from schools.matching.board import Board, board_for
from schools.matching.choosing import MOST_OPTIONS, options_for
from schools.matching.domain.proposals import ProposalState
from schools.matching.errors import BoardChangedError
from schools.matching.models import Candidate, Proposal, Round
from schools.matching.services import leave_groups, open_round
from schools.pairs.services import PairData, create_pairs, faults_of_period
from schools.people.errors import Fault, FaultyActError
from schools.people.own_roles import give_own_roles

MOST_ANSWER_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the pairs of a round have in common; days are both included."""

    starts_on: date
    ends_on: date | None = None
    role_variant: str = ""


def publish(
    *,
    actor: Actor,
    round_id: UUID,
    version: int,
    terms: Terms,
    answer_days: int = 5,
    as_drafts: bool = False,
    choices: int = 1,
) -> int:
    """Publish the board's pairs; return how many. Whoever has nobody goes on the waiting list.

    A pair that a run chose, and one of whose two has no consent by now, is left out: only by hand it goes on.

    :param answer_days: how long both have to answer; of no matter for drafts.
    :param as_drafts: nobody is asked, the pairs wait for an order at once.
    :param choices: among how many mentors at most a mentee chooses before one is asked, 1 to 3; whoever goes in a
        group, or has one possible mentor, is asked about the one of the board.
    :raises BoardChangedError: the board is another than the one that was shown.
    :raises FaultyActError: no pairs, a pair that a hard rule forbids by now, or days that cannot be.
    :raises Http404: no such round among those the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = open_round(actor=actor, round_id=round_id)
        _refuse_changed(found, version)
        board = _proposable(actor, found)
        faults = _faults(board, terms, answer_days, choices)
        if faults:
            raise FaultyActError(*faults)
        found.state, found.published_at, found.answer_days = Round.State.PUBLISHED, timezone.now(), answer_days
        found.terms = {
            "starts_on": terms.starts_on.isoformat(),
            "ends_on": terms.ends_on.isoformat() if terms.ends_on else None,
            "role_variant": terms.role_variant,
        }
        found.save(update_fields=["state", "published_at", "answer_days", "terms"])
        placed = board.question.placed
        if as_drafts:
            _make_drafts(actor, board, terms)
        else:
            made = _proposals(board, choices)
            Proposal.objects.bulk_create(made)
            give_own_roles(actor=actor, people=people_of(made))
            announce("matching.proposed", {"proposals": [row.pk for row in made]})
        left = [pk for pk in board.question.mentees if pk not in placed]
        Candidate.objects.filter(pk__in=left).update(waiting_since=timezone.localdate())
        details = {"pairs": len(placed), "left": len(left), "as_drafts": as_drafts}
        record(
            actor=actor,
            action="matching.published",
            object_type="matching.round",
            object_id=found.pk,
            details=details,
        )
        announce("matching.published", {"round": found.pk, "pairs": len(placed), "as_drafts": as_drafts})
    return len(placed)


def new_proposal(found: Round, mentor_id: UUID, mentee_id: UUID, attempt: int = 1) -> Proposal:
    """Return a proposal to be stored, with the round's days to answer."""
    return Proposal(
        mentor_id=mentor_id,
        mentee_id=mentee_id,
        attempt=attempt,
        asked_at=timezone.now(),
        expires_on=timezone.localdate() + timedelta(days=found.answer_days),
    )


def _proposals(board: Board, choices: int) -> list[Proposal]:
    """Return the proposals of a board; with choices a mentee without a group is offered several mentors."""
    question, made = board.question, []
    grouped = {pk for members in question.groups.values() for pk in members}
    held = {mentor: len(mentees) for mentor, mentees in board.holders.items()}
    for mentee_id, mentor_id in question.placed.items():
        row = new_proposal(board.round, mentor_id, mentee_id)
        if choices > 1 and mentee_id not in grouped:
            options = options_for(question, mentee_id, mentor_id, choices, held)
            if len(options) > 1:
                row.state, row.options = ProposalState.OFFERED, [str(pk) for pk in options]
        made.append(row)
    return made


def people_of(proposals: Sequence[Proposal]) -> list[UUID]:
    """Return the people who are asked by proposals; of one whose mentee chooses still, the mentee alone."""
    asked = {row.mentee_id for row in proposals} | {row.mentor_id for row in proposals if not row.options}
    return list(Candidate.objects.filter(pk__in=asked).values_list("person", flat=True))


def terms_of(found: Round) -> Terms:
    """Return the terms with which a round was published."""
    ends_on = found.terms.get("ends_on")
    return Terms(
        starts_on=date.fromisoformat(found.terms["starts_on"]),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
        role_variant=found.terms.get("role_variant", ""),
    )


def pair_data(found: Round, terms: Terms, mentor: Candidate, mentees: Sequence[Candidate]) -> PairData:
    """Return what the pairs' service is asked for a mentor and his mentees."""
    return PairData(
        form_code=found.form_code,
        mentor_id=mentor.person_id,
        mentee_ids=[row.person_id for row in mentees],
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        role_variant=terms.role_variant,
    )


def _proposable(actor: Actor, found: Round) -> Board:
    """Return the board of a round that is held, without the pairs of a run that lack a consent by now."""
    board = board_for(actor, found)
    if out := board.left_out():
        Candidate.objects.filter(pk__in=out).update(partner=None)
        leave_groups(found, out)
        board = board_for(actor, found)
    return board


def _refuse_changed(found: Round, version: int) -> None:
    later = Candidate.objects.filter(round=found, changed_version__gt=version, side=Candidate.Side.MENTEE)
    if changed := list(later.values_list("pk", flat=True)):
        raise BoardChangedError(found.version, changed)


def _faults(board: Board, terms: Terms, answer_days: int, choices: int) -> list[Fault]:
    faults = faults_of_period(terms.starts_on, terms.ends_on)
    if not 1 <= answer_days <= MOST_ANSWER_DAYS:
        faults.append(Fault("bad_days", _("На ответ дают от 1 до 30 дней."), "answer_days"))
    if not 1 <= choices <= MOST_OPTIONS:
        faults.append(Fault("bad_choices", _("Наставляемому предлагают от одного до трёх наставников."), "choices"))
    if not board.question.placed:
        faults.append(Fault("no_pairs", _("На доске нет ни одной пары. Сначала подберите или составьте их.")))
    for mentee_id, mentor_id in board.question.placed.items():
        for code, sentence in board.rules(mentee_id, mentor_id):
            names = (board.question.candidates[pk].person.full_name for pk in (mentor_id, mentee_id))
            faults.append(Fault(code, f"{' – '.join(names)}: {sentence}"))
    return faults


def _make_drafts(actor: Actor, board: Board, terms: Terms) -> None:
    """Make the pairs of the board; only what the curator has made a group is one."""
    question = board.question
    together = question.groups
    units = [(members, board.round.groups.get(str(number), "")) for number, members in together.items()]
    grouped = {pk for members in together.values() for pk in members}
    units += [([pk], "") for pk in question.mentees if pk not in grouped]
    people = question.candidates
    for members, title in units:
        # All of a group have one mentor; a run may have left somebody of it without, whose consent had ended.
        with_mentor = [pk for pk in members if pk in question.placed]
        if with_mentor:
            mentor = people[question.placed[with_mentor[0]]]
            data = pair_data(board.round, terms, mentor, [people[pk] for pk in with_mentor])
            create_pairs(actor=actor, data=replace(data, group_title=title), is_of_board=True)
