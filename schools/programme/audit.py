"""The record of acts as a director reads it: who did what, to what, when. Ids become words here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.models import AuditRecord
from core.authz import Actor, enforce
from schools.pairs.models import PartnerRequest
from schools.participants.models import Concern
from schools.people.selectors import wards_of

# A name that is not here is shown as it is recorded: nothing is hidden because its words were forgotten.
# Labels of the platform's own processes; people appear by their names.
# What acts without an account; each such word in the code stands here or in the region's record.
PROCESSES = {
    "archive": _("архив школы"),
    "command": _("администратор сервера"),
    "demo": _("наполнение примера"),
    "link": _("по личной ссылке"),
    "load_region": _("загрузка из папки"),
    "mail": _("по ссылке из письма"),
    "matching": _("подбор пар"),
    "merge": _("объединение карточек"),
    "merger": _("объединение школ"),
    "region": _("регион"),
    "restore": _("восстановление из архива"),
    "transfer": _("перевод между школами"),
    "webhooks": _("отправка событий"),
}
WORDS = {
    "people.person_created": _("Добавлен человек"),
    "people.person_changed": _("Изменена карточка"),
    "people.person_viewed": _("Открыта карточка"),
    "people.list_viewed": _("Открыт список людей"),
    "people.candidates_viewed": _("Поиск людей для пары"),
    "people.merged": _("Объединены две карточки"),
    "people.told_apart": _("Похожие карточки признаны разными людьми"),
    "people.duplicates_viewed": _("Открыты похожие карточки"),
    "people.released": _("Ученик отпущен в другую школу"),
    "people.release_withdrawn": _("Отозван перевод в другую школу"),
    "people.release_ended": _("Перевод в другую школу не состоялся"),
    "people.transfer_offered": _("Другая школа предложила ученика"),
    "people.transferred": _("Ученик выбыл: его приняла другая школа"),
    "people.transfer_accepted": _("Принят ученик из другой школы"),
    "people.transfer_declined": _("Отклонён перевод из другой школы"),
    "people.transfer_viewed": _("Открыт перевод из другой школы"),
    "people.transfers_viewed": _("Открыты переводы между школами"),
    "people.rolled_over": _("Перевод на новый учебный год"),
    "people.rollover_undone": _("Отменён перевод на новый учебный год"),
    "people.rollover_viewed": _("Открыт перевод на новый учебный год"),
    "people.exported": _("Выгружен список людей"),
    "people.enrolled": _("Записано зачисление"),
    "people.left": _("Записано выбытие"),
    "people.enrolment_corrected": _("Исправлены даты зачисления"),
    "people.class_changed": _("Перевод в другой класс"),
    "people.guardian_added": _("Добавлен представитель"),
    "people.guardian_removed": _("Убран представитель"),
    "consents.recorded": _("Записано согласие"),
    "consents.recorded_many": _("Записаны согласия списком"),
    "consents.sheet_saved": _("Внесены согласия класса"),
    "consents.own_viewed": _("Открыты свои согласия"),
    "consents.corrected": _("Исправлена запись о согласии"),
    "consents.withdrawn": _("Отозвано согласие"),
    "consents.withdrawal_undone": _("Снят отзыв согласия, записанный по ошибке"),
    "consents.list_viewed": _("Открыт список согласий"),
    "consents.paper_printed": _("Напечатаны бланки согласий"),
    "clearances.recorded": _("Записан документ для допуска"),
    "clearances.corrected": _("Исправлена запись о документе для допуска"),
    "clearances.withdrawn": _("Прекращено действие документа для допуска"),
    "clearances.rules_decided": _("Решено, какие документы нужны для допуска"),
    "clearances.person_viewed": _("Открыт допуск человека"),
    "clearances.list_viewed": _("Открыт список допусков"),
    "clearances.exported": _("Выгружен список допусков"),
    "training.own_viewed": _("Открыто своё обучение"),
    "training.noted": _("Записано обучение наставника"),
    "training.corrected": _("Исправлена запись об обучении наставника"),
    "training.struck": _("Вычеркнута запись об обучении наставника"),
    "training.person_viewed": _("Открыто обучение человека"),
    "papers.requisites_set": _("Изменены реквизиты школы"),
    "orders.paper_exported": _("Приказ выгружен документом"),
    "attachments.list_viewed": _("Открыт список сканов"),
    "attachments.added": _("Добавлен скан или вложение"),
    "attachments.given": _("Выгружен скан или вложение"),
    "attachments.removed": _("Удалён скан или вложение"),
    "pairs.created": _("Составлены пары"),
    "pairs.changed": _("Изменены сроки пары"),
    "pairs.mentor_changed": _("Записан другой наставник"),
    "pairs.mentor_substituted": _("Записан замещающий наставник"),
    "pairs.partner_asked": _("Просьба о другом партнёре"),
    "pairs.partner_request_settled": _("Решение по просьбе о другом партнёре"),
    "pairs.requests_viewed": _("Открыты просьбы о другом партнёре"),
    "pairs.ended": _("Завершена пара"),
    "pairs.leavers_ended": _("Завершены пары ушедших"),
    "pairs.leavers_viewed": _("Открыты пары ушедших"),
    "pairs.draft_discarded": _("Удалён черновик пары"),
    "pairs.pair_viewed": _("Открыта пара"),
    "pairs.list_viewed": _("Открыт список пар"),
    "pairs.drafts_viewed": _("Открыт список пар без приказа"),
    "pairs.unpaired_viewed": _("Открыт список учеников без наставника"),
    "pairs.own_viewed": _("Открыто своё участие"),
    "pairs.exported": _("Выгружен список пар"),
    "matching.round_started": _("Начат подбор пар"),
    "matching.round_changed": _("Изменены название или день подбора"),
    "matching.round_discarded": _("Удалён подбор пар"),
    "matching.candidates_added": _("Добавлены участники подбора"),
    "matching.candidate_changed": _("Изменены пожелания участника подбора"),
    "matching.candidate_removed": _("Участник убран из подбора"),
    "matching.run_asked": _("Запущен подбор пар"),
    "matching.run_done": _("Подбор пар готов и проверен"),
    "matching.placed": _("Изменена пара на доске подбора"),
    "matching.banned": _("Запрещена или разрешена пара подбора"),
    "matching.group_saved": _("Составлена или изменена группа на доске подбора"),
    "matching.group_dissolved": _("Расформирована группа на доске подбора"),
    "matching.groups_viewed": _("Открыты группы подбора"),
    "matching.group_viewed": _("Открыта группа подбора"),
    "matching.board_viewed": _("Открыта доска подбора"),
    "matching.row_viewed": _("Открыта строка доски подбора"),
    "matching.published": _("Опубликованы пары подбора"),
    "matching.round_closed": _("Закрыт подбор пар"),
    "matching.proposal_answered": _("Получен ответ на предложение о паре"),
    "matching.mentor_chosen": _("Наставляемый выбрал наставника"),
    "matching.option_dropped": _("Наставник выбыл из предложенных на выбор"),
    "matching.choice_lapsed": _("Прошёл срок выбора наставника"),
    "matching.proposal_withdrawn": _("Отозвано предложение о паре"),
    "matching.proposal_expired": _("Прошёл срок предложения о паре"),
    "matching.proposals_viewed": _("Открыты предложения о парах"),
    "matching.proposal_viewed": _("Открыто предложение о паре"),
    "matching.waiting_viewed": _("Открыт список ожидания"),
    "matching.wait_ended": _("Снят с ожидания: больше не ждёт наставника"),
    "matching.support_marked": _("Отмечено психологическое сопровождение"),
    "matching.candidates_viewed": _("Открыты участники подбора"),
    "matching.candidate_viewed": _("Открыт участник подбора"),
    "matching.meeting_viewed": _("Открыты предпочтения групповой встречи"),
    "matching.preferences_entered": _("Внесены предпочтения групповой встречи"),
    "orders.approved": _("Пары утверждены приказом"),
    "orders.recorded": _("Внесён подписанный приказ"),
    "orders.corrected": _("Исправлен приказ"),
    "orders.cancelled": _("Приказ отменён новым приказом"),
    "orders.order_viewed": _("Открыт приказ"),
    "meetings.list_viewed": _("Открыт список встреч"),
    "meetings.pair_viewed": _("Открыты встречи пары"),
    "meetings.meeting_viewed": _("Открыта встреча"),
    "meetings.units_viewed": _("Открыта запись встречи"),
    "meetings.plan_viewed": _("Открыт план пары"),
    "meetings.logged": _("Записана встреча"),
    "meetings.corrected": _("Исправлена встреча"),
    "meetings.plan_written": _("Записан план пары"),
    "meetings.report_written": _("Записан отчёт наставника"),
    "meetings.exported": _("Выгружен журнал встреч"),
    "questionnaires.round_opened": _("Открыт опрос"),
    "questionnaires.round_closed": _("Опрос закрыт"),
    "questionnaires.round_opened_again": _("Опрос снова открыт"),
    "questionnaires.reopened": _("Анкета возвращена для исправления"),
    "questionnaires.corrected": _("Ответы исправлены с бумаги"),
    "questionnaires.template_changed": _("Изменена анкета школы"),
    "questionnaires.template_returned": _("Возвращена анкета региона"),
    "questionnaires.links_issued": _("Выданы личные ссылки на анкеты"),
    "questionnaires.link_revoked": _("Отозвана личная ссылка на анкету"),
    "questionnaires.links_viewed": _("Открыты личные ссылки опроса"),
    "questionnaires.reminded": _("Участникам напомнили об анкете"),
    "questionnaires.round_viewed": _("Просмотрено, кто ответил на опрос"),
    "questionnaires.answers_viewed": _("Открыты ответы с бумаги"),
    "questionnaires.results_viewed": _("Открыты итоги опроса"),
    "questionnaires.results_exported": _("Выгружены итоги опроса"),
    "questionnaires.own_viewed": _("Открыта своя анкета"),
    "questionnaires.saved": _("Сохранён черновик анкеты"),
    "questionnaires.submitted": _("Отправлена анкета"),
    "participants.concerns_viewed": _("Открыты обращения участников"),
    "participants.concern_viewed": _("Открыто обращение участника"),
    "participants.concern_told": _("Участник обратился к куратору и психологу"),
    "participants.concern_taken": _("Обращение взято в работу"),
    "participants.concern_closed": _("Обращение закрыто"),
    "worklist.viewed": _("Открыт рабочий список"),
    "worklist.contacts_viewed": _("Открыты разговоры с парой"),
    "notifications.viewed": _("Открыты свои уведомления"),
    "notifications.address_asked": _("Попросили подтвердить адрес почты"),
    "notifications.address_confirmed": _("Подтверждён адрес почты"),
    "notifications.address_forgotten": _("Удалён адрес почты"),
    "notifications.chosen": _("Выбрано, о чём сообщать"),
    "notifications.stopped": _("Письма прекращены ссылкой из письма"),
    "worklist.contact_logged": _("Записан разговор с парой"),
    "worklist.reminded": _("Наставнику отправлено напоминание"),
    "coverage.people_viewed": _("Открыт список к охвату"),
    "programme.year_started": _("Начат год программы"),
    "programme.year_changed": _("Изменён год программы"),
    "programme.profiles_added": _("Добавлен профиль в год программы"),
    "programme.year_discarded": _("Удалён год программы, начатый по ошибке"),
    "programme.year_viewed": _("Открыты дела года программы"),
    "programme.roadmap_viewed": _("Открыта дорожная карта"),
    "programme.roadmap_exported": _("Выгружена дорожная карта"),
    "programme.task_added": _("Добавлено дело года программы"),
    "programme.task_changed": _("Изменено дело года программы"),
    "programme.task_marked": _("Отмечено дело года программы"),
    "programme.task_removed": _("Удалено своё дело года программы"),
    "programme.form_added": _("Добавлена своя форма наставничества"),
    "programme.form_changed": _("Изменена своя форма наставничества"),
    "programme.task_viewed": _("Открыто дело года программы"),
    "audit.viewed": _("Открыт журнал"),
    "rights.printed": _("Показано всё, что хранится о человеке"),
    "rights.exported": _("Выгружено всё, что хранится о человеке"),
    "rights.requested": _("Внесён запрос на уничтожение данных"),
    "rights.dropped": _("Снят запрос на уничтожение данных"),
    "rights.destroyed": _("Уничтожены персональные данные"),
    "rights.destroyed_again": _("Персональные данные уничтожены снова после восстановления копии"),
    "imports.started": _("Начата загрузка из Excel"),
    "imports.columns_set": _("Исправлены столбцы загрузки"),
    "imports.viewed": _("Открыта загрузка"),
    "imports.applied": _("Загрузка выполнена"),
    "imports.resumed": _("Загрузка продолжена"),
    "imports.cancelled": _("Загрузка отменена"),
    "imports.undone": _("Записанная загрузка отменена"),
    "imports.refused_exported": _("Выгружены строки с отказом"),
    "imports.absentees_viewed": _("Открыт список отсутствующих в файле"),
    "account.tied": _("Вход связан с карточкой человека"),
    "account.untied": _("Вход отвязан от карточки человека"),
    "account.joined": _("Два входа одного человека объединены"),
    "account.closed_as_second": _("Закрыт второй вход того же человека"),
    "people.account_tied": _("Карточка связана с входом"),
    "people.account_untied": _("Карточка отвязана от входа"),
    "account.created": _("Создана учётная запись"),
    "account.renewed": _("Восстановлен доступ"),
    "account.switched_on": _("Включена учётная запись"),
    "account.all_ended": _("Школа закрыта: все учётные записи отключены"),
    "account.switched_off": _("Отключена учётная запись"),
    "merger.agreed": _("Согласие на объединение с другой школой"),
    "merger.declined": _("Отказ от объединения с другой школой"),
    "merger.replanned": _("План объединения составляется заново"),
    "merger.classes_named": _("Названы классы присоединяемой школы"),
    "merger.sampled": _("Подготовлены данные для плана объединения"),
    "merger.planned": _("Составлен план объединения"),
    "merger.packed": _("Данные школы переданы при объединении"),
    "merger.taken": _("Приняты данные присоединённой школы"),
    "archive.asked": _("Запрошен архив школы"),
    "archive.made": _("Сделан архив школы"),
    "archive.taken": _("Скачан архив школы"),
    "school.restored": _("Школа восстановлена из архива"),
    "temporary_access.opened": _("Регион открыл временный доступ"),
    "invitation.received": _("Получено приглашение от региона"),
    "invitation.made": _("Выдано приглашение"),
    "invitation.used": _("Использовано приглашение"),
    "invitation.withdrawn": _("Отозвано приглашение"),
    "password_code.made": _("Выдан код для нового пароля"),
    "token.issued": _("Выдан токен программе"),
    "webhook.registered": _("Добавлен адрес для событий"),
    "webhook.changed": _("Изменён адрес для событий"),
    "webhook.switched_on": _("Отправка событий включена"),
    "webhook.switched_off": _("Отправка событий выключена"),
    "webhook.secret_replaced": _("Заменён секрет адреса для событий"),
    "webhook.deleted": _("Удалён адрес для событий"),
    "webhook.tried": _("Проверена связь с адресом для событий"),
    "webhook.sent_again": _("Событие отправлено ещё раз"),
    "webhook.disabled": _("Платформа отключила адрес для событий"),
    "imports.feed_policy_set": _("Изменено правило передачи контингента"),
    "token.revoked": _("Отозван токен программы"),
    "role.granted": _("Назначена роль"),
    "role.revoked": _("Снята роль"),
    "second_factor.set_up": _("Подключён второй фактор"),
    "second_factor.removed": _("Отключён второй фактор"),
    "second_factor.reset": _("Сброшен второй фактор"),
    "second_factor.reset_by_region": _("Второй фактор сброшен регионом"),
    "sessions.others_ended": _("Завершены другие входы"),
    "signed_in": _("Вход"),
    "staff.list_viewed": _("Открыт список сотрудников"),
    "staff.viewed": _("Открыта карточка сотрудника"),
}
_CARDS = {
    "people.person": ("people:card", "person_id", _("карточка")),
    "pairs.pair": ("pairs:card", "pair_id", _("пара")),
    "meetings.meeting": ("meetings:card", "meeting_id", _("встреча")),
    "pairs.order": ("orders:card", "order_id", _("приказ")),
    "programme.year": ("programme:year-of", "year_id", _("год программы")),
    "programme.form": ("programme:form-edit", "own_form_id", _("форма")),
    "programme.task": ("programme:task", "task_id", _("дело")),
    "rights.destruction": ("rights:request", "destruction_id", _("запрос")),
}
# What these were about is no more.
_GONE = {"pairs.draft_discarded", "programme.year_discarded", "programme.task_removed"}
_VIEWED = Q(action__endswith="viewed")
# Kept from the other side of the pair, whatever else it is in the school.
_CONFIDENCES: dict[str, type[Concern] | type[PartnerRequest]] = {
    "participants.concern": Concern,
    "pairs.request": PartnerRequest,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One act in words; ``url`` leads to what it was about, when that has a page."""

    at: datetime
    who: str
    what: str
    about: str
    url: str
    count: int | None


def records(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[AuditRecord]:
    """Return the records that a filter bar leaves, the latest first; views only on request.

    Not those about confidences that are kept from the reader: who stands in the pair is not told here either that
    somebody turned to the curator.

    :raises RefusedError: when the actor may not read the record.
    """
    enforce(actor.has("audit.view"))
    rows = _without_confidences(actor, AuditRecord.objects.order_by("-at", "pk"))
    wanted = chosen.get("views", "")
    if wanted != "all":
        rows = rows.filter(_VIEWED) if wanted == "views" else rows.exclude(_VIEWED)
    if who := chosen.get("who"):
        rows = rows.filter(actor_id=who)
    if since := chosen.get("since"):
        rows = rows.filter(at__gte=_midnight(since))
    if until := chosen.get("until"):
        rows = rows.filter(at__date__lte=until)
    return rows


def _without_confidences(actor: Actor, rows: QuerySet[AuditRecord]) -> QuerySet[AuditRecord]:
    """Leave out what was told in confidence about a pair in which the reader, or a child of his, stands."""
    if actor.person_id is None:
        return rows
    near = [actor.person_id, *wards_of(actor=actor).values_list("pk", flat=True)]
    of_pair = Q(pair__mentor__in=near) | Q(pair__mentee__in=near)
    for object_type, model in _CONFIDENCES.items():
        ids = [str(pk) for pk in model.objects.filter(of_pair).values_list("pk", flat=True)]
        rows = rows.exclude(Q(object_type=object_type, object_id__in=ids) & ~Q(actor_id=actor.pk))
    return rows


def in_one_phrase(action: str) -> str:
    """Return what a code of an act means; the code itself when nobody has said it."""
    return str(WORDS.get(action, action))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def in_words(rows: Iterable[AuditRecord], names: Mapping[str, str]) -> list[Line]:
    """Return records in words; ``names`` are the accounts' names by id."""
    return [_line(row, names) for row in rows]


def _line(row: AuditRecord, names: Mapping[str, str]) -> Line:
    label = str(PROCESSES.get(row.actor_label, row.actor_label))
    who = label or names.get(str(row.actor_id), str(row.actor_id or "—"))
    about, url = "", ""
    if row.object_type in _CARDS and row.object_id and row.action not in _GONE:
        name, argument, words = _CARDS[row.object_type]
        about, url = str(words), reverse(name, kwargs={argument: row.object_id})
    listed = row.details.get("pairs") or row.details.get("people")
    count = row.details.get("rows", len(listed) if isinstance(listed, list) else None)
    return Line(row.at, who, in_one_phrase(row.action), about, url, count)
