"""How acts upon people are said on screen and in the API."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from schools.people.school_year import Outcome

OUTCOMES: Final = {
    Outcome.PROMOTE: _("переходит в следующий класс"),
    Outcome.REPEAT: _("остаётся на второй год"),
    Outcome.GRADUATE: _("выпускается"),
    Outcome.LEAVE: _("выбывает"),
    Outcome.SKIP: _("не переводить"),
}
