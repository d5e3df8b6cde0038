"""Long columns of values as one parameter of a statement."""

from __future__ import annotations

from collections.abc import Iterable

_SEPARATOR = "\x1f"


def column(values: Iterable[str]) -> str:
    """Return values for ``unnest(string_to_array(%s, chr(31)))``.

    psycopg quotes the elements of a list one by one in Python, which for ten thousand keys costs more than the
    statement. No value may hold the separator; keys and UUIDs do not. A single empty value comes back as NULL.
    """
    return _SEPARATOR.join(values)
