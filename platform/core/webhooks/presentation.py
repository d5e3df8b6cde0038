"""How webhooks and deliveries are said on screen."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz.registry import World
from core.events.catalogue import event_kinds
from core.ui.components import Fact, Status
from core.webhooks.deliveries import PING
from core.webhooks.models import Delivery, Webhook

FAULTS = ("bad_address", "unknown_host", "tls", "timeout", "no_answer", "switched_off")


def status_of(webhook: Webhook) -> Status:
    """Return whether events go to a webhook."""
    if webhook.disabled_at is not None:
        return Status("stop", _("Отключён: адрес не отвечал"))
    if not webhook.is_active:
        return Status("none", _("Выключен"))
    if webhook.failing_since is not None:
        return Status("wait", _("Не отвечает"))
    return Status("ok", _("Работает"))


def titles_of_events(world: World) -> dict[str, str]:
    """Return the words for the kinds of event of a world, and for a trial."""
    return {PING: _("Проверка связи"), **{kind.name: str(kind.title) for kind in event_kinds(world)}}


def facts_of(webhook: Webhook, titles: dict[str, str]) -> list[Fact]:
    """Return what is known of a webhook."""
    rows = [
        Fact(_("Адрес"), webhook.url),
        Fact(_("События"), ", ".join(titles.get(name, name) for name in webhook.events)),
    ]
    if webhook.failing_since is not None:
        rows.append(Fact(_("Не отвечает с"), f"{timezone.localtime(webhook.failing_since):%d.%m.%Y %H:%M}"))
    if webhook.disabled_at is not None:
        rows.append(Fact(_("Отключён платформой"), f"{timezone.localtime(webhook.disabled_at):%d.%m.%Y %H:%M}"))
    if webhook.former_until is not None and webhook.former_until > timezone.now():
        until = f"{timezone.localtime(webhook.former_until):%d.%m.%Y %H:%M}"
        rows.append(Fact(_("Прежний секрет действует до"), until))
    return rows


def status_of_delivery(delivery: Delivery) -> Status:
    """Return how far a delivery is."""
    if delivery.state == Delivery.State.DELIVERED:
        return Status("ok", _("Доставлено"))
    if delivery.state == Delivery.State.FAILED:
        return Status("stop", _("Не доставлено"))
    return Status("work", _("Отправляется")) if not delivery.attempts else Status("wait", _("Повторим позже"))


def answer_of(delivery: Delivery) -> str:
    """Return what the other side last answered, or why it did not."""
    # What was not sent at all, because sending was switched off, keeps the status of the attempt before.
    if delivery.last_status is not None and not delivery.last_fault:
        return _("код %(status)s") % {"status": delivery.last_status}
    words = {
        "bad_address": _("адрес ведёт во внутреннюю сеть"),
        "unknown_host": _("имя сайта не найдено"),
        "tls": _("сертификат сайта не подошёл"),
        "timeout": _("не ответил за 5 секунд"),
        "no_answer": _("не отвечает"),
        "switched_off": _("отправка была выключена"),
    }
    return words.get(delivery.last_fault, "")
