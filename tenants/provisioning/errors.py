"""What provisioning refuses."""

from __future__ import annotations

from typing import Self

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


class ArchiveRefusedError(ValueError):
    """An archive of a school cannot be restored here; ``code`` is stable, the sentence says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code

    @classmethod
    def of_newer_version(cls) -> Self:
        """Return the refusal of an archive that this platform is too old for."""
        return cls(
            "newer_version",
            _("Архив сделан более новой версией платформы: сначала обновите эту установку."),
        )

    @classmethod
    def of_damage(cls) -> Self:
        """Return the refusal of a file that is not what was written."""
        return cls("damaged", _("Файл повреждён или изменён: возьмите другую копию архива. Ничего не записано."))


class ArchiveError(ValueError):
    """An archive cannot be asked for or taken now; ``str()`` is the sentence to show."""


class DayError(ValueError):
    """A day on which this cannot be done; ``str()`` is the sentence to show."""


class NotHandedOverError(ValueError):
    """A closing school's archive has not been taken by its director, who cannot sign in to a suspended one."""

    def __init__(self, *, is_suspended: bool = False) -> None:
        super().__init__(
            _(
                "Директор ещё не забрал архив, сделанный после объявления, а войти в приостановленную школу не может."
                " Возобновите работу школы или отметьте, что архив не нужен"
            )
            if is_suspended
            else _("Директор ещё не забрал архив, сделанный после объявления. Дождитесь или отметьте, что он не нужен")
        )
