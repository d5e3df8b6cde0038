"""СНИЛС in every way it is typed, and its check digits."""

import pytest

from core.text import UnreadableSnilsError, format_snils, has_right_check_digit, snils_digits


@pytest.mark.parametrize(
    "typed", ["112-233-445 95", "11223344595", "112 233 445 95", "СНИЛС 112-233-445-95", 11223344595, 11223344595.0]
)
def test_every_spelling_is_eleven_digits(typed: object) -> None:
    assert snils_digits(typed) == "11223344595"


def test_a_number_cell_gets_its_leading_zeros_back() -> None:
    assert snils_digits(1234567899.0) == "01234567899"


@pytest.mark.parametrize("typed", [None, "", "  ", "нет", "-", "—", "Отсутствует"])
def test_a_cell_may_say_that_there_is_none(typed: object) -> None:
    assert snils_digits(typed) is None


@pytest.mark.parametrize("typed", ["112-233-445 9", "1122334459555", "есть", "000-000-000 00", 11111111111])
def test_anything_else_is_unreadable(typed: object) -> None:
    with pytest.raises(UnreadableSnilsError):
        snils_digits(typed)


@pytest.mark.parametrize(
    ("digits", "right"),
    [
        ("11223344595", True),
        ("11223344594", False),
        ("08765430300", True),  # 202 % 101 = 0
        ("00000000199", True),  # given out before there were check digits
        ("63606071072", True),
        ("63606071073", False),
    ],
)
def test_check_digits(digits: str, right: bool) -> None:
    assert has_right_check_digit(digits) is right


def test_it_is_printed_as_on_the_card() -> None:
    assert format_snils("11223344595") == "112-233-445 95"
