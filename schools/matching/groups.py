"""Groups of a board: several mentees who go to one mentor together, made by hand and published as one group."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.matching import policies
from schools.matching.board import Board, board_for
from schools.matching.errors import BoardChangedError
from schools.matching.group_board import GroupCost, cost_of_group
from schools.matching.models import Candidate, Round
from schools.matching.services import leave_groups, open_round
from schools.pairs.domain import MOST_IN_GROUP
from schools.people.errors import Fault, FaultyActError

_LONGEST_TITLE = 160
_Side = Candidate.Side


@dataclass(frozen=True, slots=True)
class GroupData:
    """A group as chosen on the screen; ids of candidates. Without a mentor the next run looks for one."""

    mentee_ids: Collection[UUID]
    mentor_id: UUID | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class SavedGroup:
    """The number of a group in its round, the version of the board now, what is warned about, in words."""

    number: int
    version: int
    warnings: list[str] = field(default_factory=list)


def save_group(*, actor: Actor, round_id: UUID, data: GroupData, version: int, number: int | None = None) -> SavedGroup:
    """Make a group of mentees, or with its number change one.

    With a mentor the group is locked: a run does not touch it. Without one its mentees are free, and the next run gives
    all of them to one mentor who has the places, or to nobody. Whoever stood in another group leaves it; whoever is
    taken out of this one keeps the mentor in a pair of his own. A missing consent or a place too many warns.

    :param version: of the board as it was shown; when others have changed it since, nothing is done.
    :raises BoardChangedError: the board is another than the one that was shown.
    :raises FaultyActError: fewer than two or more than 40 mentees, somebody who is not there, or a hard rule.
    :raises Http404: no such round among those the actor may lead, or no such group in it.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = _held(actor, round_id, version)
        if number is not None and str(number) not in found.groups:
            raise Http404
        board = board_for(actor, found)
        members = set(data.mentee_ids)
        if faults := faults_of_group(board, data.mentor_id, members):
            raise FaultyActError(*faults)
        cost = cost_of_group(board, data.mentor_id, members, number)
        number = number or max((0, *map(int, found.groups))) + 1
        _store(found, data, members, number, by=actor.pk)
        _record(actor, "matching.group_saved", found, number, members=sorted(map(str, members)))
    return SavedGroup(number, found.version, warnings_of(cost))


def dissolve_group(*, actor: Actor, round_id: UUID, number: int, version: int | None = None) -> Round:
    """Make a group's mentees stand alone again; those who have a mentor keep him, each in a pair of his own.

    :param version: of the board as it was shown; None for whatever it is now.
    :raises BoardChangedError: the board is another than the one that was shown.
    :raises Http404: no such round among those the actor may lead, or no such group in it.
    """
    enforce(policies.may_lead_rounds(actor))
    with transaction.atomic():
        found = _held(actor, round_id, version)
        if str(number) not in found.groups:
            raise Http404
        changed = {"changed_version": found.version + 1, "changed_by": actor.pk}
        Candidate.objects.filter(round=found, group=number).update(group=None, is_locked=False, **changed)
        found.groups = {key: title for key, title in found.groups.items() if key != str(number)}
        found.version += 1
        found.save(update_fields=["groups", "version"])
        _record(actor, "matching.group_dissolved", found, number)
    return found


def faults_of_group(board: Board, mentor_id: UUID | None, members: Collection[UUID]) -> list[Fault]:
    """Return what cannot be with a group: its size, people who are not there, pairs that a hard rule forbids."""
    question = board.question
    if len(members) < 2:
        return [Fault("too_few", _("В группе не меньше двух наставляемых. Отметьте их."), "mentees")]
    if len(members) > MOST_IN_GROUP:
        return [Fault("too_many", _("В группе не больше 40 наставляемых."), "mentees")]
    if set(members) - question.mentees.keys():
        return [Fault("no_mentee", _("Среди отмеченных есть люди, которых в подборе уже нет."), "mentees")]
    if mentor_id is None:
        return []
    if mentor_id not in question.mentors:
        return [Fault("no_mentor", _("Выберите наставника из этого подбора."), "mentor")]
    return [
        Fault(code, f"{question.candidates[pk].person.full_name}: {sentence}", "mentees")
        for pk in question.mentees
        if pk in members
        for code, sentence in board.rules(pk, mentor_id)
    ]


def warnings_of(cost: GroupCost) -> list[str]:
    """Return what a group is warned about, in words: papers and training that lack, places too many."""
    said = [f"{line.candidate.person.full_name}: {text}" for line in cost.lines for text in line.warnings]
    said += cost.about_mentor
    if cost.is_over:
        said.append(_("У наставника станет больше наставляемых, чем он готов взять."))
    return said


def _held(actor: Actor, round_id: UUID, version: int | None) -> Round:
    """Return the round, its row held.

    :raises BoardChangedError: rows were changed after the version.
    """
    found = open_round(actor=actor, round_id=round_id)
    if version is None:
        return found
    later = Candidate.objects.filter(round=found, changed_version__gt=version, side=_Side.MENTEE)
    if changed := list(later.values_list("pk", flat=True)):
        raise BoardChangedError(found.version, changed)
    return found


def _store(found: Round, data: GroupData, members: set[UUID], number: int, *, by: UUID | None) -> None:
    found.version += 1
    changed = {"changed_version": found.version, "changed_by": by}
    rows = Candidate.objects.filter(round=found, side=_Side.MENTEE)
    # Taken out of the group: the mentor stays theirs, and they may be moved one by one again.
    rows.filter(group=number).exclude(pk__in=members).update(group=None, is_locked=False, **changed)
    chosen = rows.filter(pk__in=members)
    chosen.update(group=number, partner=data.mentor_id, is_locked=data.mentor_id is not None, **changed)
    found.groups = {**found.groups, str(number): " ".join(data.title.split())[:_LONGEST_TITLE]}
    found.save(update_fields=["version", "groups"])
    leave_groups(found, ())


def _record(actor: Actor, action: str, found: Round, number: int, **details: list[str]) -> None:
    record(
        actor=actor,
        action=action,
        object_type="matching.round",
        object_id=found.pk,
        details={"group": number, **details},
    )
