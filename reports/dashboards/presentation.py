"""A picture in words and charts: what the templates place and nothing they would have to compute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.charts import RankedRow, RankingRow, TrendChart, TrendPoint, rank
from core.ui.components import Fact, Text
from core.ui.numbers import format_count, format_percent, format_target
from reports.dashboards.assemble import Picture, Place, Stage
from reports.dashboards.selectors import LIVE, Point, Share, Stamp
from tenants.reference.kinds import age_words, words_for
from tenants.reference.selectors import Definition

RESTORED = "restored"
_PEOPLE: Final[dict[str, Text]] = {"pupil": gettext_lazy("обучающиеся"), "teacher": gettext_lazy("педагоги")}
_ROLES: Final[dict[str, Text]] = {
    "any": gettext_lazy("в любой роли"),
    "mentee": gettext_lazy("в роли наставляемого"),
    "mentor": gettext_lazy("в роли наставника"),
}


def definition_words(definition: Definition) -> str:
    """Say in one sentence who counts."""
    who = [str(_PEOPLE.get(kind) or words_for([kind])) for kind in definition.kinds]
    parts = [", ".join(who), str(_ROLES[definition.roles])]
    if definition.age_from is not None or definition.age_to is not None:
        parts.insert(1, age_words(definition.age_from, definition.age_to))
    words = _("Считаются: %(who)s.") % {"who": ", ".join(parts)}
    if definition.needs_consent:
        words += " " + _("Нужны пара по подписанному приказу и действующее согласие на обработку данных.")
    else:
        words += " " + _("Нужна пара по подписанному приказу.")
    return words


def stamp_note(stamp: Stamp) -> str:
    """Return what a point of the trend is worth; nothing for a month that is frozen in the ordinary way."""
    if stamp.kind == RESTORED:
        return _("восстановлено")
    return _("сейчас, ещё не закреплено") if stamp.kind == LIVE else ""


def trend_chart(picture: Picture) -> TrendChart:
    """Return the trend with the target of the picture's year."""
    return TrendChart(
        title=_("Как менялся охват"),
        points=[_point(point) for point in picture.trend],
        target=picture.share.target,
        numerator_label=_("Вовлечено"),
        denominator_label=_("Всего"),
    )


def _point(point: Point) -> TrendPoint:
    return TrendPoint(
        label=date_format(point.stamp.day, "d.m.y"),
        numerator=point.share.num,
        denominator=point.share.den,
        note=stamp_note(point.stamp),
    )


def figure_facts(picture: Picture) -> list[Fact]:
    """Say how the figure came about: definition, day, freshness, who is not counted."""
    facts = [Fact(_("Кто считается"), definition_words(picture.definition)), Fact(_("На дату"), _day_words(picture))]
    if picture.is_live:
        facts.append(Fact(_("Обновлено"), _freshness_words(picture.stamp)))
    if picture.definition.needs_consent:
        facts.append(Fact(_("В паре, но без действующего согласия"), _people(picture.share.lacks_consent)))
    return facts


def sum_words(picture: Picture) -> str:
    """Explain the difference between distinct people and the plain sum over schools; nothing for a school."""
    headline = picture.headline
    if headline is None:
        return ""
    if headline.sum_den == picture.share.den and headline.sum_num == picture.share.num:
        return _("Каждый человек посчитан один раз. Сейчас это число совпадает с суммой по школам.")
    return _(
        "Каждый человек посчитан один раз, даже если он числится в нескольких школах. Простая сумма по школам была бы "
        "%(num)s из %(den)s: на %(again)s больше по вовлечённым и на %(base)s больше по всем."
    ) % {
        "num": format_count(headline.sum_num),
        "den": format_count(headline.sum_den),
        "again": format_count(headline.sum_num - picture.share.num),
        "base": format_count(headline.sum_den - picture.share.den),
    }


def _day_words(picture: Picture) -> str:
    stamp = picture.stamp
    day = date_format(stamp.day, "d.m.Y")
    if picture.is_live:
        return _("%(day)s, живые данные: меняются вместе с приказами школ") % {"day": day}
    taken = date_format(timezone.localtime(stamp.made_at), "d.m.Y") if stamp.made_at else ""
    if stamp.kind == RESTORED:
        return _("%(day)s, восстановлено %(taken)s по датам приказов и согласий") % {"day": day, "taken": taken}
    return _("%(day)s, закреплено %(taken)s и больше не меняется") % {"day": day, "taken": taken}


def _freshness_words(stamp: Stamp) -> str:
    if stamp.made_at is None:
        return _("ещё ни разу: данных от школ нет")
    words = date_format(timezone.localtime(stamp.made_at), "d.m.Y H:i:s")
    if stamp.schools_waiting:
        words += _(", ждут пересчёта школ: %(waiting)s") % {"waiting": format_count(stamp.schools_waiting)}
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
    """Return how many places have coverage, nobody engaged, no data; an empty stage is left out."""
    words = {
        Stage.ENGAGED: gettext_lazy("с охватом"),
        Stage.NOBODY: gettext_lazy("без пар по приказу"),
        Stage.EMPTY: gettext_lazy("без данных"),
    }
    numbers = {stage: sum(place.stage is stage for place in places) for stage in words}
    return [StageLine(words[stage], number, stage.value) for stage, number in numbers.items() if number]


def ranked_places(
    places: Sequence[Place],
    *,
    target: Decimal | None,
    with_district: bool,
) -> list[tuple[Place, RankedRow]]:
    """Return every place in order, each with its rank among all of them."""
    by_row: dict[int, Place] = {}
    rows = []
    for place in places:
        row = RankingRow(
            label=place.title,
            numerator=0 if place.share is None else place.share.num,
            denominator=0 if place.share is None else place.share.den,
            note=_note(place, with_district=with_district),
        )
        by_row[id(row)] = place
        rows.append(row)
    return [(by_row[id(ranked.row)], ranked) for ranked in rank(rows, target=target)]


def _note(place: Place, *, with_district: bool) -> str:
    notes = [place.district or _("регионального подчинения")] if with_district else []
    if place.stage is Stage.EMPTY:
        notes.append(_("данных ещё нет"))
    elif place.stage is Stage.NOBODY:
        notes.append(_("пар по приказу нет"))
    return ", ".join(notes)


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """One line of a school's table; the counts are None where nothing is counted."""

    definition: Definition
    num: int | None
    den: int | None
    lacks_consent: int | None
    percent: str
    target: str
    is_reached: bool


def definition_rows(picture: Picture) -> list[DefinitionRow]:
    """Return one line for each definition of a school's picture."""
    return [_definition_row(definition, share) for definition, share in picture.by_definition]


def _definition_row(definition: Definition, share: Share | None) -> DefinitionRow:
    if share is None:
        return DefinitionRow(definition, None, None, None, format_percent(None), "", is_reached=False)
    return DefinitionRow(
        definition,
        share.num,
        share.den,
        share.lacks_consent,
        format_percent(share.percent),
        format_target(share.target),
        is_reached=share.is_reached,
    )
