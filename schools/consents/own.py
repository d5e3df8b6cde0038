"""One's own consents, and those of one's own children: seen by whom they are about, taken back by who may.

Nothing is signed here: the law wants paper. What was given may be taken back any day, from here too.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import ALLOWED, Actor, Decision, Denied, enforce
from schools.consents.domain import PARTICIPATION, may_withdraw_own
from schools.consents.models import Consent
from schools.consents.selectors import deciding_kinds
from schools.consents.services import store_withdrawal
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.selectors import represented_by


def people_answered_for(actor: Actor) -> list[Person]:
    """Return the actor's own card, then his children under 18 by name; nobody for who takes no part."""
    if actor.person_id is None or not actor.reach("participation.view").own:
        return []
    own = Person.objects.filter(pk=actor.person_id, destroyed_at__isnull=True)
    return [*own, *represented_by(actor=actor)]


def own_consents(actor: Actor) -> QuerySet[Consent]:
    """Return the consents about the actor himself and about his children under 18, the latest first."""
    if actor.person_id is None or not actor.reach("participation.view").own:
        return Consent.objects.none()
    people = [actor.person_id, *represented_by(actor=actor).values_list("pk", flat=True)]
    return Consent.objects.filter(person__in=people).select_related("person").order_by("-given_on", "kind", "pk")


def own_consent_for(*, actor: Actor, consent_id: UUID) -> Consent:
    """Return one of them with its person.

    :raises Http404: no such consent about the actor or a child whom he represents today.
    """
    found = own_consents(actor).filter(pk=consent_id).first()
    if found is None:
        raise Http404
    return found


def may_withdraw_it(actor: Actor, consent: Consent) -> Decision:
    """Tell whether the actor takes back a consent of :func:`own_consents` himself."""
    decision = actor.has("consents.withdraw_own")
    if not decision:
        return decision
    day = timezone.localdate()
    if consent.withdrawn_on is not None and consent.withdrawn_on <= day:
        return Denied(_("Это согласие уже отозвано."))
    if consent.person_id != actor.person_id or may_withdraw_own(consent.signer, consent.person.birth_date, day):
        return ALLOWED
    return Denied(_("Это согласие подписал ваш родитель: отозвать его может он или школа по его просьбе."))


def withdraw_own_consent(*, actor: Actor, consent_id: UUID) -> Consent:
    """Take back a consent about oneself or one's child; it acts from today on, everywhere at once.

    :raises FaultyActError: it was given for days to come.
    :raises Http404: no such consent about the actor or a child whom he represents today.
    :raises RefusedError: withdrawn already, or another's to withdraw.
    """
    with transaction.atomic():
        Consent.objects.select_for_update().filter(pk=consent_id).first()
        consent = own_consent_for(actor=actor, consent_id=consent_id)
        enforce(may_withdraw_it(actor, consent))
        day = timezone.localdate()
        if consent.given_on > day:
            raise FaultyActError.of("not_yet", _("Это согласие ещё не началось. Скажите школе, что его не нужно."))
        store_withdrawal(actor, consent, day, is_own=True)
    return consent


def plain_consequences(consent: Consent) -> list[str]:
    """Return what the withdrawal causes, in words for whoever takes it back."""
    told = [_("Согласие перестаёт действовать сегодня. Снова дать его можно только на бумаге.")]
    if consent.kind in deciding_kinds():
        told += [
            _("Программа больше не предлагает пары и не считает участие в охвате школы."),
            _("Пара, которая уже есть, сама не заканчивается: куратор увидит отзыв и поговорит с вами."),
            _("Школа уничтожит данные в течение 30 дней, если закон не обязывает её хранить их дальше."),
        ]
    elif consent.kind == "transfer":
        told.append(_("Данные больше не передаются в региональный банк и другим школам."))
    elif consent.kind == "dissemination":
        told.append(_("Школа уберёт имя, фотографии и рассказы с сайта и стендов."))
    elif consent.kind == PARTICIPATION:
        told += [
            _("Участие в программе прекращается: новых пар и анкет не будет."),
            _("Пара, которая уже есть, сама не заканчивается: куратор увидит отзыв и поговорит с вами."),
        ]
    return [*told, _("Отчёты, которые школа уже сдала, не изменятся: в них нет имён.")]
