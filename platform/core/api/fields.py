"""Kinds of values that several apps read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

EARLIEST_YEAR, LATEST_YEAR = 1900, 2199


class Day(serializers.DateField):
    """A day, ``гггг-мм-дд``; a year of another age is a slip, and nothing here can count with it."""

    default_error_messages = {"year": _("Проверьте год.")}

    def to_internal_value(self, value: Any) -> date:
        """Return the day.

        :raises ValidationError: for what is no day of these times.
        """
        day: date = super().to_internal_value(value)
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            self.fail("year")
        return day


class Version(serializers.CharField):
    """What was read of a record, as its answer gave it: sent back with a change, it keeps others' changes safe."""

    def __init__(self, **kwargs: Any) -> None:
        """Read it where it is sent; show it with ``read_only``."""
        if not kwargs.get("read_only"):
            kwargs = {"required": False, "allow_null": True, "default": None, "max_length": 1000, **kwargs}
        words = _("Прочитанная: изменённое после неё другим не затирается, ответ stale. Без неё пишется как есть.")
        kwargs.setdefault("help_text", words)
        super().__init__(**kwargs)


class NameToFind(serializers.CharField):
    """Words of a name to search by: of a body alone, never of an address."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"max_length": 200, "help_text": _("Фамилия или имя."), **kwargs}
        super().__init__(**kwargs)


class Ids(serializers.ListField):
    """Ids, at most as many as anybody marks at once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1000)
        super().__init__(child=serializers.UUIDField(), **kwargs)
