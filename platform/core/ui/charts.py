"""Geometry and words of the charts: pure functions from figures to SVG lengths and a sentence.

Lengths are percentages of the drawing («12.50%»), never pixels or a scaled ``viewBox``: the browser stretches the
lines to any width while text keeps the reader's own size, so a phone and a 200 % text size lose nothing.
They are strings because a template would localise a number («12,5»), which SVG does not understand.
Every chart has its table: the trend beside it, the ranking *is* one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from django.utils.translation import gettext as _

from core.ui.numbers import format_count, format_percent, share_percent

# The box of the line within the drawing, in percent: room for values above and dates below.
LEFT: Final = 3.0
RIGHT: Final = 97.0
TOP: Final = 12.0
BOTTOM: Final = 84.0
FULL: Final = 100.0
# A line of text with its distance from the point, at the drawing's usual height.
LABEL_HEIGHT: Final = 11.0
# Half the width of the target's words.
LABEL_REACH: Final = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One moment of a trend; ``denominator=None`` or 0 leaves a gap in the line."""

    label: str
    numerator: int | None
    denominator: int | None
    note: str = ""

    @property
    def percent(self) -> Decimal | None:
        if self.numerator is None or self.denominator is None:
            return None
        return share_percent(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """A share over time, oldest first, equally spaced, with its target in percent (None: no target)."""

    title: str
    points: Sequence[TrendPoint]
    target: Decimal | float | int | None = None
    numerator_label: str = ""
    denominator_label: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A drawn point; ``label_y`` is where its value is written when ``is_labelled``."""

    x: str
    y: str
    label_y: str
    label: str
    value: str
    anchor: str
    is_labelled: bool
    is_hollow: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece of the line between two neighbouring known points."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A date under the line or a level of the grid; minor ticks give way in a narrow drawing.

    ``is_below``: the words stand under the level, because the line runs where they would stand above it.
    """

    at: str
    label: str
    anchor: str = "middle"
    is_minor: bool = False
    is_below: bool = False


@dataclass(frozen=True, slots=True)
class TrendPlot:
    """Everything the template draws."""

    segments: tuple[Segment, ...]
    dots: tuple[Dot, ...]
    dates: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    target: Tick | None
    target_label_x: str
    left: str
    right: str


def length(percent: float) -> str:
    """Write a percentage of the drawing as an SVG length."""
    return f"{percent:.2f}%"


def scale_maximum(values: Sequence[float]) -> float:
    """Return the top of the scale: 100 for shares, a round number above it when there are more than all."""
    highest = max(values, default=0.0)
    return FULL if highest <= FULL else float(ceil(highest / 50) * 50)


def plot_trend(chart: TrendChart) -> TrendPlot:
    """Place a trend's points, dates, grid and target; an empty trend gives only the grid."""
    percents = [None if point.percent is None else float(point.percent) for point in chart.points]
    target = None if chart.target is None else float(chart.target)
    known = [value for value in (*percents, target) if value is not None]
    top_value = scale_maximum(known)
    count = len(chart.points)
    xs = [_x(index, count) for index in range(count)]
    target_tick, target_label_x = None, FULL / 2
    if target is not None:
        at = _y(target, top_value)
        target_label_x, is_below = _clear_place(at, _line(xs, percents, top_value))
        words = _("цель %(percent)s") % {"percent": _whole(target)}
        target_tick = Tick(length(at), words, is_below=is_below)
    return TrendPlot(
        segments=_segments(xs, percents, top_value),
        dots=_dots(chart, xs, percents, top_value),
        dates=_dates(chart, xs),
        levels=tuple(_level(top_value * part, top_value, _line(xs, percents, top_value)) for part in (0, 0.5, 1)),
        target=target_tick,
        target_label_x=length(target_label_x),
        left=length(LEFT),
        right=length(RIGHT),
    )


Line = Sequence[tuple[float, float]]


def _line(xs: Sequence[float], percents: Sequence[float | None], top: float) -> Line:
    return [(x, _y(value, top)) for x, value in zip(xs, percents, strict=True) if value is not None]


def _distance(low: float, high: float, line: Line, around: float, reach: float) -> float:
    """Return how far the line's points near a place stay from a band of heights; 0 where one is inside."""
    near = [y for x, y in line if abs(x - around) <= reach]
    return min((max(low - y, y - high, 0.0) for y in near), default=FULL)


def _clear_place(at: float, line: Line) -> tuple[float, bool]:
    """Return where along the target its words stand, and whether under it: the middle, unless the line runs there."""
    places = [(x, is_below) for is_below in (False, True) for x in (50.0, 30.0, 70.0)]

    def clearance(place: tuple[float, bool]) -> float:
        x, is_below = place
        low, high = (at, at + LABEL_HEIGHT) if is_below else (at - LABEL_HEIGHT, at)
        return min(_distance(low, high, line, x, LABEL_REACH), LABEL_HEIGHT / 4)

    return max(places, key=clearance)


def _level(value: float, top: float, line: Line) -> Tick:
    at = _y(value, top)
    is_crossed = _distance(at - LABEL_HEIGHT / 2, at, line, LEFT, LABEL_REACH / 2) == 0
    return Tick(length(at), _whole(value), is_below=is_crossed)


def _x(index: int, count: int) -> float:
    return (LEFT + RIGHT) / 2 if count == 1 else LEFT + (RIGHT - LEFT) * index / (count - 1)


def _y(value: float, top_value: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(max(value, 0.0), top_value) / top_value


def _whole(value: float) -> str:
    return format_percent(value, decimals=0 if value == int(value) else 1)


def _segments(xs: Sequence[float], percents: Sequence[float | None], top: float) -> tuple[Segment, ...]:
    found = []
    for index in range(len(xs) - 1):
        before, after = percents[index], percents[index + 1]
        if before is not None and after is not None:
            ends = (xs[index], _y(before, top), xs[index + 1], _y(after, top))
            found.append(Segment(*(length(end) for end in ends)))
    return tuple(found)


def _anchor(index: int, count: int) -> str:
    if count == 1 or 0 < index < count - 1:
        return "middle"
    return "start" if index == 0 else "end"


def _label_y(y: float, target_y: float | None) -> float:
    """Write a value above its point, and above the target line too where that would run through the words."""
    if target_y is not None and y - LABEL_HEIGHT < target_y <= y:
        return target_y - 3.0
    return y - 4.0


def _dots(chart: TrendChart, xs: Sequence[float], percents: Sequence[float | None], top: float) -> tuple[Dot, ...]:
    known = [index for index, value in enumerate(percents) if value is not None]
    target_y = None if chart.target is None else _y(float(chart.target), top)
    labelled = {known[0], known[-1]} if known else set()
    dots = []
    for index in known:
        point, value = chart.points[index], percents[index]
        y = _y(value or 0.0, top)
        dots.append(
            Dot(
                x=length(xs[index]),
                y=length(y),
                label_y=length(_label_y(y, target_y)),
                label=point.label,
                value=format_percent(point.percent),
                anchor=_anchor(index, len(xs)),
                is_labelled=index in labelled,
                is_hollow=bool(point.note),
            )
        )
    return tuple(dots)


def _dates(chart: TrendChart, xs: Sequence[float]) -> tuple[Tick, ...]:
    """Label the first, the last and at most two between, so that dates never run into each other."""
    count = len(xs)
    last = count - 1
    shown = set(range(count)) if count <= 4 else {0, round(last / 3), round(2 * last / 3), last}
    return tuple(
        Tick(length(xs[index]), chart.points[index].label, _anchor(index, count), index not in (0, last))
        for index in sorted(shown)
    )


def describe_trend(chart: TrendChart) -> str:
    """Say in one or two sentences what the line shows."""
    known = [(point.label, point.percent) for point in chart.points if point.percent is not None]
    if not known:
        return _("Данных за эти даты ещё нет.")
    (first_label, first), (last_label, last) = known[0], known[-1]
    if len(known) == 1:
        sentence = _("На %(date)s – %(percent)s.") % {"date": last_label, "percent": format_percent(last)}
    else:
        sentence = _change_sentence(first_label, first, last_label, last)
    return sentence if chart.target is None else f"{sentence} {_target_sentence(last, Decimal(str(chart.target)))}"


def _change_sentence(first_label: str, first: Decimal, last_label: str, last: Decimal) -> str:
    words = {
        "first_date": first_label,
        "first": format_percent(first),
        "last_date": last_label,
        "last": format_percent(last),
        "points": format_percent(abs(last - first)).replace("%", "").strip(),
    }
    if last > first:
        return _("%(first_date)s – %(first)s, %(last_date)s – %(last)s: рост на %(points)s п. п.") % words
    if last < first:
        return _("%(first_date)s – %(first)s, %(last_date)s – %(last)s: снижение на %(points)s п. п.") % words
    return _("%(first_date)s – %(first)s, %(last_date)s – %(last)s: без изменений.") % words


def _target_sentence(last: Decimal, target: Decimal) -> str:
    words = {
        "target": _whole(float(target)),
        "points": format_percent(abs(target - last)).replace("%", "").strip(),
    }
    if last >= target:
        return _("Цель %(target)s достигнута.") % words
    return _("До цели %(target)s не хватает %(points)s п. п.") % words


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRow:
    """One place of a ranking; ``url`` opens its counts, ``note`` stands under its name."""

    label: str
    numerator: int
    denominator: int
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A row with its place; equal shares have the same place, rows with nobody to count have none."""

    row: RankingRow
    place: int | None
    percent: str
    bar: str
    is_on_target: bool

    @property
    def counts(self) -> str:
        return _("%(numerator)s из %(denominator)s") % {
            "numerator": format_count(self.row.numerator),
            "denominator": format_count(self.row.denominator),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingChart:
    """Shares from the highest down, as a table with bars; ``start``/``stop`` cut out one page."""

    title: str
    subject: str
    ranked: Sequence[RankedRow]
    target: Decimal | float | int | None = None
    start: int = 0
    stop: int | None = None

    @property
    def visible(self) -> Sequence[RankedRow]:
        return self.ranked[self.start : self.stop]

    @property
    def target_label(self) -> str:
        return "" if self.target is None else _whole(float(self.target))

    @property
    def target_at(self) -> str:
        return "" if self.target is None else length(float(self.target))


def rank(rows: Sequence[RankingRow], *, target: Decimal | float | int | None = None) -> list[RankedRow]:
    """Order rows by exact share, highest first (then by name), and give places: 1, 2, 2, 4."""
    goal = None if target is None else Fraction(str(target))
    ordered = sorted(rows, key=lambda row: (_exact(row) is None, -(_exact(row) or 0), row.label.casefold()))
    ranked: list[RankedRow] = []
    previous: Fraction | None = None
    place = 0
    for position, row in enumerate(ordered, start=1):
        share = _exact(row)
        if share is not None and share != previous:
            place, previous = position, share
        ranked.append(
            RankedRow(
                row=row,
                place=None if share is None else place,
                percent=format_percent(share_percent(row.numerator, row.denominator)),
                bar=length(float(min(share or 0, Fraction(100)))),
                is_on_target=share is not None and goal is not None and share >= goal,
            )
        )
    return ranked


def _exact(row: RankingRow) -> Fraction | None:
    """Return the unrounded percentage, so that 69.96 % is never taken for 70 %."""
    return Fraction(row.numerator * 100, row.denominator) if row.denominator > 0 else None


def describe_ranking(chart: RankingChart) -> str:
    """Say in one or two sentences what the ranking shows, over all its rows and not only the page."""
    counted = [ranked for ranked in chart.ranked if ranked.place is not None]
    if not counted:
        return _("Пока некого сравнивать: данных нет.")
    best, last = counted[0], counted[-1]
    if best is last:
        # One alone is neither above nor below anybody.
        sentence = _("%(only)s: %(percent)s.") % {"only": best.row.label, "percent": best.percent}
    else:
        sentence = _("Выше всех: %(best)s (%(best_percent)s), ниже всех: %(last)s (%(last_percent)s).") % {
            "best": best.row.label,
            "best_percent": best.percent,
            "last": last.row.label,
            "last_percent": last.percent,
        }
    if chart.target is None:
        return sentence
    reached = _("Цель %(target)s достигли %(reached)s из %(total)s.") % {
        "target": chart.target_label,
        "reached": format_count(sum(ranked.is_on_target for ranked in counted)),
        "total": format_count(len(counted)),
    }
    return f"{reached} {sentence}"
