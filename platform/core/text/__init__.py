"""What people type, folded so that it can be compared: names, СНИЛС, dates. Knows no school and no database."""

from core.text.dates import DateReader, UnreadableDateError
from core.text.names import FullName, clean_name, full_name_from_columns, name_key, ru_key, split_full_name
from core.text.numbers import number_key
from core.text.snils import UnreadableSnilsError, format_snils, has_right_check_digit, snils_digits

__all__ = [
    "DateReader",
    "FullName",
    "UnreadableDateError",
    "UnreadableSnilsError",
    "clean_name",
    "format_snils",
    "full_name_from_columns",
    "has_right_check_digit",
    "name_key",
    "number_key",
    "ru_key",
    "snils_digits",
    "split_full_name",
]
