"""What of meetings and plans goes on when a pair was recorded twice, and what keeps a draft from being deleted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events.catalogue import Event, subscribe
from schools.meetings.domain import MeetingKind, MeetingState
from schools.meetings.models import Meeting, Plan
from schools.meetings.plans import move_plan
from schools.meetings.selectors import meetings_of
from schools.pairs.beside import Hint, PairLink, register_hints, register_link, register_move, register_standing
from schools.pairs.models import Pair


def move_to(kept: Pair, gone: Pair) -> None:
    """Give everything of a pair that was recorded twice to the row that stays."""
    Meeting.objects.filter(pair=gone).update(pair=kept)
    move_plan(kept, gone)


def why_it_stays(pair: Pair) -> str:
    """Return why a draft of a pair cannot be deleted, or nothing."""
    if Meeting.objects.filter(pair=pair).exists() or Plan.objects.filter(pair=pair).exists():
        return _("У пары есть встречи или план: её можно только завершить.")
    return ""


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
    """Cancel a pair's meetings planned for after its last day, in the transaction in which it ended."""
    if event.kind.name != "pair.ended":
        return
    pair, last_day = UUID(str(event.data["pair"])), date.fromisoformat(str(event.data["ends_on"]))
    rows = Meeting.objects.filter(pair=pair, state=MeetingState.PLANNED, held_on__gt=last_day)
    for row in rows.select_for_update():
        was = {"state": row.state}
        row.state = MeetingState.CANCELLED
        row.corrections = [*row.corrections, {"at": event.at.isoformat(), "by": "", "was": was}]
        row.save(update_fields=["state", "corrections"])


def register() -> None:
    """Tell the package of pairs below, and hear when a pair ends."""
    subscribe(cancel_what_was_planned, wants=lambda name: False)
    register_hints(before_end)
    register_move(move_to)
    register_standing(why_it_stays)
    register_link(PairLink(gettext_lazy("План и встречи"), "meetings:pair", "meetings.view"))
