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
from schools.pairs.models import Order, Pair
from schools.people.models import (
    Enrolment,
    FormerName,
    Guardianship,
    MergedPerson,
    NotTheSame,
    Person,
    PersonKind,
    Release,
)
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
    ("depends", Order): gettext_noop("Приказы из этой загрузки отменены другими приказами"),
    ("depends", FormerName): gettext_noop("Людей из этой загрузки переименовали, прежние имена записаны"),
    ("depends", MergedPerson): gettext_noop("С карточками из этой загрузки объединены другие"),
    ("depends", NotTheSame): gettext_noop("О похожих карточках решено, что это разные люди"),
    ("depends", Release): gettext_noop("Людей из этой загрузки переводят в другую школу"),
    ("depends", User): gettext_noop("У людей из этой загрузки есть учётные записи"),
    ("depends", Invitation): gettext_noop("Людям из этой загрузки выданы приглашения"),
    ("later", ImportJob): gettext_noop("О тех же людях и парах говорят более поздние загрузки: сначала отмените их"),
}


@dataclass(frozen=True, slots=True)
class _Above:
    """What is said of rows of a package above this one, and where they are looked at.

    ``of`` leads from a row to the person, pair or order that names it, ``key`` is what the address of ``page`` takes.
    """

    sentence: str
    of: str
    page: str
    key: str


# By the model's label. What is nowhere here is told without words and links of its own: behind some of it is what
# somebody said in confidence.
_OF_ABOVE: Final = {
    "meetings.meeting": _Above(
        gettext_noop("У пар из этой загрузки записаны встречи"), "pair", "meetings:pair", "pair_id"
    ),
    "meetings.plan": _Above(gettext_noop("У пар из этой загрузки есть планы"), "pair", "meetings:plan", "pair_id"),
    "papers.ordertext": _Above(
        gettext_noop("Тексты приказов из этой загрузки сохранены при подписании"), "order", "orders:card", "order_id"
    ),
    "worklist.contact": _Above(
        gettext_noop("О парах из этой загрузки записаны разговоры"), "pair", "pairs:card", "pair_id"
    ),
    "questionnaires.response": _Above(
        gettext_noop("Людям из этой загрузки заданы анкеты"), "person", "questionnaires:round", "round_id"
    ),
    "matching.candidate": _Above(
        gettext_noop("Люди из этой загрузки участвуют в подборе пар"), "person", "matching:candidate", "pk"
    ),
}
# Where a row is named by nobody: whom it is of is told to those who see the list.
_IN_LISTS: Final = {
    "pairs.partnerrequest": (
        gettext_noop("О парах из этой загрузки есть просьбы о другом партнёре"),
        gettext_noop("Просьбы о другом партнёре"),
        "pairs:requests",
    ),
    "matching.support": (
        gettext_noop("О тех, кто ждёт наставника, отмечено психологическое сопровождение"),
        gettext_noop("Список ожидания: ещё не в подборе"),
        "waiting:people",
    ),
}
_SCANS = "papers.attachment"
_OF_SCANS = gettext_noop("К согласиям или приказам из этой загрузки добавлены сканы")
_OTHERWISE = gettext_lazy("С записями этой загрузки связано другое")
# How to get from a row to the person whose card it is on.
_ON_CARD: Final[dict[type[Model], str]] = {
    Enrolment: "person", PersonKind: "person", Consent: "person", Clearance: "person", Training: "person",
    Guardianship: "ward", FormerName: "person", MergedPerson: "person", NotTheSame: "first", Release: "person",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownObstacle:
    """One reason: a sentence, how many, links to the first of them, and for how many more there is none.

    ``kind`` is the label of the model, "other" for what is told of in general only; ``ids`` are up to 20.
    """

    why: str
    kind: str
    sentence: str
    count: int
    ids: tuple[UUID, ...]
    links: list[Link]
    more: int


def shown_obstacles(obstacles: Sequence[Obstacle]) -> list[ShownObstacle]:
    """Return obstacles as a page shows them; one query for each. All that has no words of its own is one."""
    shown = []
    others = 0
    for item in obstacles:
        sentence = _sentence(item)
        if not sentence:
            others += item.count
            continue
        links = _links(item.model, item.ids)
        more = item.count - len(item.ids) if links else 0
        kind = item.model._meta.label_lower
        shown.append(ShownObstacle(item.why, kind, _(sentence), item.count, item.ids, links, more))
    if others:
        shown.append(ShownObstacle("depends", "other", str(_OTHERWISE), others, (), [], 0))
    return shown


def _sentence(item: Obstacle) -> str:
    label = item.model._meta.label_lower
    if label == _SCANS:
        return _OF_SCANS
    if label in _IN_LISTS:
        return _IN_LISTS[label][0]
    above = _OF_ABOVE.get(label)
    return above.sentence if above else _WORDS.get((item.why, item.model), "")


def _links(model: type[Model], ids: Sequence[UUID]) -> list[Link]:
    label = model._meta.label_lower
    if label == _SCANS:
        return _links_to_scans(model, ids)
    if label in _IN_LISTS:
        _words, title, page = _IN_LISTS[label]
        return [Link(_(title), reverse(page))]
    if label in _OF_ABOVE:
        return _links_above(model, ids, _OF_ABOVE[label])
    rows: Any = model._default_manager.filter(pk__in=ids)
    if model is Person:
        return [Link(row.full_name, reverse("people:card", args=[row.pk])) for row in rows.order_by("folded_name")]
    if model in _ON_CARD:
        side = _ON_CARD[model]
        people = {getattr(row, side).pk: getattr(row, side).full_name for row in rows.select_related(side)}
        return [Link(name, reverse("people:card", args=[key])) for key, name in sorted(people.items(), key=_by_name)]
    if model is Pair:
        return [Link(_name_of(p), reverse("pairs:card", args=[p.pk])) for p in rows.select_related("mentor", "mentee")]
    if model is Order:
        return [Link(str(row), reverse("orders:card", args=[row.pk])) for row in rows]
    if model is ImportJob:
        made = ((row.pk, timezone.localtime(row.created_at)) for row in rows.order_by("created_at"))
        return [Link(f"{at:%d.%m.%Y %H:%M}", reverse("imports:job", args=[key])) for key, at in made]
    if model is User:
        return [Link(row.name, reverse("accounts:staff-member", args=[row.pk])) for row in rows]
    return []


def _links_above(model: type[Model], ids: Sequence[UUID], above: _Above) -> list[Link]:
    """Return a link for each page on which rows are looked at, by the name of whom or what they are of."""
    together = ["pair__mentor", "pair__mentee"] if above.of == "pair" else [above.of]
    rows: Any = model._default_manager.filter(pk__in=ids).select_related(*together)
    found = {
        reverse(above.page, args=[getattr(row, above.key)]): _name_of(getattr(row, above.of))
        for row in rows.order_by("pk")
    }
    return [Link(name, url) for url, name in sorted(found.items(), key=lambda item: item[1])]


def _links_to_scans(model: type[Model], ids: Sequence[UUID]) -> list[Link]:
    rows: Any = model._default_manager.filter(pk__in=ids).select_related("consent__person", "order")
    found = {}
    for row in rows.defer("content"):
        if row.consent is not None:
            found[reverse("papers:consent-files", args=[row.consent_id])] = row.consent.person.full_name
        elif row.order is not None:
            found[reverse("papers:order-files", args=[row.order_id])] = str(row.order)
    return [Link(name, url) for url, name in sorted(found.items(), key=lambda item: item[1])]


def _name_of(row: Model) -> str:
    """Return a person by his name, a pair by both, anything else by its own words."""
    if isinstance(row, Pair):
        return f"{row.mentor.full_name} – {row.mentee.full_name}"
    return row.full_name if isinstance(row, Person) else str(row)


def _by_name(pair: tuple[UUID, str]) -> str:
    return pair[1]
