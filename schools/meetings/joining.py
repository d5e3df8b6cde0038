"""What of meetings and plans goes on in another row of a pair, and what keeps a draft from being deleted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events.catalogue import Event, subscribe
from schools.meetings.domain import MeetingKind, MeetingState, is_within
from schools.meetings.models import Meeting, Plan
from schools.meetings.plans import copy_plan, is_copy, move_plan
from schools.meetings.selectors import days_of_group, meetings_of, own_meetings_of
from schools.meetings.services import tell_of_state
from schools.pairs.beside import (
    Hint,
    PairLink,
    register_hints,
    register_link,
    register_move,
    register_standing,
    register_successor,
)
from schools.pairs.models import Group, Pair


def move_to(kept: Pair, gone: Pair) -> None:
    """Give everything of a pair that was recorded twice to the row that stays."""
    Meeting.objects.filter(pair=gone).update(pair=kept)
    move_plan(kept, gone)


def hand_over(former: Pair, successor: Pair) -> None:
    """Give a pair a copy of the plan of the one whose place it takes; with the same mentor, what was planned too."""
    copy_plan(former, successor)
    if successor.mentor_id == former.mentor_id:
        planned = Meeting.objects.filter(pair=former, state=MeetingState.PLANNED, held_on__gte=successor.starts_on)
        planned.update(pair=successor)


def has_log(pair: Pair) -> bool:
    """Tell whether a pair has a plan or meetings, its group's within its days too; the last of a group has them all."""
    plan = Plan.objects.filter(pair=pair).first()
    if own_meetings_of(pair).exists() or (plan is not None and not is_copy(plan, pair)):
        return True
    is_last = pair.group_id is not None and not Pair.objects.filter(group=pair.group_id).exclude(pk=pair.pk).exists()
    return is_last and Meeting.objects.filter(group=pair.group_id).exists()


def before_end(pair: Pair) -> list[Hint]:
    """Return what a pair should not end without: a farewell meeting and its mentor's report."""
    here = {"pair_id": pair.pk}
    hints = []
    if not meetings_of(pair).filter(kind=MeetingKind.FINAL, state=MeetingState.HELD).exists():
        words = _("Заключительной встречи ещё не было: запишите её или запланируйте.")
        hints.append(Hint(words, f"{reverse('meetings:log')}?pair={pair.pk}"))
    if not Plan.objects.filter(pair=pair).exclude(report={}).exists():
        hints.append(Hint(_("Наставник ещё не написал итоговый отчёт."), reverse("meetings:report", kwargs=here)))
    return hints


def cancel_what_was_planned(event: Event) -> None:
    """Cancel a pair's meetings planned for after its last day, in the transaction in which it ended.

    Of its group's those for a day on which nobody is left in the group.
    """
    if event.kind.name != "pair.ended":
        return
    pair, last_day = UUID(str(event.data["pair"])), date.fromisoformat(str(event.data["ends_on"]))
    planned = Meeting.objects.filter(state=MeetingState.PLANNED, held_on__gt=last_day).order_by("held_on", "pk")
    # The row first: of two who end the last pairs of a group at once the second waits, and sees that nobody is left.
    group = Group.objects.filter(pairs=pair).select_for_update(of=("self",)).first()
    days = days_of_group(group.pk) if group is not None else []
    of_group = planned.filter(group=group).select_for_update(of=("self",)) if group is not None else ()
    rows = [
        *planned.filter(pair=pair).select_for_update(),
        *(row for row in of_group if not is_within(row.held_on, days)),
    ]
    for row in rows:
        was = {"state": row.state}
        row.state = MeetingState.CANCELLED
        row.corrections = [*row.corrections, {"at": event.at.isoformat(), "by": "", "was": was}]
        row.save(update_fields=["state", "corrections"])
        tell_of_state(row)


def register() -> None:
    """Tell the package of pairs below, and hear when a pair ends."""
    subscribe(cancel_what_was_planned, wants=lambda name: False)
    register_hints(before_end)
    register_move(move_to)
    register_successor(hand_over)
    register_standing(has_log)
    register_link(PairLink(gettext_lazy("План и встречи"), "meetings:pair", "meetings.view"))
