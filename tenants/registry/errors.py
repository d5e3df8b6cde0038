"""What the register refuses."""

from __future__ import annotations

from typing import Self

from django.utils.translation import gettext as _


class TitleTakenError(ValueError):
    """Another district has this name, whatever the case and ё or е."""

    def __init__(self, title: str) -> None:
        super().__init__(_("Район «%(title)s» уже есть в списке") % {"title": title})


class StateError(ValueError):
    """A school is not in a state in which this can be done."""

    @classmethod
    def of_closed_school(cls) -> Self:
        """Return the refusal to change a school that is closed for good."""
        return cls(_("Школа закрыта: её карточка больше не меняется"))

    @classmethod
    def of_restore(cls) -> Self:
        """Return the refusal to finish a restore that somebody has given up."""
        return cls(_("Восстановление школы отменено"))
