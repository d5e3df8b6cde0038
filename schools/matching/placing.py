"""Changes of the board by hand: who goes to whom, what is locked, what is ruled out."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.matching import policies
from schools.matching.board import Board, board_for
from schools.matching.errors import BoardChangedError
from schools.matching.models import Candidate, Round
from schools.matching.selectors import candidate_for
from schools.matching.services import leave_groups, open_round
from schools.people.errors import Fault, FaultyActError

_Side = Candidate.Side


def place(
    *,
    actor: Actor,
    candidate_id: UUID,
    mentor_id: UUID | None,
    version: int,
    is_locked: bool = False,
    instead_of: UUID | None = None,
) -> list[str]:
    """Give a mentee another mentor, or none; return what is warned about, in words.

    A hard rule refuses in words. A missing consent or a place too many warns and goes on: people decide. Whoever goes
    in a group leaves it with another mentor; locking him where he is locks his whole group.

    :param version: of the board as it was shown; when others have changed it since, nothing is done.
    :param instead_of: a mentee of that mentor who gives up his place.
    :raises BoardChangedError: the board is another than the one that was shown.
    :raises FaultyActError: a hard rule, or somebody who is not there.
    :raises Http404: no such mentee in a round the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found, board = _board_of(actor, candidate_id, version)
        question = board.question
        if mentor_id is not None and mentor_id not in question.mentors:
            raise FaultyActError.of("no_mentor", _("Выберите наставника из этого подбора."), "mentor")
        if mentor_id is not None and (rules := board.rules(candidate_id, mentor_id)):
            raise FaultyActError(*(Fault(code, sentence, "mentor") for code, sentence in rules))
        if instead_of is not None and (mentor_id is None or instead_of not in board.holders[mentor_id]):
            raise FaultyActError.of("no_such_place", _("Этот наставляемый уже не у этого наставника."), "instead")
        warnings = _warnings(board, candidate_id, mentor_id, instead_of)
        is_locked = is_locked and mentor_id is not None
        _move(found, board, candidate_id, mentor_id, instead_of, is_locked=is_locked, by=actor.pk)
        _record(actor, "matching.placed", found, candidate_id, mentor=str(mentor_id or ""), locked=is_locked)
    return warnings


def _move(
    found: Round,
    board: Board,
    candidate_id: UUID,
    mentor_id: UUID | None,
    instead_of: UUID | None,
    *,
    is_locked: bool,
    by: UUID | None,
) -> None:
    found.version += 1
    found.save(update_fields=["version"])
    changed = {"changed_version": found.version, "changed_by": by}
    rows = Candidate.objects.filter(round=found)
    here = board.question.candidates[candidate_id]
    if here.group is not None and mentor_id is not None and mentor_id == here.partner_id:
        rows.filter(group=here.group).update(is_locked=is_locked, **changed)
    else:
        rows.filter(pk=candidate_id).update(partner=mentor_id, is_locked=is_locked, **changed)
        leave_groups(found, [candidate_id])
    if instead_of is not None and instead_of != candidate_id:
        rows.filter(pk=instead_of).update(partner=None, is_locked=False, **changed)
        leave_groups(found, [instead_of])


def set_ban(*, actor: Actor, candidate_id: UUID, mentor_id: UUID, version: int, is_banned: bool) -> None:
    """Rule a pair out for runs and by hand, or allow it again; a banned pair leaves the board.

    :raises BoardChangedError: the board is another than the one that was shown.
    :raises FaultyActError: no such mentor.
    :raises Http404: no such mentee in a round the actor may lead.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found, board = _board_of(actor, candidate_id, version)
        if mentor_id not in board.question.mentors:
            raise FaultyActError.of("no_mentor", _("Выберите наставника из этого подбора."), "mentor")
        row = Candidate.objects.get(pk=candidate_id)
        row.bans = [pk for pk in row.bans if pk != str(mentor_id)] + ([str(mentor_id)] if is_banned else [])
        if is_banned and row.partner_id == mentor_id:
            row.partner, row.is_locked, row.group = None, False, None
        found.version += 1
        found.save(update_fields=["version"])
        row.changed_version, row.changed_by = found.version, actor.pk
        row.save(update_fields=["bans", "partner", "is_locked", "group", "changed_version", "changed_by"])
        leave_groups(found, ())
        _record(actor, "matching.banned", found, candidate_id, mentor=str(mentor_id), banned=is_banned)


def _board_of(actor: Actor, candidate_id: UUID, version: int) -> tuple[Round, Board]:
    """Return the round, its row held, and its board as it stands.

    :raises BoardChangedError: rows were changed after the version.
    """
    row = candidate_for(actor=actor, candidate_id=candidate_id, permission="matching.edit")
    found = open_round(actor=actor, round_id=row.round_id)
    others = Candidate.objects.filter(round=found, changed_version__gt=version, side=_Side.MENTEE)
    if changed := list(others.values_list("pk", flat=True)):
        raise BoardChangedError(found.version, changed)
    board = board_for(actor, found)
    if candidate_id not in board.question.mentees:
        raise FaultyActError.of("no_mentee", _("Этого наставляемого в подборе уже нет."))
    return found, board


def _warnings(board: Board, mentee_id: UUID, mentor_id: UUID | None, instead_of: UUID | None) -> list[str]:
    if mentor_id is None:
        return []
    said = board.pair(mentee_id, mentor_id).warnings
    if board.is_full(mentor_id, but=mentee_id, without=instead_of):
        said = [*said, _("У наставника станет больше наставляемых, чем он готов взять.")]
    return said


def _record(actor: Actor, action: str, found: Round, candidate_id: UUID, **details: str | bool) -> None:
    record(
        actor=actor,
        action=action,
        object_type="matching.round",
        object_id=found.pk,
        details={"candidate": str(candidate_id), **details},
    )
