"""What provisioning refuses."""

from __future__ import annotations

from typing import Self

from django.utils.translation import gettext as _


class CodeTakenError(ValueError):
    """A school's code is in use, or was, and still redirects; or it is kept for the platform itself."""

    def __init__(self, code: str) -> None:
        super().__init__(_("Код «%(code)s» уже занят: выберите другой") % {"code": code})


class StateError(ValueError):
    """A school is not in a state in which this can be done."""

    @classmethod
    def of_closed_school(cls) -> Self:
        """Return the refusal to change a school that is closed for good."""
        return cls(_("Школа закрыта: её карточка больше не меняется"))


class ReasonMissingError(ValueError):
    """Stopping a school's work needs a reason for those who ask later."""

    def __init__(self) -> None:
        super().__init__(_("Укажите причину: её увидят все, кто откроет карточку школы"))
