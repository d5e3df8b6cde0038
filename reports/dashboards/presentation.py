"""A board in words and charts: what the templates place and nothing they would have to compute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.charts import RankedRow, RankingChart, RankingRow, TrendChart, TrendPoint, rank
from core.ui.components import Fact, Text
from core.ui.numbers import format_count, format_percent, share_percent
from reports.dashboards.boards import Board, Count, Day, DayKind, Moment, Place, Stage
from tenants.reference.kinds import age_words, words_for
from tenants.reference.selectors import Definition

_ROLES: Final[dict[str, Text]] = {
    "any": gettext_lazy("в любой роли"),
    "mentee": gettext_lazy("в роли наставляемого"),
    "mentor": gettext_lazy("в роли наставника"),
}


def definition_words(definition: Definition) -> str:
    """Say in one sentence who counts."""
    parts = [words_for(list(definition.kinds)), str(_ROLES[definition.roles])]
    if definition.age_from is not None or definition.age_to is not None:
        parts.insert(1, age_words(definition.age_from, definition.age_to))
    words = _("Считаются: %(who)s.") % {"who": ", ".join(parts)}
    if definition.needs_consent:
        words += " " + _("Нужны пара по подписанному приказу и действующее согласие на обработку данных.")
    else:
        words += " " + _("Нужна пара по подписанному приказу.")
    return words


def day_label(day: Day) -> str:
    """Return a day as a chart's axis has it."""
    return date_format(day.day, "d.m.y")


def day_note(day: Day) -> str:
    """Return what a point of the trend is worth; nothing for a month that is frozen in the ordinary way."""
    if day.kind is DayKind.RESTORED:
        return _("восстановлено")
    return _("сейчас, ещё не закреплено") if day.is_live else ""


def trend_chart(board: Board) -> TrendChart:
    """Return the trend with the target of the board's year."""
    return TrendChart(
        title=_("Как менялся охват"),
        points=[_point(moment) for moment in board.trend],
        target=board.target,
        numerator_label=_("Вовлечено"),
        denominator_label=_("Всего"),
    )


def _point(moment: Moment) -> TrendPoint:
    return TrendPoint(
        label=day_label(moment.day),
        numerator=moment.count.num,
        denominator=moment.count.den,
        note=day_note(moment.day),
    )


def day_facts(board: Board) -> list[Fact]:
    """Say how the figure came about: definition, day, freshness, who is not counted, what a plain sum would be."""
    facts = [Fact(_("Кто считается"), definition_words(board.definition)), Fact(_("На дату"), _day_fact(board))]
    if board.freshness is not None:
        facts.append(Fact(_("Обновлено"), _freshness_words(board)))
    if board.definition.needs_consent:
        facts.append(Fact(_("В паре, но без действующего согласия"), _people(board.scope.count.lacks_consent)))
    return facts


def sum_words(board: Board) -> str:
    """Explain the difference between distinct people and the plain sum over schools."""
    if not board.scope.repeats_den and not board.scope.repeats_num:
        return _("Каждый человек посчитан один раз. Сейчас это число совпадает с суммой по школам.")
    summed = board.scope.summed
    return _(
        "Каждый человек посчитан один раз, даже если он числится в двух школах. Простая сумма по школам была бы "
        "%(num)s из %(den)s: на %(again)s больше по вовлечённым и на %(base)s больше по всем."
    ) % {
        "num": format_count(summed.num),
        "den": format_count(summed.den),
        "again": format_count(board.scope.repeats_num),
        "base": format_count(board.scope.repeats_den),
    }


def _day_fact(board: Board) -> str:
    day = date_format(board.day.day, "d.m.Y")
    if board.day.is_live:
        return _("%(day)s, живые данные: меняются вместе с приказами школ") % {"day": day}
    taken = date_format(timezone.localtime(board.day.taken_at), "d.m.Y") if board.day.taken_at else ""
    if board.day.kind is DayKind.RESTORED:
        return _("%(day)s, восстановлено %(taken)s по датам приказов и согласий") % {"day": day, "taken": taken}
    return _("%(day)s, закреплено %(taken)s и больше не меняется") % {"day": day, "taken": taken}


def _freshness_words(board: Board) -> str:
    fresh = board.freshness
    if fresh is None or fresh.computed_at is None:
        return _("ещё ни разу: данных от школ нет")
    words = date_format(timezone.localtime(fresh.computed_at), "d.m.Y H:i:s")
    if fresh.schools_waiting:
        words += _(", ждут пересчёта школ: %(waiting)s") % {"waiting": format_count(fresh.schools_waiting)}
    return words


def _people(number: int) -> str:
    return _("%(number)s чел., в охват не входят") % {"number": format_count(number)} if number else _("никого")


@dataclass(frozen=True, slots=True)
class StageLine:
    """How many places have come how far; ``show`` is the choice that lists them."""

    label: Text
    number: int
    show: str


def stage_lines(places: Sequence[Place]) -> list[StageLine]:
    """Return how many schools have coverage, nobody engaged, no data; an empty stage is left out."""
    words = {
        Stage.ENGAGED: gettext_lazy("с охватом"),
        Stage.NOBODY: gettext_lazy("без пар по приказу"),
        Stage.EMPTY: gettext_lazy("без данных"),
    }
    numbers = {stage: sum(place.stage is stage for place in places) for stage in words}
    return [StageLine(words[stage], number, stage.value) for stage, number in numbers.items() if number]


def ranked_places(
    board: Board, *, is_openable: Callable[[Place], bool], url_name: str, with_district: bool
) -> list[tuple[Place, RankedRow]]:
    """Return every place of the board in order, each with its rank among all of them."""
    by_row: dict[int, Place] = {}
    rows = []
    for place in board.places:
        count = place.count or Count(0, 0)
        row = RankingRow(
            label=place.title,
            numerator=count.num,
            denominator=count.den,
            url=reverse(url_name, args=[place.id]) if is_openable(place) else "",
            note=_note(place, with_district=with_district),
        )
        by_row[id(row)] = place
        rows.append(row)
    return [(by_row[id(ranked.row)], ranked) for ranked in rank(rows, target=board.target)]


def _note(place: Place, *, with_district: bool) -> str:
    notes = [place.district or _("регионального подчинения")] if with_district else []
    if place.state == "creating":
        notes.append(_("создаётся"))
    elif place.state == "suspended":
        notes.append(_("приостановлена"))
    if place.stage is Stage.EMPTY:
        notes.append(_("данных ещё нет"))
    elif place.stage is Stage.NOBODY:
        notes.append(_("пар по приказу нет"))
    return ", ".join(notes)


def ranking_chart(
    board: Board, ranked: Sequence[RankedRow], *, title: str, subject: str, start: int, stop: int
) -> RankingChart:
    """Return one page of a ranking."""
    return RankingChart(title=title, subject=subject, ranked=ranked, target=board.target, start=start, stop=stop)


def definition_rows(board: Board) -> list[dict[str, object]]:
    """Return one line for each definition of a school's board."""
    rows: list[dict[str, object]] = []
    for definition, count, target in board.by_definition:
        share = None if count is None else share_percent(count.num, count.den)
        rows.append(
            {
                "definition": definition,
                "num": None if count is None else count.num,
                "den": None if count is None else count.den,
                "share": format_percent(share),
                "target": "" if target is None else format_percent(target, decimals=0 if target == int(target) else 1),
                "is_on_target": share is not None
                and target is not None
                and count is not None
                and count.num * 100 >= target * count.den,
                "lacks": None if count is None else count.lacks_consent,
            }
        )
    return rows
