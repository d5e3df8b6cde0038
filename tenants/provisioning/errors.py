"""What provisioning refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _


class CodeTakenError(ValueError):
    """A school's code is in use, or was, and still redirects; or it is kept for the platform itself."""

    def __init__(self, code: str) -> None:
        super().__init__(_("Код «%(code)s» уже занят: выберите другой") % {"code": code})


class ReasonMissingError(ValueError):
    """Stopping a school's work needs a reason for those who ask later."""

    def __init__(self) -> None:
        super().__init__(_("Укажите причину: её увидят все, кто откроет карточку школы"))


class ScriptRefusedError(RuntimeError):
    """The migrations of this code cannot be, or are not, the ones of the script that makes schools."""


class CanaryError(RuntimeError):
    """Django's own migration of a school failed; ``kind`` is the kind of the error."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
