"""The region's audit in words: what was done, by whom, to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.accounts.models import User
from core.accounts.selectors import names_of
from core.audit.models import AuditRecord
from core.authz import Actor
from core.ui.components import Text
from tenants.registry.models import District, School
from tenants.registry.selectors import fold, folded

# What has no words here is shown by its code: a new kind of act is better seen unpolished than hidden.
WORDS: Final[dict[str, Text]] = {
    "school.created": gettext_lazy("Школа создана"),
    "school.ready": gettext_lazy("Школа начала работу"),
    "school.suspended": gettext_lazy("Работа школы приостановлена"),
    "school.closed": gettext_lazy("Школа закрыта"),
    "school.closing_announced": gettext_lazy("Объявлено закрытие школы"),
    "school.closing_called_off": gettext_lazy("Закрытие школы отменено"),
    "school.restoring": gettext_lazy("Начато восстановление школы из архива"),
    "school.restored": gettext_lazy("Школа восстановлена из архива"),
    "school.dropped": gettext_lazy("Данные закрытой школы удалены"),
    "archive.asked": gettext_lazy("Запрошен архив школы"),
    "archive.made": gettext_lazy("Архив школы записан в файл на сервере"),
    "merger.asked": gettext_lazy("Предложено объединение школ"),
    "merger.began": gettext_lazy("Начато объединение школ"),
    "merger.stopped": gettext_lazy("Объединение остановлено: школа возобновлена"),
    "merger.done": gettext_lazy("Школы объединены"),
    "merger.declined": gettext_lazy("Школа отказалась от объединения"),
    "merger.called_off": gettext_lazy("Объединение школ отменено"),
    "school.renamed": gettext_lazy("Код школы изменён"),
    "school.retitled": gettext_lazy("Название школы изменено"),
    "school.moved": gettext_lazy("Школа переведена в другой район"),
    "access.invitation": gettext_lazy("В школу приглашён директор или координатор"),
    "access.temporary": gettext_lazy("Открыт временный доступ в школу"),
    "access.reset_director": gettext_lazy("Запрошен сброс второго фактора директора"),
    "access.reset_confirmed": gettext_lazy("Сброс второго фактора директора подтверждён"),
    "district.added": gettext_lazy("Район добавлен"),
    "district.renamed": gettext_lazy("Район переименован"),
    "region.named": gettext_lazy("Название региона изменено"),
    "reference.added": gettext_lazy("В справочник добавлена запись"),
    "reference.changed": gettext_lazy("Новая редакция записи справочника"),
    "account.created": gettext_lazy("Учётная запись создана командой"),
    "account.renewed": gettext_lazy("Вход восстановлен командой"),
    "invitation.made": gettext_lazy("Сотрудник приглашён"),
    "invitation.used": gettext_lazy("Приглашение использовано"),
    "invitation.withdrawn": gettext_lazy("Приглашение отозвано"),
    "password_code.made": gettext_lazy("Выдан код для нового пароля"),
    "token.issued": gettext_lazy("Выдан токен программе"),
    "webhook.registered": gettext_lazy("Добавлен адрес для событий"),
    "webhook.changed": gettext_lazy("Изменён адрес для событий"),
    "webhook.switched_on": gettext_lazy("Отправка событий включена"),
    "webhook.switched_off": gettext_lazy("Отправка событий выключена"),
    "webhook.secret_replaced": gettext_lazy("Заменён секрет адреса для событий"),
    "webhook.deleted": gettext_lazy("Удалён адрес для событий"),
    "webhook.tried": gettext_lazy("Проверена связь с адресом для событий"),
    "webhook.sent_again": gettext_lazy("Событие отправлено ещё раз"),
    "webhook.disabled": gettext_lazy("Платформа отключила адрес для событий"),
    "token.revoked": gettext_lazy("Токен программы отозван"),
    "role.granted": gettext_lazy("Роль выдана"),
    "role.revoked": gettext_lazy("Роль отозвана"),
    "second_factor.set_up": gettext_lazy("Второй фактор подключён владельцем"),
    "second_factor.removed": gettext_lazy("Второй фактор снят владельцем"),
    "second_factor.reset": gettext_lazy("Второй фактор сброшен"),
    "sessions.others_ended": gettext_lazy("Остальные сеансы завершены"),
    "signed_in": gettext_lazy("Вход"),
    "staff.list_viewed": gettext_lazy("Просмотрен список сотрудников"),
    "staff.viewed": gettext_lazy("Просмотрена карточка сотрудника"),
    "audit.viewed": gettext_lazy("Просмотрен журнал действий"),
    "outbox.sent_again": gettext_lazy("Несделанное задание отправлено повторно"),
    "dashboard.exported": gettext_lazy("Показатели выгружены в Excel"),
}

# Labels of the platform's own processes; people appear by their names.
PROCESSES: Final[dict[str, Text]] = {
    "webhooks": gettext_lazy("отправка событий"),
    "provisioner": gettext_lazy("служба создания школ"),
    "archive_school": gettext_lazy("архив школы по команде"),
    "command": gettext_lazy("администратор сервера"),
    "demo": gettext_lazy("наполнение примера"),
    "drop_school": gettext_lazy("удаление школы по команде"),
    "ensure_region_admin": gettext_lazy("администратор сервера"),
    "load_region": gettext_lazy("загрузка из папки"),
    "restore_school": gettext_lazy("восстановление из архива"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One act as the page shows it; ``url`` opens what it was done to."""

    at: datetime
    action: Text
    who: str
    what: str
    url: str


def audit_records(
    actor: Actor, *, text: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[AuditRecord]:
    """Return the region's acts, newest first; ``text`` is a part of the act's words or of the colleague's name.

    Days are whole days of the region's time zone, both included. Runs in ``region()``.
    """
    if not actor.reach("audit.view").everything:
        return AuditRecord.objects.none()
    rows = AuditRecord.objects.order_by("-at", "pk")
    if since:
        rows = rows.filter(at__gte=_midnight(since))
    if until:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    if wanted := fold(text):
        actions = [code for code, words in WORDS.items() if wanted in fold(str(words))]
        people = User.objects.alias(key=folded("name")).filter(key__contains=wanted).values("pk")
        rows = rows.filter(Q(action__in=actions) | Q(action__contains=wanted) | Q(actor_id__in=people))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def audit_lines(records: Sequence[AuditRecord]) -> list[Line]:
    """Put a page of records into words; three queries whatever their number."""
    people = names_of(row.actor_id for row in records)
    named = {**_titles(School, "school", records), **_titles(District, "district", records)}
    return [
        Line(
            at=row.at,
            action=WORDS.get(row.action, row.action),
            who=people.get(str(row.actor_id), "") if row.actor_id else _process(row.actor_label),
            what=named.get((row.object_type, row.object_id), "") or _entry(row),
            url=_address(row, named),
        )
        for row in records
    ]


def _process(label: str) -> str:
    return str(PROCESSES.get(label, label)) if label else _("платформа")


def _titles(model: Any, kind: str, records: Sequence[AuditRecord]) -> dict[tuple[str, str], str]:
    ids = {row.object_id for row in records if row.object_type == kind}
    return {(kind, str(pk)): title for pk, title in model.objects.filter(pk__in=ids).values_list("pk", "title")}


def _entry(row: AuditRecord) -> str:
    """Name an entry of the reference data by its code and version: its title may have changed since."""
    code, version = row.details.get("code"), row.details.get("version")
    return _("%(code)s, редакция %(version)s") % {"code": code, "version": version} if code and version else ""


def _address(row: AuditRecord, named: dict[tuple[str, str], str]) -> str:
    is_known_school = row.object_type == "school" and (row.object_type, row.object_id) in named
    return reverse("registry:school", args=[row.object_id]) if is_known_school else ""
