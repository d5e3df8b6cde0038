"""What the reference data refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _


class StaleVersionError(ValueError):
    """Somebody else has published a newer version of the entry in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("Запись уже изменена другим сотрудником: откройте её заново и внесите правку ещё раз"))


class CodeInUseError(ValueError):
    """An entry of this kind has this code; codes are never given a second time."""

    def __init__(self, code: str) -> None:
        super().__init__(_("Обозначение «%(code)s» уже занято: выберите другое") % {"code": code})
