"""What stands on an import, in words and links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from core.accounts.models import Invitation, User
from core.ui.components import Link
from schools.clearances.models import Clearance
from schools.consents.models import Consent
from schools.imports.models import ImportJob
from schools.imports.undoing import Obstacle
from schools.pairs.models import Order, Pair, PartnerRequest
from schools.people.models import Enrolment, Guardianship, Person, PersonKind
from schools.training.models import Training

_WORDS: Final[dict[tuple[str, type[Model]], str]] = {
    ("unknown", ImportJob): gettext_noop("Об этой загрузке не записано, что именно она изменила"),
    ("changed", Person): gettext_noop("Карточки людей изменены после загрузки"),
    ("changed", Enrolment): gettext_noop("Зачисления изменены после загрузки: класс, должность или дата выбытия"),
    ("changed", Order): gettext_noop("Приказы утверждены или исправлены после загрузки"),
    ("changed", Pair): gettext_noop("Пары изменены после загрузки: сроки, завершение или приказ"),
    ("changed", Consent): gettext_noop("Согласия отозваны или изменены после загрузки"),
    ("depends", PersonKind): gettext_noop("Людям из этой загрузки добавлены другие роли в школе"),
    ("depends", Enrolment): gettext_noop("Людям из этой загрузки записаны другие зачисления"),
    ("depends", Guardianship): gettext_noop("Людям из этой загрузки записаны представители или подопечные"),
    ("depends", Consent): gettext_noop("Людям из этой загрузки записаны согласия"),
    ("depends", Clearance): gettext_noop("Людям из этой загрузки записаны документы для допуска"),
    ("depends", Training): gettext_noop("Людям из этой загрузки записано обучение"),
    ("depends", Pair): gettext_noop("С людьми или приказами из этой загрузки составлены пары"),
    ("depends", PartnerRequest): gettext_noop("О парах из этой загрузки есть просьбы о другом партнёре"),
    ("depends", Order): gettext_noop("Приказы из этой загрузки отменены другими приказами"),
    ("depends", User): gettext_noop("У людей из этой загрузки есть учётные записи"),
    ("depends", Invitation): gettext_noop("Людям из этой загрузки выданы приглашения"),
    ("later", ImportJob): gettext_noop("О тех же людях и парах говорят более поздние загрузки: сначала отмените их"),
}
# Of packages above this one, by the model's label.
_OF_ABOVE: Final = {
    "meetings.meeting": gettext_noop("У пар из этой загрузки записаны встречи"),
    "papers.ordertext": gettext_noop("Тексты приказов из этой загрузки сохранены при подписании"),
    "papers.attachment": gettext_noop("К согласиям или приказам из этой загрузки добавлены сканы"),
    "meetings.plan": gettext_noop("У пар из этой загрузки есть планы"),
}
_OTHERWISE = gettext_lazy("С записями этой загрузки связано другое")
# How to get from a row to the person whose card it is on.
_ON_CARD: Final[dict[type[Model], str]] = {
    Enrolment: "person", PersonKind: "person", Consent: "person", Clearance: "person", Training: "person",
    Guardianship: "ward",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownObstacle:
    """One reason: a sentence, how many, and links to the first of them."""

    sentence: str
    count: int
    links: list[Link]
    more: int


def shown_obstacles(obstacles: Sequence[Obstacle]) -> list[ShownObstacle]:
    """Return obstacles as a page shows them; one query for each."""
    shown = []
    for item in obstacles:
        known = _WORDS.get((item.why, item.model)) or _OF_ABOVE.get(item.model._meta.label_lower)
        links = _links(item.model, item.ids)
        sentence = _(known) if known else str(_OTHERWISE)
        shown.append(ShownObstacle(sentence, item.count, links, item.count - len(links) if links else 0))
    return shown


def _links(model: type[Model], ids: Sequence[UUID]) -> list[Link]:
    rows: Any = model._default_manager.filter(pk__in=ids)
    if model is Person:
        return [Link(row.full_name, reverse("people:card", args=[row.pk])) for row in rows.order_by("folded_name")]
    if model in _ON_CARD:
        side = _ON_CARD[model]
        people = {getattr(row, side).pk: getattr(row, side).full_name for row in rows.select_related(side)}
        return [Link(name, reverse("people:card", args=[key])) for key, name in sorted(people.items(), key=_by_name)]
    if model is Pair:
        pairs = rows.select_related("mentor", "mentee")
        return [Link(f"{p.mentor.full_name} – {p.mentee.full_name}", reverse("pairs:card", args=[p.pk])) for p in pairs]
    if model is Order:
        return [Link(str(row), reverse("orders:card", args=[row.pk])) for row in rows]
    if model is ImportJob:
        made = ((row.pk, timezone.localtime(row.created_at)) for row in rows.order_by("created_at"))
        return [Link(f"{at:%d.%m.%Y %H:%M}", reverse("imports:job", args=[key])) for key, at in made]
    if model is User:
        return [Link(row.name, reverse("accounts:staff-member", args=[row.pk])) for row in rows]
    return []


def _by_name(pair: tuple[UUID, str]) -> str:
    return pair[1]
