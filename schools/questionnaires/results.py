"""What a round says: a mean for each scale, counts for each choice, open answers as they were written.

Whoever reads results may read each answer they are made of; what he may not read is not counted in them either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.spreadsheets import Column, Table, write_workbook
from schools.pairs.export import Exported
from schools.questionnaires.models import Round
from schools.questionnaires.words import ITEM_WORDS
from tenants.reference.items import Item, ItemType, items_from


@dataclass(frozen=True, slots=True)
class Share:
    """How many gave an answer."""

    code: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Said:
    """An open answer and whose it is."""

    full_name: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One question: ``answered`` people of ``sent`` answered it; ``mean`` is of a scale, 1.0–10.0, None for others.

    Of a choice of people no more is told than how many made it: it is read by matching alone.
    """

    number: int
    item: Item
    answered: int
    sent: int
    mean: float | None
    shares: Sequence[Share]
    said: Sequence[Said]

    @property
    def code(self) -> str:
        """Return the code of the item."""
        return self.item.code

    @property
    def is_people(self) -> bool:
        """Tell whether people were chosen."""
        return self.item.type == ItemType.PEOPLE


def results_of(items: Sequence[Item], given: Sequence[tuple[str, Mapping[str, Any]]]) -> list[ItemResult]:
    """Return the results of items by what was sent: (full name, answers) of each person, in order."""
    return [_result(number, item, given) for number, item in enumerate(items, start=1)]


def _result(number: int, item: Item, given: Sequence[tuple[str, Mapping[str, Any]]]) -> ItemResult:
    answers = [(name, sent[item.code]) for name, sent in given if sent.get(item.code) is not None]
    values = [value for _name, value in answers]
    is_scale, is_text = item.type == ItemType.SCALE, item.type == ItemType.TEXT
    return ItemResult(
        number=number,
        item=item,
        answered=len(values),
        sent=len(given),
        mean=round(sum(values) / len(values), 1) if is_scale and values else None,
        shares=_shares(item, values),
        said=[Said(name, text) for name, text in answers] if is_text else [],
    )


def _shares(item: Item, values: Iterable[Any]) -> list[Share]:
    if item.type == ItemType.YES_NO:
        titles = {"yes": _("да"), "no": _("нет")}
        chosen = ["yes" if value else "no" for value in values]
    elif item.options:
        titles = {option.code: option.title for option in item.options}
        chosen = [code for value in values for code in ([value] if isinstance(value, str) else value)]
    else:
        return []
    return [Share(code, title, chosen.count(code)) for code, title in titles.items()]


def results_file(row: Round, given: Sequence[tuple[str, Mapping[str, Any]]], day: date) -> Exported:
    """Return the results as a workbook: a sheet of figures and a sheet of open answers."""
    found = results_of(items_from(row.template.items), given)
    heads = [(_("№"), 6), (_("Вопрос"), 60), (_("Как отвечают"), 24), (_("Ответ"), 36)]
    heads += [(_("Сколько ответов"), 16), (_("Среднее"), 12), (_("Ответили на вопрос"), 18), (_("Прислали анкету"), 18)]
    figures = Table(_("Итоги"), [Column(*each) for each in heads], [line for each in found for line in _lines(each)])
    columns = [Column(_("№"), 6), Column(_("Вопрос"), 60), Column(_("Кто"), 32), Column(_("Ответ"), 80)]
    open_answers = [(each.number, each.item.text, said.full_name, said.text) for each in found for said in each.said]
    content = write_workbook([figures, Table(_("Свободные ответы"), columns, open_answers)])
    return Exported(f"itogi-oprosa-{day:%Y-%m-%d}.xlsx", content, len(given))


def _lines(each: ItemResult) -> list[tuple[Any, ...]]:
    first = (each.number, each.item.text, str(ITEM_WORDS[each.item.type]))
    last = (each.mean, each.answered, each.sent)
    if not each.shares:
        return [(*first, "", None, *last)]
    return [(*first, share.title, share.count, *last) for share in each.shares]
