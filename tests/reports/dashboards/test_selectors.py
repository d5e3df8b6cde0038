"""What dashboards show equals the recount, today and at kept month-ends, for the region and one district."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import region, rollup
from reports.dashboards.selectors import Share, board, change_stamp, date_choices, definition_choices, trend
from reports.rollup.models import Ledger
from reports.rollup.snapshots import freeze, freeze_due
from tests.reports import support
from tests.reports.rollup.test_work import sweep
from tests.support import oracle
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
END = date(2026, 2, 28)


def region_with_repeats() -> oracle.Region:
    """Return a written region in whose one district people are known to both schools."""
    made = support.random_region(Random(12))
    for school in made.schools.values():
        school.district = "Проверочный район"
    support.write_region(made)
    return made


def assert_boards(expected: dict, *, today: date, day: date | None, kind: str) -> int:
    repeated = 0
    titles = {pk: name for name, pk in support.DISTRICTS.items()}
    for definition in definition_choices():
        code = definition.code
        whole = board(code, today=today, day=day)
        part = board(code, today=today, day=day, district_id=support.DISTRICTS["Проверочный район"])
        for made, figure in (
            (whole, expected["region"][code]),
            (part, expected["districts"]["Проверочный район"][code]),
        ):
            share = made.headline.share
            assert [share.num, share.den] == figure
            assert {row.code: [row.share.num, row.share.den] for row in made.schools} == {
                school: figures[code] for school, figures in expected["schools"].items()
            }
            assert made.headline.stamp.kind == kind
            assert made.headline.sum_den == sum(row.share.den for row in made.schools)
            repeated += made.headline.people_repeated
        assert {titles[row.id]: [row.share.num, row.share.den] for row in whole.districts} == {
            name: figures[code] for name, figures in expected["districts"].items()
        }
        assert part.districts == ()
    return repeated


def test_boards_of_today_and_of_a_kept_day_equal_the_recount():
    made = region_with_repeats()
    today = support.CENTRE
    sweep(today)
    freeze(END, "frozen")
    then = oracle.recount(made, END)
    with region():
        assert assert_boards(oracle.recount(made, today), today=today, day=None, kind="live") > 0
        assert assert_boards(then, today=today, day=END, kind="frozen") > 0
    made.schools[SCHOOL_A.code] = support.random_school(Random(99), "Проверочный район")
    support.write_school(SCHOOL_A, made.schools[SCHOOL_A.code])
    sweep(today)
    with region():
        assert_boards(oracle.recount(made, today), today=today, day=None, kind="live")
        assert_boards(then, today=today, day=END, kind="frozen")


def test_the_trend_reads_what_is_kept_and_ends_today():
    made = region_with_repeats()
    today = date(2026, 4, 10)
    sweep(today)
    with rollup():
        Ledger.objects.update(first_day=date(2026, 2, 10))
    assert freeze_due(today) == [END, date(2026, 3, 31)]
    with region():
        points = trend("pupils", today=today)
        assert [(point.stamp.day, point.stamp.kind) for point in points] == [
            (END, "frozen"),
            (date(2026, 3, 31), "frozen"),
            (today, "live"),
        ]
        for point in points:
            told = oracle.recount(made, point.stamp.day)["region"]["pupils"]
            assert [point.share.num, point.share.den] == told
            assert point.share.target == 70
        assert [one.day for one in date_choices(today)] == [today, date(2026, 3, 31), END]


def test_nothing_is_shown_of_an_unknown_definition_or_day():
    with region():
        assert board("other", today=END) is None
        assert board("pupils", today=END, day=END) is None
        assert trend("other", today=END) == ()


def test_the_stamp_changes_with_the_figures():
    region_with_repeats()
    today = support.CENTRE
    sweep(today)
    with region():
        before = change_stamp(today)
        assert change_stamp(today) == before
    support.write_school(SCHOOL_A, support.random_school(Random(99), None))
    sweep(today)
    with region():
        assert change_stamp(today) != before


def test_the_number_of_queries_does_not_grow_with_the_schools():
    region_with_repeats()
    sweep(support.CENTRE)
    freeze(END, "frozen")
    with region():
        for most, day in ((11, None), (7, END)):
            with CaptureQueriesContext(connection) as queries:
                board("pupils", today=support.CENTRE, day=day)
            assert len(queries) <= most


@pytest.mark.parametrize(
    ("num", "den", "percent", "reached", "missing"),
    [
        (7, 10, "70.0", True, 0),
        (6999, 10000, "70.0", False, 1),
        (0, 3, "0.0", False, 3),
        (2, 3, "66.7", False, 1),
        (0, 0, None, False, 0),
    ],
)
def test_shares(num, den, percent, reached, missing):
    share = Share(num, den, 0, Decimal(70))
    assert share.percent == (None if percent is None else Decimal(percent))
    assert share.is_reached is reached
    assert share.people_to_target == missing
