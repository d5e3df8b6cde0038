"""Refusals of matching that carry more than a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from schools.people.errors import Fault, FaultyActError


class BoardChangedError(FaultyActError):
    """Somebody else has changed the board since it was shown; ``rows`` are the mentees whose rows differ now."""

    def __init__(self, version: int, rows: Sequence[UUID]) -> None:
        sentence = _("Пока вы смотрели, доску изменили. Проверьте отмеченные строки и сохраните ещё раз.")
        super().__init__(Fault("board_changed", sentence))
        self.version = version
        self.rows = rows
