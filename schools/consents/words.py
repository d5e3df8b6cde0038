"""How states of consents are said on screen: a word of the domain and who acts next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.ui.components import Status
from schools.consents.domain import ConsentState

CONSENT_STATUS = {
    ConsentState.IN_FORCE: Status("ok", _("Действует")),
    ConsentState.NOT_YET: Status("wait", _("Ещё не началось")),
    ConsentState.WITHDRAWN: Status("stop", _("Отозвано")),
    ConsentState.EXPIRED: Status("stop", _("Истекло")),
    ConsentState.NEEDS_OWN: Status("wait", _("Ждёт подписи самого участника")),
    ConsentState.NEEDS_REPRESENTATIVE: Status("wait", _("Ждёт подписи родителя")),
}
