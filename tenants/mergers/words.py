"""How a merger is told where people see it: its state, what was found, its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.components import Fact, Status, Text
from tenants.mergers.models import Merger, MergerStep

_STATES: Final[Mapping[str, Any]] = {
    Merger.State.ASKED: "wait",
    Merger.State.RUNNING: "work",
    Merger.State.DONE: "ok",
    Merger.State.DECLINED: "none",
    Merger.State.CALLED_OFF: "none",
}
# In the order in which they are shown; those that speak of what a person has to see to say so.
COUNTS: Final[Mapping[str, Text]] = {
    "people": gettext_lazy("Людей в присоединяемой школе"),
    "joined": gettext_lazy("Из них есть и здесь: карточки объединятся"),
    "doubtful": gettext_lazy("Похожих карточек, о которых решит человек"),
    "enrolments": gettext_lazy("Зачислений и приёмов на работу"),
    "consents": gettext_lazy("Согласий"),
    "pairs": gettext_lazy("Пар"),
    "orders": gettext_lazy("Приказов"),
    "orders_renumbered": gettext_lazy("Приказов с тем же номером и датой: к номеру добавится код школы"),
    "classes": gettext_lazy("Классов"),
    "accounts": gettext_lazy("Учётных записей: каждой понадобится новый код"),
    "logins_changed": gettext_lazy("Логинов, занятых здесь: к ним добавится код школы"),
    "directors": gettext_lazy("Директоров: здесь эта роль не переходит"),
}

_ALWAYS: Final = ("people", "joined", "doubtful")


def status_of(state: str) -> Status:
    """Return the state of a merger as a status."""
    return Status(_STATES[state], Merger.State(state).label)


def facts_of_counts(counts: Mapping[str, Any]) -> list[Fact]:
    """Return what was found, as facts: people always, other things where there are any."""
    found = ((name, label, counts.get(name, 0)) for name, label in COUNTS.items())
    return [Fact(str(label), count) for name, label, count in found if count or name in _ALWAYS]


def facts_of(merger: Merger) -> list[Fact]:
    """Return what the region is shown of a merger: schools, days, steps."""
    facts = [
        Fact(_("Присоединяется"), f"{merger.from_title} ({merger.from_code})"),
        Fact(_("К школе"), merger.to_title),
        Fact(_("С какого дня одна школа"), date_format(merger.day, "d.m.Y")),
        Fact(_("Основание"), merger.basis),
    ]
    titles = {merger.from_schema: merger.from_title, merger.to_schema: merger.to_title}
    for step in sorted(merger.steps.all(), key=lambda step: step.at):
        words = f"{step.get_kind_display().capitalize()}: {titles[step.school_schema]}"
        facts.append(Fact(words, date_format(timezone.localtime(step.at), "d.m.Y H:i")))
    return facts


def counts_taken(merger: Merger) -> Mapping[str, Any]:
    """Return the counts of what was taken over; empty before."""
    taken = (step.counts for step in merger.steps.all() if step.kind == MergerStep.Kind.TAKEN)
    return next(taken, {})
