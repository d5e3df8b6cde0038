"""Groups as a board shows them: who is in them, what one would cost, whom it would be worth to make one of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from schools.matching.board import Board, PairView
from schools.matching.models import Candidate, Round
from schools.matching.reasons import out_of_100


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group of a board: the number, what it is called, the mentor if it has one, the mentees."""

    number: int
    title: str
    mentor: Candidate | None
    mentees: list[Candidate]
    is_locked: bool


@dataclass(frozen=True, slots=True)
class GroupLine:
    """What becomes of one mentee: the pair he is in and the pair he would be in, with what is warned about."""

    candidate: Candidate
    before: PairView | None
    after: PairView | None
    about_mentor: list[str]

    @property
    def warnings(self) -> list[str]:
        """Return what is warned about the pair that would be, but for what is said of the mentor of the whole group."""
        return [text for text in self.after.warnings if text not in self.about_mentor] if self.after else []

    @property
    def forbidden(self) -> list[str]:
        """Return the rules that forbid the pair that would be."""
        return self.after.forbidden if self.after else []


@dataclass(frozen=True, slots=True)
class GroupCost:
    """What making a group does to the board: each of its mentees, the difference of the total, who is worse off."""

    lines: list[GroupLine]
    difference: int
    is_over: bool
    losers: list[str]
    about_mentor: list[str] = field(default_factory=list)

    @property
    def signed(self) -> str:
        """Return the difference of the total, out of 100 a pair, with its sign."""
        return f"{out_of_100(self.difference):+d}".replace("-", "−")

    @property
    def is_forbidden(self) -> bool:
        """Tell whether a hard rule forbids one of the pairs."""
        return any(line.forbidden for line in self.lines)


def title_of_group(found: Round, number: int | None) -> str:
    """Return what a group is called on the board; empty for whoever is in none."""
    if number is None or str(number) not in found.groups:
        return ""
    return found.groups[str(number)] or _("Группа %(number)s") % {"number": number}


def groups_of(board: Board) -> list[GroupView]:
    """Return the groups of a board by number, those whose mentees have left but for one aside."""
    people, placed = board.question.candidates, board.question.placed
    found = []
    for number, members in board.question.groups.items():
        mentor = placed.get(members[0])
        found.append(
            GroupView(
                number,
                title_of_group(board.round, number),
                people[mentor] if mentor is not None else None,
                [people[pk] for pk in members],
                is_locked=people[members[0]].is_locked,
            )
        )
    return found


def worth_a_group(board: Board) -> list[tuple[Candidate, list[Candidate]]]:
    """Return mentors with several mentees who stand alone, each with these mentees, by number."""
    people, together = board.question.candidates, board.question.groups
    alone = [pk for members in together.values() for pk in members]
    found = []
    for mentor_id in board.question.mentors:
        mentees = [people[pk] for pk in board.holders.get(mentor_id, ()) if pk not in alone]
        if len(mentees) > 1:
            found.append((people[mentor_id], mentees))
    return found


def cost_of_group(board: Board, mentor_id: UUID | None, members: Collection[UUID], number: int | None) -> GroupCost:
    """Return what it costs to put mentees together with a mentor, or without one until the next run."""
    question, lines, losers = board.question, [], []
    about = board.about_mentor(mentor_id) if mentor_id is not None else []
    for pk in (pk for pk in question.mentees if pk in members):
        now = question.placed.get(pk)
        before = board.pair(pk, now) if now is not None else None
        after = board.pair(pk, mentor_id) if mentor_id is not None else None
        lines.append(GroupLine(question.candidates[pk], before, after, about))
        if before is not None and after is None:
            words = _("%(name)s остаётся без наставника до следующего подбора (было %(fit)s)")
            losers.append(words % {"name": question.candidates[pk].person.full_name, "fit": before.fit})
    difference = sum(
        (line.after.score if line.after else 0) - (line.before.score if line.before else 0) for line in lines
    )
    is_over = False
    if mentor_id is not None:
        others = [pk for pk in board.holders.get(mentor_id, ()) if pk not in members]
        is_over = len(others) + len(lines) > question.mentors[mentor_id].places
    return GroupCost(lines, difference, is_over, [*losers, *_left_alone(board, members, number)], about)


def _left_alone(board: Board, members: Collection[UUID], number: int | None) -> list[str]:
    """Return what becomes of those who are taken out of this group, and of other groups that lose somebody."""
    said = []
    for other, theirs in board.question.groups.items():
        staying = [pk for pk in theirs if pk not in members]
        names = ", ".join(board.question.candidates[pk].person.full_name for pk in staying)
        if other == number and staying:
            said.append(_("Выходят из группы, наставник остаётся их: %(names)s") % {"names": names})
        elif other != number and len(staying) < len(theirs):
            title = title_of_group(board.round, other)
            words = _("Группа «%(title)s» распадается.") if len(staying) < 2 else _("Группа «%(title)s» уменьшается.")
            said.append(words % {"title": title})
    return said
