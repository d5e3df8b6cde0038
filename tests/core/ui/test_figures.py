"""Counts, percentages, plurals and the headline figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.ui.numbers import format_count, format_percent, plural_form, share_percent
from core.ui.stat import build_stat


def test_counts_and_percentages_are_written_the_russian_way() -> None:
    assert format_count(1234567) == "1\u00a0234\u00a0567"
    assert format_count(None) == format_percent(None) == "—"
    assert format_percent(Decimal("58.94")) == "58,9\u00a0%"
    assert format_percent(0.05) == "0,1\u00a0%"
    assert format_percent(70, decimals=0) == "70\u00a0%"
    with translation.override("en"):
        assert format_count(1234) == "1,234"


def test_share_rounds_half_up_and_knows_nobody() -> None:
    assert share_percent(1, 16) == Decimal("6.3")
    assert share_percent(2, 3) == Decimal("66.7")
    assert share_percent(0, 0) is None


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "пар"),
        (1, "пара"),
        (2, "пары"),
        (5, "пар"),
        (11, "пар"),
        (14, "пар"),
        (21, "пара"),
        (112, "пар"),
        (104, "пары"),
    ],
)
def test_russian_plural(count: int, word: str) -> None:
    assert plural_form(count, "пара|пары|пар") == word


def test_plural_of_other_languages_and_bad_forms() -> None:
    with translation.override("en"):
        assert [plural_form(count, "pair|pairs") for count in (1, 2, 21)] == ["pair", "pairs", "pairs"]
    with pytest.raises(ValueError, match="two or three forms"):
        plural_form(1, "пара")


def test_stat_counts_the_missing_people_exactly() -> None:
    stat = build_stat("Охват", 109, 168, target=70, as_of=date(2026, 11, 21))
    assert (stat.percent, stat.bar, stat.target, stat.target_at, stat.missing) == (
        "64,9\u00a0%",
        "64.90%",
        "70\u00a0%",
        "70.00%",
        9,
    )
    assert build_stat("Охват", 84, 120, target=70).is_on_target
    # 69.96 % is shown as 70,0 % and is still not 70 %.
    almost = build_stat("Охват", 6996, 10000, target=70)
    assert (almost.percent, almost.missing, almost.is_on_target) == ("70,0\u00a0%", 4, False)


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 100))
def test_missing_people_are_just_enough(numerator: int, denominator: int, target: int) -> None:
    missing = build_stat("", numerator, denominator, target=target).missing
    assert missing is not None
    assert (numerator + missing) * 100 >= target * denominator
    assert missing == 0 or (numerator + missing - 1) * 100 < target * denominator


def test_stat_without_people_promises_nothing() -> None:
    stat = build_stat("Охват", 0, 0, target=70)
    assert (stat.percent, stat.has_figure, stat.missing, stat.is_on_target) == ("—", False, None, False)
