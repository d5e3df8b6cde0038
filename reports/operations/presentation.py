"""The state in words: a badge for each part, what stands behind it, how long something waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events.broker import Broker
from core.mail.sending import is_on
from core.mail.tallies import Letters
from core.ui.components import Fact, Status, Text
from core.ui.numbers import format_count, format_percent
from reports.operations.selectors import Figures, Fleet, Sendings, Shares

# The sweeper looks four times a second: whoever waits so long waits for nobody.
STALLED_AFTER: Final = timedelta(minutes=5)
_GONE_AFTER: Final = timedelta(minutes=1)

_TASKS: Final[dict[str, Text]] = {
    "core.accounts.deliver_invitation": gettext_lazy("Приглашение в школу"),
    "core.accounts.reset_director": gettext_lazy("Сброс второго фактора директора"),
    "tenants.provisioning.provision_school": gettext_lazy("Создание школы"),
    "schools.matching.compute_run": gettext_lazy("Подбор пар"),
    "schools.imports.check_import": gettext_lazy("Проверка файла"),
    "schools.imports.apply_import": gettext_lazy("Загрузка из файла"),
    "core.accounts.end_accounts": gettext_lazy("Закрытие учётных записей школы"),
    "tenants.provisioning.make_archive": gettext_lazy("Архив школы"),
    "tenants.tombstones.keep_journal": gettext_lazy("Запись об уничтожении в журнал"),
    "schools.people.settle_release": gettext_lazy("Итог перевода ученика"),
    "schools.people.tell_of_offer": gettext_lazy("Предложение перевода ученика"),
    "schools.mergers.plan": gettext_lazy("План объединения школ"),
    "schools.mergers.hand_over": gettext_lazy("Объединение школ: передача"),
    "schools.mergers.take_in": gettext_lazy("Объединение школ: приём"),
    "schools.mergers.forget": gettext_lazy("Объединение школ: уборка"),
    "schools.notifications.post_letters": gettext_lazy("Отправка писем школы"),
    "schools.notifications.make_digests": gettext_lazy("Ежедневная сводка"),
    "core.events.announce_in_region": gettext_lazy("Извещение о событии региона"),
    "core.events.keep_school_house": gettext_lazy("Ежедневная уборка в школе"),
    "core.events.keep_region_house": gettext_lazy("Ежедневная уборка региона"),
    "core.webhooks.deliver_in_school": gettext_lazy("Событие школы для программы"),
    "core.webhooks.deliver_in_region": gettext_lazy("Событие региона для программы"),
}
_QUEUES: Final[dict[str, Text]] = {
    "default": gettext_lazy("Задания школ и региона"),
    "rollup": gettext_lazy("Пересчёт показателей"),
    "provisioning": gettext_lazy("Создание школ"),
    "webhooks": gettext_lazy("События для программ и письма"),
}

# By the part of a worker's name before «@», as the launcher and the containers call them.
_WORKERS: Final[dict[str, Text]] = {
    "worker": gettext_lazy("Задания и пересчёт"),
    "courier": gettext_lazy("Письма и события для программ"),
    "provisioner": gettext_lazy("Создание школ"),
}


def task_words(name: str) -> Text:
    """Return what a task does; one without words is shown by its name."""
    return _TASKS.get(name, name)


def age(since: datetime, now: datetime | None = None) -> str:
    """Return how long ago something was: «5 мин»."""
    seconds = max(0, int(((now or timezone.now()) - since).total_seconds()))
    if seconds < 60:
        return _("%(number)d с") % {"number": seconds}
    if seconds < 3600:
        return _("%(number)d мин") % {"number": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(number)d ч") % {"number": seconds // 3600}
    return _("%(number)d дн.") % {"number": seconds // 86400}


def moment(at: datetime) -> str:
    """Return a moment in the region's time."""
    return date_format(timezone.localtime(at), "d.m.Y H:i:s")


def _schools(number: int) -> str:
    return _("школ: %(number)s") % {"number": format_count(number)}


def _is_stalled(since: datetime | None) -> bool:
    return since is not None and timezone.now() - since > STALLED_AFTER


def figures_status(figures: Figures) -> Status:
    """Return whether figures follow changes."""
    if _is_stalled(figures.marks_since) or _is_stalled(figures.due_since):
        return Status("stop", _("Пересчёт стоит"))
    if figures.swept_at is None or not _is_here(figures.swept_at):
        return Status("stop", _("Службы пересчёта не видно"))
    if figures.due_number or figures.marks_since:
        return Status("work", _("Пересчитываются"))
    return Status("ok", _("Показатели свежие"))


def figures_facts(figures: Figures) -> list[Fact]:
    """Return what freshness is made of."""
    run = _("ещё не было")
    if figures.run_at is not None:
        run = _("%(at)s: %(schools)s за %(seconds)s с") % {
            "at": moment(figures.run_at),
            "schools": _schools(figures.run_schools),
            "seconds": seconds_words(figures.run_seconds),
        }
    return [
        Fact(_("Изменения, которые ещё не замечены"), _since(figures.marks_since, _("нет"))),
        Fact(_("Ждут пересчёта"), _schools(figures.due_number) if figures.due_number else _("никто")),
        Fact(_("Дольше всех ждут"), _since(figures.due_since, "")),
        Fact(_("Последний пересчёт"), run),
        Fact(_("Служба пересчёта"), _seen(figures.swept_at)),
    ]


def seconds_words(seconds: float) -> str:
    """Return seconds with one decimal and the language's comma."""
    return str(round(seconds, 1)).replace(".", ",")


def _since(since: datetime | None, none: str) -> str:
    return none if since is None else _("с %(at)s (%(age)s)") % {"at": moment(since), "age": age(since)}


def _seen(at: datetime | None) -> str:
    if at is None:
        return _("ещё не видели")
    words = _("работает, отозвалась %(age)s назад") if _is_here(at) else _("не видно уже %(age)s")
    return words % {"age": age(at)}


def _is_here(at: datetime) -> bool:
    return timezone.now() - at <= _GONE_AFTER


def broker_status(broker: Broker | None) -> Status:
    """Return whether somebody takes tasks."""
    if broker is None:
        return Status("stop", _("Брокер не отвечает"))
    if not any(_is_here(at) for at in broker.workers.values()):
        return Status("stop", _("Исполнителей не видно"))
    if any(broker.queues.values()):
        return Status("work", _("Есть очередь"))
    return Status("ok", _("Очередей нет"))


def broker_facts(broker: Broker) -> list[Fact]:
    """Return the lengths of queues."""
    facts = [Fact(_QUEUES.get(name, name), format_count(number)) for name, number in broker.queues.items()]
    return [*facts, Fact(_("В работе"), format_count(broker.in_hands))]


def worker_rows(broker: Broker) -> Sequence[tuple[str, Status, datetime]]:
    """Return (name, here or gone, last seen) of every worker that was seen within a day."""
    here, gone = Status("ok", _("работает")), Status("stop", _("не видно"))
    return [(_called(name), here if _is_here(at) else gone, at) for name, at in broker.workers.items()]


def _called(name: str) -> str:
    """Return what a worker does, with its own name for whoever looks for it on the server."""
    what = _WORKERS.get(name.partition("@")[0])
    return f"{what} ({name})" if what else name


def sendings_status(sendings: Sendings) -> Status:
    """Return whether tasks go out."""
    if sendings.failed:
        return Status("stop", _("Есть несделанные задания"))
    if _is_stalled(sendings.oldest_at):
        return Status("wait", _("Задания ждут долго"))
    return Status("ok", _("Задания уходят"))


def sendings_facts(sendings: Sendings) -> list[Fact]:
    """Return the numbers of the outbox."""
    return [
        Fact(_("Ждут отправки"), format_count(sendings.waiting)),
        Fact(_("Отправлены и ещё не выполнены"), format_count(sendings.sent)),
        Fact(_("Самое старое"), _since(sendings.oldest_at, "")),
        Fact(_("Не удалось выполнить"), format_count(sendings.failed)),
    ]


def letters_status(letters: Letters) -> Status:
    """Return whether letters arrive."""
    if not is_on():
        return Status("none", _("Почта не настроена"))
    if letters.failed or letters.lost:
        return Status("wait", _("Не все письма ушли"))
    return Status("ok", _("Письма уходят"))


def letters_facts(letters: Letters) -> list[Fact]:
    """Return numbers of letters over all schools; whose they are, the region does not learn."""
    return [
        Fact(_("Отправлено за неделю"), format_count(letters.sent)),
        Fact(_("Из всех писем – ежедневных сводок"), format_count(letters.digests)),
        Fact(_("Ждут отправки"), format_count(letters.waiting)),
        Fact(_("Не ушли"), format_count(letters.failed)),
        Fact(_("Неизвестно, ушли ли"), format_count(letters.lost)),
        Fact(_("У скольких школ не ушло хотя бы одно"), format_count(letters.schools)),
    ]


def shares_status(shares: Shares) -> Status:
    """Return whether a school takes more than its share."""
    if shares.throttled:
        return Status("wait", _("Кого-то ограничивали за последний час"))
    return Status("ok", _("Все укладываются в свою долю"))


def shares_facts(shares: Shares) -> list[Fact]:
    """Return by which values schools share the platform out."""
    share = settings.SCHOOL_SHARE
    rate = _("не ограничена")
    if share.rate < 1:
        percent = format_percent(share.rate * 100, decimals=0)
        rate = _("%(percent)s времени сервера постоянно") % {"percent": percent}
    return [
        Fact(_("Доля одной школы"), rate),
        Fact(_("Заданий одной школы одновременно"), format_count(settings.TASKS_OF_A_SCHOOL_AT_ONCE)),
        Fact(_("Редакция значений"), shares.version),
    ]


def fleet_status(fleet: Fleet) -> Status:
    """Return whether every school stands at this version."""
    if fleet.broken_in_all:
        return Status("stop", _("Не обновилось школ: %(number)s") % {"number": fleet.broken_in_all})
    if any(not version.is_current for version in fleet.versions):
        return Status("work", _("Идёт обновление"))
    return Status("ok", _("Все школы одной версии"))


def fleet_facts(fleet: Fleet) -> list[Fact]:
    """Return versions with their numbers of schools, and the spares."""
    facts = [
        Fact(
            _("Эта версия (%(name)s)") % {"name": version.name}
            if version.is_current
            else _("Прежняя версия (%(name)s)") % {"name": version.name or _("неизвестна")},
            _schools(version.schools),
        )
        for version in fleet.versions
    ]
    spares = _("%(ready)s из %(wanted)s") % {"ready": fleet.spares, "wanted": fleet.spares_wanted}
    return [*facts, Fact(_("Готовых мест для новых школ"), spares)]
