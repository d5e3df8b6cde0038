"""How papers are said on screen: a word of state, and sentences for whoever makes a pair."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.components import Status, StatusKind, Text
from core.ui.numbers import plural_form
from schools.clearances.domain import CLOCK_DAYS, ENDING, Rule, Standing, State
from schools.clearances.selectors import Checklist, Line
from tenants.reference.clearances import clearance_kinds_now

RULE_WORDS: Final[dict[Rule, Text]] = {
    Rule.BLOCK: gettext_lazy("не допускать"),
    Rule.WARN: gettext_lazy("предупреждать"),
    Rule.OFF: gettext_lazy("не спрашивать"),
}
# What a list can be narrowed to; the order is that of the tabs.
SHOWN: Final[dict[str, Text]] = {
    "": gettext_lazy("Все"),
    "blocked": gettext_lazy("Не допущены"),
    "lacking": gettext_lazy("Не все документы"),
    "ending": gettext_lazy("Скоро закончится"),
    "complete": gettext_lazy("Всё в порядке"),
}


def kind_titles() -> dict[str, str]:
    """Return the titles of all kinds of paper by code, withdrawn kinds too."""
    return {row.code: row.title for row in clearance_kinds_now(with_withdrawn=True)}


def status_of_line(line: Line, day: date) -> Status:
    """Return how a paper stands on a day: a word, and the day that matters."""
    stands = line.standing
    until = "" if stands.until is None else f"{stands.until:%d.%m.%Y}"
    if stands.state in ENDING:
        kind: StatusKind = "info" if stands.state is State.ENDS_IN_60 else "wait"
        return Status(kind, _("Заканчивается %(day)s, %(left)s") % {"day": until, "left": left_in_words(stands, day)})
    lack: StatusKind = "stop" if line.rule is Rule.BLOCK else "wait"
    match stands.state:
        case State.VALID:
            return Status("ok", _("Действует до %(day)s") % {"day": until} if until else _("Действует"))
        case State.EXPIRED:
            return Status(lack, _("Закончился %(day)s") % {"day": until})
        case State.WITHDRAWN:
            return Status(lack, _("Прекращён, действовал по %(day)s") % {"day": until})
        case State.NOT_YET:
            return Status(lack, _("Начнёт действовать %(day)s") % {"day": until})
    return Status(lack, _("Нет"))


def left_in_words(standing: Standing, day: date) -> str:
    """Return how many days are left of a paper that ends: «сегодня последний день», «осталось 7 дней»."""
    days = 0 if standing.until is None else (standing.until - day).days
    if not days:
        return _("сегодня последний день")
    return _("осталось %(days)s %(words)s") % {"days": days, "words": plural_form(days, _("день|дня|дней"))}


def status_of_checklist(found: Checklist) -> Status:
    """Return the one word for a person: what stands in the way first."""
    if found.blocking:
        return Status("stop", _("Не допущен"))
    if found.lacking:
        return Status("wait", _("Не все документы"))
    if found.ending:
        return Status("wait", _("Скоро закончится"))
    return Status("ok", _("Всё в порядке"))


def is_shown(found: Checklist, chosen: str) -> bool:
    """Tell whether a checklist belongs under a tab of ``SHOWN``."""
    match chosen:
        case "blocked":
            return bool(found.blocking)
        case "lacking":
            return bool(found.lacking)
        case "ending":
            return bool(found.ending)
        case "complete":
            return not found.lacking
    return True


def sentences(found: Checklist, *, blocking: bool) -> list[str]:
    """Return what somebody lacks, a sentence each: of what keeps him out, or of what is only warned about."""
    rows = found.blocking if blocking else [line for line in found.lacking if not line.blocks]
    return [_sentence(found.person.full_name, line) for line in rows]


def _sentence(name: str, line: Line) -> str:
    told = {"name": name, "paper": line.kind.title, "day": ""}
    if line.standing.until is not None:
        told["day"] = f"{line.standing.until:%d.%m.%Y}"
    match line.standing.state:
        case State.EXPIRED:
            said = _("%(name)s: закончился срок документа «%(paper)s» (%(day)s).") % told
        case State.WITHDRAWN:
            said = _("%(name)s: документ «%(paper)s» прекращён, действовал по %(day)s.") % told
        case State.NOT_YET:
            said = _("%(name)s: документ «%(paper)s» начнёт действовать %(day)s.") % told
        case _other:
            said = _("%(name)s: нет документа «%(paper)s».") % told
    if line.rule is Rule.BLOCK:
        return said + " " + _("Без него школа не допускает наставника к работе.")
    return said


def papers_in_words(lines: Iterable[Line], day: date) -> str:
    """Return lines as one text: «договор – закончился 01.10.2026; справка – нет»."""
    return "; ".join(f"{line.kind.title} – {_lower(str(status_of_line(line, day).text))}" for line in lines)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def clock_in_words() -> str:
    """Return the days of the clock: «60, 30 и 7»."""
    first, second, third = sorted(CLOCK_DAYS.values(), reverse=True)
    return _("%(first)s, %(second)s и %(third)s") % {"first": first, "second": second, "third": third}
