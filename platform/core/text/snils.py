"""СНИЛС, the insurance number of a person: eleven digits of which the last two check the rest."""

_LENGTH = 11
# Numbers up to this one were given out without check digits (постановление Правления ПФР № 192п of 31.07.2006).
_LAST_WITHOUT_CHECK = 1_001_998
_BLANKS = frozenset({"", "-", "–", "—", "нет", "отсутствует", "б/н", "не указан", "н/д"})


class UnreadableSnilsError(ValueError):
    """The cell holds something, but not eleven digits."""


def snils_digits(value: object) -> str | None:
    """Return the eleven digits of a cell, or None when it says that there is no number.

    A number cell has lost its leading zeros and gets them back; in a text every digit must be there. A row of equal
    digits is what people type into a compulsory field, not a number.

    :raises UnreadableSnilsError: the digits are not eleven, or all the same.
    """
    if isinstance(value, float):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        digits = str(value).zfill(_LENGTH)
    else:
        text = str(value).strip() if value is not None else ""
        if text.lower() in _BLANKS:
            return None
        digits = "".join(filter(str.isdecimal, text))
    if len(digits) != _LENGTH or len(set(digits)) == 1:
        raise UnreadableSnilsError
    return digits


def has_right_check_digit(digits: str) -> bool:
    """Tell whether the last two digits agree with the first nine.

    :param digits: eleven decimal digits, as `snils_digits` returns them.
    """
    if int(digits[:9]) <= _LAST_WITHOUT_CHECK:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    return total % 101 % 100 == int(digits[9:])


def format_snils(digits: str) -> str:
    """Return eleven digits as they are printed: «112-233-445 95»."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"
