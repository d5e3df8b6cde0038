"""The items of a questionnaire: their types, their stored shape, and what a list of them may not be.

Pure functions. The ``code`` of an item is stable over versions: bases, matching and monitoring read answers by it. Its
stored shape is ``{"code", "text", "type", "required", "options": [{"code", "title"}], "most"}``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_ITEMS: Final = 40
MOST_OPTIONS: Final = 40
LONGEST_TEXT: Final = 400
LONGEST_OPTION: Final = 120
# One ranks three people after the group meeting; nobody ranks more than ten.
MOST_PEOPLE: Final = 10
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


class ItemType(StrEnum):
    """How an item is answered."""

    SCALE = "scale"
    YES_NO = "yes_no"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    PEOPLE = "people"


ITEM_TYPES: Final = [
    (ItemType.SCALE, gettext_lazy("оценка от 1 до 10")),
    (ItemType.YES_NO, gettext_lazy("да или нет")),
    (ItemType.TEXT, gettext_lazy("свободный ответ")),
    (ItemType.CHOICE, gettext_lazy("один вариант из списка")),
    (ItemType.CHOICES, gettext_lazy("несколько вариантов из списка")),
    (ItemType.PEOPLE, gettext_lazy("выбор людей по порядку")),
]
QUESTIONNAIRE_KINDS: Final = [
    ("entry", gettext_lazy("входная")),
    ("preference", gettext_lazy("после общей встречи")),
    ("before", gettext_lazy("на входе в программу")),
    ("interim", gettext_lazy("промежуточная")),
    ("after", gettext_lazy("на выходе из программы")),
    ("satisfaction", gettext_lazy("удовлетворённость")),
]
QUESTIONNAIRE_ROLES: Final = [
    ("mentee", gettext_lazy("наставляемый")),
    ("mentor", gettext_lazy("наставник")),
]
_WITH_OPTIONS: Final = frozenset({ItemType.CHOICE, ItemType.CHOICES})


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``most`` is how many people may be named, for a choice of people."""

    code: str
    text: str
    type: ItemType
    is_required: bool = False
    options: tuple[Option, ...] = ()
    most: int = 0


class ItemsError(ValueError):
    """A list of items that cannot be asked; ``sentences`` say why, each naming the question's number.

    ``numbers`` are those questions, counted from 1 without the rows that have no text.
    """

    def __init__(self, sentences: Sequence[str], numbers: Collection[int] = ()) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)
        self.numbers = frozenset(numbers)


def items_from(rows: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    """Return the items of a stored list."""
    return tuple(
        Item(
            code=str(row["code"]),
            text=str(row["text"]),
            type=ItemType(row["type"]),
            is_required=bool(row.get("required")),
            options=tuple(Option(str(each["code"]), str(each["title"])) for each in row.get("options") or ()),
            most=int(row.get("most") or 0),
        )
        for row in rows
    )


def checked_items(rows: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Return typed rows in their stored shape.

    A row without text is left out. An item without a code gets one nobody had, and so does one that is answered in
    another way than before: it is another question, and answers to the former must not be read as answers to it.
    Options come as ``{"code", "title"}`` or as titles; a title that the same item had keeps its code, and so does the
    place of a reworded one.

    :param known: the stored items of the version that is being changed.
    :raises ItemsError: with a sentence for each thing to mend.
    """
    kept = [row for row in rows if _clean(row.get("text"))]
    before = {str(row["code"]): row for row in known}
    taken = {str(row.get("code") or "") for row in kept} | set(before)
    faults: dict[str, int] = {}
    if not kept:
        faults[_("Добавьте хотя бы один вопрос.")] = 0
    if len(kept) > MOST_ITEMS:
        faults[_("Вопросов не больше %(most)s.") % {"most": MOST_ITEMS}] = 0
    stored = [_checked(number, row, before, taken, faults) for number, row in enumerate(kept[:MOST_ITEMS], start=1)]
    codes = [row["code"] for row in stored]
    if len(set(codes)) < len(codes):
        faults[_("У двух вопросов одно обозначение.")] = 0
    if faults:
        raise ItemsError(list(faults), [number for number in faults.values() if number])
    return stored


def _checked(
    number: int, row: Mapping[str, Any], before: Mapping[str, Any], taken: set[str], faults: dict[str, int]
) -> dict[str, Any]:
    def fault(sentence: str) -> None:
        faults[_("Вопрос %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}] = number

    code, text = str(row.get("code") or "") or _new_code(taken, "q"), _clean(row.get("text"))
    kind = str(row.get("type") or "")
    if code in before and kind in set(ItemType) and str(before[code]["type"]) != kind:
        code = _new_code(taken, "q")
    if not _CODE.match(code):
        fault(_("обозначение – латинские буквы, цифры и подчёркивание, сначала буква."))
    if len(text) > LONGEST_TEXT:
        fault(_("не длиннее %(most)s знаков.") % {"most": LONGEST_TEXT})
    if kind not in set(ItemType):
        fault(_("выберите, как на него отвечают."))
    options = _options(row.get("options") or (), (before.get(code) or {}).get("options") or ())
    if kind in _WITH_OPTIONS and not 2 <= len(options) <= MOST_OPTIONS:
        fault(_("нужно от 2 до %(most)s вариантов ответа.") % {"most": MOST_OPTIONS})
    if len({each["code"] for each in options}) < len(options) or len({each["title"] for each in options}) < len(
        options
    ):
        fault(_("варианты ответа повторяются."))
    if any(
        len(each["title"]) > LONGEST_OPTION or not re.fullmatch(r"[a-z0-9_-]{1,60}", each["code"]) for each in options
    ):
        fault(_("вариант ответа не длиннее %(most)s знаков.") % {"most": LONGEST_OPTION})
    most = _number(row.get("most")) or 3
    if kind == ItemType.PEOPLE and not 1 <= most <= MOST_PEOPLE:
        fault(_("назвать можно от 1 до %(most)s человек.") % {"most": MOST_PEOPLE})
    made: dict[str, Any] = {"code": code, "text": text, "type": kind, "required": bool(row.get("required"))}
    if kind in _WITH_OPTIONS:
        made["options"] = options
    if kind == ItemType.PEOPLE:
        made["most"] = most
    return made


def _options(typed: Sequence[Any], before: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    rows = [each if isinstance(each, Mapping) else {"title": each} for each in typed]
    rows = [row for row in rows if _clean(row.get("title"))]
    by_title = {str(each["title"]): str(each["code"]) for each in before}
    taken = set(by_title.values()) | {str(row.get("code") or "") for row in rows}
    is_reworded = len(before) == len(rows)
    made = []
    for place, row in enumerate(rows):
        title = _clean(row.get("title"))
        code = str(row.get("code") or "") or by_title.get(title, "")
        if not code and is_reworded and str(before[place]["title"]) not in {_clean(each.get("title")) for each in rows}:
            code = str(before[place]["code"])
        made.append({"code": code or _new_code(taken, "o"), "title": title})
    return made


def _new_code(taken: set[str], letter: str) -> str:
    number = next(number for number in range(1, 10_000) if f"{letter}{number}" not in taken)
    taken.add(f"{letter}{number}")
    return f"{letter}{number}"


def _clean(value: Any) -> str:
    return " ".join(str(value or "").split())


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
