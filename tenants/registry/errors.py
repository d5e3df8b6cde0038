"""What the register of districts refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _


class TitleTakenError(ValueError):
    """Another district has this name, whatever the case and ё or е."""

    def __init__(self, title: str) -> None:
        super().__init__(_("Район «%(title)s» уже есть в списке") % {"title": title})
