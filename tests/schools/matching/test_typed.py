"""Lines of numbers typed from the papers of a group meeting."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.matching.domain.typed import TypedError, TypedFault, read_numbers, read_row

KNOWN = range(1, 30)


@pytest.mark.parametrize("text", ["3, 7 12", "№3; №7; №12", " 3,7,12, ", "3.7.12"])
def test_numbers_are_read_however_they_are_parted(text: str):
    assert read_numbers(text, KNOWN, 3) == (3, 7, 12)


@pytest.mark.parametrize(
    ("preferences", "vetoes", "fault", "number"),
    [
        ("Петров", "", TypedFault.NOT_NUMBERS, None),
        ("3, 99", "", TypedFault.UNKNOWN, 99),
        ("3, 7, 3", "", TypedFault.REPEATED, 3),
        ("1, 2, 3, 4", "", TypedFault.TOO_MANY, None),
        ("1, 2", "5, 2", TypedFault.BOTH, 2),
        ("٣", "", TypedFault.NOT_NUMBERS, None),
        ("9" * 50, "", TypedFault.NOT_NUMBERS, None),
    ],
)
def test_a_line_is_refused_with_what_is_wrong(preferences: str, vetoes: str, fault: TypedFault, number: int | None):
    with pytest.raises(TypedError) as caught:
        read_row(preferences, vetoes, KNOWN)
    assert (caught.value.fault, caught.value.number) == (fault, number)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str):
    with suppress(TypedError):
        assert len(read_numbers(text, KNOWN, 3)) <= 3
