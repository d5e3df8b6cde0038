"""Coverage of any day, counted live, equals the independent recount to the last person."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command

from tests.reports import support
from tests.support import oracle

pytestmark = pytest.mark.django_db


def answer(day: date) -> dict[str, object]:
    out = StringIO()
    call_command("coverage", "--as-of", day.isoformat(), "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("times", [8, pytest.param(200, marks=pytest.mark.nightly)])
def test_random_regions_equal_the_recount(times):
    compared = counted = 0
    for seed in range(times):
        made = support.random_region(Random(seed))
        support.write_region(made)
        for day in support.DAYS:
            expected = oracle.recount(made, day)
            assert answer(day) == expected, (seed, day)
            compared += 1
            counted += sum(num for num, _ in expected["region"].values())
    assert compared == times * len(support.DAYS)
    assert counted > 5 * times, "the random regions hold too little to prove anything"


def test_the_shipped_world_of_the_check():
    figures = answer(date(2026, 9, 20))
    assert figures["schools"]["sch-a"]["pupils"] == [1, 1]
    assert figures["schools"]["sch-a"]["teachers"] == [0, 1]
    assert figures["region"]["pupils"] == [2, 2]
    assert answer(date(2026, 9, 9))["region"]["pupils"] == [0, 2]


def test_a_day_that_is_no_date_is_refused():
    with pytest.raises(CommandError) as refused:
        call_command("coverage", "--as-of", "31.10.2026", "--json")
    assert refused.value.returncode == 2
