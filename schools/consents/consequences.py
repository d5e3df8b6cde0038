"""What follows from a withdrawal, said before it is recorded.

Consents stand below pairs and everything else that they decide; whoever above has something to say registers it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from core.authz import Actor
from schools.consents import domain
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds

# Takes the actor and the consent with its person; returns sentences, about nobody whom the actor does not see.
Tell = Callable[[Actor, Consent], list[str]]
_tellers: Final[list[Tell]] = []


def register_consequence(tell: Tell) -> None:
    """Add what an upper package has to say about withdrawals."""
    if tell not in _tellers:
        _tellers.append(tell)


def consequences_of_withdrawal(*, actor: Actor, consent: Consent) -> list[str]:
    """Return what happens when this consent is withdrawn, in sentences; what it decides comes first."""
    told = _of_kind(consent.kind)
    for tell in _tellers:
        told += tell(actor, consent)
    return [*told, _("Прошлые отчёты не изменятся.")]


def _of_kind(kind: str) -> list[str]:
    if kind in deciding_kinds():
        return [
            _("Со дня отзыва человек не входит в охват и не предлагается в пары автоматически."),
            _("Данные о нём школа уничтожает в течение 30 дней, если нет другого основания их хранить."),
        ]
    match kind:
        case "transfer":
            return [_("Со дня отзыва данные не передаются в региональный банк и другим школам.")]
        case "dissemination":
            return [_("Уберите имя, фотографии и рассказы с сайта и стендов: программа не видит, что размещено.")]
        case domain.PARTICIPATION:
            return [
                _("Несовершеннолетний больше не участвует в программе: его нет в подборах, и анкет от него не ждут.")
            ]
    return [_("Со дня отзыва согласие не действует.")]
