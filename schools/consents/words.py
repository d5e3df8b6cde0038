"""How states of consents are said on screen: a word of the domain and who acts next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.ui.components import Status
from schools.consents.domain import ConsentState, Ending, Why
from schools.consents.models import Consent
from schools.consents.selectors import ending_soon_of, state_of
from tenants.reference.selectors import consent_kinds_now

CONSENT_STATUS = {
    ConsentState.IN_FORCE: Status("ok", _("Действует")),
    ConsentState.NOT_YET: Status("wait", _("Ещё не началось")),
    ConsentState.WITHDRAWN: Status("stop", _("Отозвано")),
    ConsentState.EXPIRED: Status("stop", _("Истекло")),
    ConsentState.NEEDS_OWN: Status("wait", _("Ждёт подписи самого участника")),
    ConsentState.NEEDS_REPRESENTATIVE: Status("wait", _("Ждёт подписи родителя")),
    ConsentState.OUTGROWN: Status("none", _("Не нужно: исполнилось 18 лет")),
}

# Codes, so that the record holds no words about anybody.
UNDO_REASONS: Final = {
    "another_person": _("Отозвал другой человек"),
    "another_consent": _("Отозвано другое согласие этого человека"),
    "no_withdrawal": _("Отзыва не было"),
}
NONE: Final = Status("none", _("Нет"))


def status_of(consent: Consent, day: date, minors: Collection[str]) -> Status:
    """Return how a consent stands on the day, with the end that comes soon; its person is loaded.

    ``minors`` are ``selectors.minors_kinds()``, read once for many.
    """
    end = ending_soon_of(consent, day, minors)
    return CONSENT_STATUS[state_of(consent, day, minors)] if end is None else Status("wait", words_of_ending(end))


def words_of_ending(end: Ending) -> str:
    """Return the end that comes, and why, in words."""
    day = f"{end.last_day:%d.%m.%Y}"
    match end.why:
        case Why.TURNS_18:
            words = gettext("Действует по %(day)s: затем 18 лет, нужна своя подпись")
        case Why.OUTGROWN:
            words = gettext("Действует по %(day)s: затем 18 лет, больше не понадобится")
        case Why.WITHDRAWAL:
            words = gettext("Действует по %(day)s: затем отозвано")
        case Why.TERM:
            words = gettext("Действует по %(day)s: заканчивается срок")
    return words % {"day": day}


def kind_titles() -> dict[str, str]:
    """Return the titles of all kinds of consent by code, withdrawn kinds too."""
    return {row.code: row.title for row in consent_kinds_now(with_withdrawn=True)}
