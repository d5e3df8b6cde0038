"""Chart geometry, places and sentences, to the digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core.ui.charts import (
    RankingChart,
    RankingRow,
    TrendChart,
    TrendPoint,
    describe_ranking,
    describe_trend,
    plot_trend,
    rank,
    scale_maximum,
)


def trend(*counts: int | None, target: int | None = 70) -> TrendChart:
    points = [
        TrendPoint(label=f"м{index}", numerator=count, denominator=100 if count is not None else None)
        for index, count in enumerate(counts, 1)
    ]
    return TrendChart(title="Охват", points=points, target=target)


def render(source: str, **values: object) -> str:
    request = RequestFactory().get("/")
    return Template("{% load ui %}" + source).render(Context({"request": request, **values}))


def test_points_are_placed_in_percent_of_the_drawing() -> None:
    plot = plot_trend(trend(0, 50, 100))
    assert [(dot.x, dot.y) for dot in plot.dots] == [("3.00%", "84.00%"), ("50.00%", "48.00%"), ("97.00%", "12.00%")]
    assert [(s.x1, s.y1, s.x2, s.y2) for s in plot.segments] == [
        ("3.00%", "84.00%", "50.00%", "48.00%"),
        ("50.00%", "48.00%", "97.00%", "12.00%"),
    ]
    assert plot.target is not None
    assert (plot.target.at, plot.target.label) == ("33.60%", "цель 70\u00a0%")
    assert [dot.is_labelled for dot in plot.dots] == [True, False, True]


def test_gap_breaks_the_line() -> None:
    plot = plot_trend(trend(10, None, 30, 40))
    assert len(plot.dots) == 3
    assert len(plot.segments) == 1


def test_one_point_stands_in_the_middle() -> None:
    plot = plot_trend(trend(42))
    assert [(dot.x, dot.anchor) for dot in plot.dots] == [("50.00%", "middle")]
    assert plot.segments == ()


def test_empty_trend_says_so() -> None:
    assert plot_trend(trend()).dots == ()
    assert describe_trend(trend()) == describe_trend(trend(None)) == "Данных за эти даты ещё нет."
    assert "<svg" not in render("{% trend_chart chart %}", chart=trend())


def test_value_is_written_above_a_target_line_that_would_cross_it() -> None:
    low, near = plot_trend(trend(40)).dots[0], plot_trend(trend(65)).dots[0]
    assert (low.y, low.label_y) == ("55.20%", "51.20%")
    assert (near.y, near.label_y) == ("37.20%", "30.60%")


def test_long_trend_labels_at_most_four_dates() -> None:
    dates = plot_trend(trend(*range(10, 22))).dates
    assert [(tick.label, tick.is_minor) for tick in dates] == [
        ("м1", False),
        ("м5", True),
        ("м8", True),
        ("м12", False),
    ]


def test_scale_ends_at_all_or_above() -> None:
    assert scale_maximum([]) == scale_maximum([3.0]) == scale_maximum([100.0]) == 100.0
    assert scale_maximum([100.1]) == 150.0


@given(st.lists(st.one_of(st.none(), st.integers(0, 500)), max_size=40), st.one_of(st.none(), st.integers(0, 100)))
def test_everything_stays_inside_the_drawing(counts: list[int | None], target: int | None) -> None:
    plot = plot_trend(trend(*counts, target=target))
    lengths = [value for dot in plot.dots for value in (dot.x, dot.y)] + [tick.at for tick in plot.dates]
    lengths += [plot.target.at] if plot.target else []
    assert all(0.0 <= float(value.removesuffix("%")) <= 100.0 for value in lengths)
    assert len(plot.dots) == sum(count is not None for count in counts)


@pytest.mark.parametrize(
    ("chart", "sentence"),
    [
        (
            trend(12, 59),
            "м1 – 12,0\u00a0%, м2 – 59,0\u00a0%: рост на 47,0 п. п. До цели 70\u00a0% не хватает 11,0 п. п.",
        ),
        (trend(80, 75), "м1 – 80,0\u00a0%, м2 – 75,0\u00a0%: снижение на 5,0 п. п. Цель 70\u00a0% достигнута."),
        (trend(5, 5, target=None), "м1 – 5,0\u00a0%, м2 – 5,0\u00a0%: без изменений."),
        (trend(None, 70), "На м2 – 70,0\u00a0%. Цель 70\u00a0% достигнута."),
    ],
)
def test_sentence_says_what_the_line_shows(chart: TrendChart, sentence: str) -> None:
    assert describe_trend(chart) == sentence


def test_trend_has_title_description_and_table() -> None:
    html = render("{% trend_chart chart %}", chart=trend(12, None, 59))
    assert 'role="img"' in html
    assert "<title " in html
    assert "<desc " in html
    assert html.count("<tr>") == 4
    assert '<td class="number">59</td><td class="number">100</td><td class="number">59,0\u00a0%</td>' in html
    assert '<td class="number">—</td><td class="number">—</td><td class="number">—</td>' in html


ROWS = [
    RankingRow(label="Школа В", numerator=7, denominator=10),
    RankingRow(label="Школа Б", numerator=14, denominator=20, url="/schools/b/"),
    RankingRow(label="Школа А", numerator=9, denominator=10),
    RankingRow(label="Школа Г", numerator=6996, denominator=10000),
    RankingRow(label="Школа Д", numerator=0, denominator=0),
]


def test_places_are_shared_and_exact() -> None:
    assert [(r.place, r.row.label, r.percent, r.bar, r.is_on_target) for r in rank(ROWS, target=70)] == [
        (1, "Школа А", "90,0\u00a0%", "90.00%", True),
        (2, "Школа Б", "70,0\u00a0%", "70.00%", True),
        (2, "Школа В", "70,0\u00a0%", "70.00%", True),
        (4, "Школа Г", "70,0\u00a0%", "69.96%", False),
        (None, "Школа Д", "—", "0.00%", False),
    ]


def test_ranking_summary_counts_all_rows_not_the_page() -> None:
    chart = RankingChart(title="Т", subject="Школа", ranked=rank(ROWS, target=70), target=70, start=0, stop=2)
    assert [r.row.label for r in chart.visible] == ["Школа А", "Школа Б"]
    assert describe_ranking(chart) == (
        "Цель 70\u00a0% достигли 3 из 4. Выше всех: Школа А (90,0\u00a0%), ниже всех: Школа Г (70,0\u00a0%)."
    )
    alone = RankingChart(title="Т", subject="Школа", ranked=rank(ROWS[:1]))
    assert describe_ranking(alone) == f"{ROWS[0].label}: {alone.ranked[0].percent}."
    empty = RankingChart(title="Т", subject="Школа", ranked=[], target=Decimal(70))
    assert describe_ranking(empty) == "Пока некого сравнивать: данных нет."


def test_ranking_is_a_table_with_bars() -> None:
    chart = RankingChart(title="Рейтинг", subject="Школа", ranked=rank(ROWS, target=70), target=70)
    html = render("{% ranking_chart chart %}", chart=chart)
    assert html.count('class="bar-fill"') == html.count('class="bar-target"') == 5
    assert '<a href="/schools/b/">Школа Б</a>' in html
    assert "14 из 20" in html
    assert html.count("цель достигнута") == 3


def test_the_words_of_a_target_keep_out_of_the_lines_way() -> None:
    far = plot_trend(trend(10, 12, 11, 13, 12, 10))
    assert far.target is not None
    assert (far.target_label_x, far.target.is_below) == ("50.00%", False)
    close = plot_trend(trend(52, 71, 73, 74, 72, 71))
    assert close.target is not None
    assert close.target.is_below
    assert [level.is_below for level in close.levels] == [False, True, False]
