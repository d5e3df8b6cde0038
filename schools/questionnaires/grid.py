"""The sheet for paper: people × items of a round, each cell a short text, read and written for a whole class."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from schools.people.errors import Fault
from schools.people.lost_rows import LostRow, ids_among
from schools.questionnaires.domain import from_paper, on_paper
from schools.questionnaires.models import Response
from schools.questionnaires.naming import Named, ids_in, list_of, packed, unpacked
from schools.questionnaires.words import ANSWERS_HIMSELF, NOT_ON_SHEET
from tenants.reference.items import Item, ItemType

# The input that carries the list of people as this sheet numbers it.
PEOPLE: Final = "people"
# Browsers' forms of a thousand fields are refused: so many cells stand on one page.
MOST_CELLS = 800
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """One input: ``error`` stands at it, and what was typed stays in it; ``is_long`` is for an answer in words."""

    name: str
    label: str
    value: str
    error: str
    is_long: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One person; ``is_own``: he answered himself, and his answers are not shown here.

    ``seen`` goes with the row and comes back: the revision that is shown, and a print of the cells.
    """

    response: Response
    is_own: bool
    cells: list[Cell]
    seen: str


def rows_on_page(items: Sequence[Item]) -> int:
    """Return how many people fit on one page."""
    return max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(items))))


def cell_name(response: Response, item: Item) -> str:
    """Return the name of an input."""
    return f"c-{response.pk}-{item.code}"


def seen_name(response: Response) -> str:
    """Return the name of the input that says what was shown of a row."""
    return f"s-{response.pk}"


def sent_in(data: Mapping[str, Any]) -> set[UUID]:
    """Return the responses whose rows a sheet brought back."""
    return ids_among(data, "c-", "s-")


def seen_revisions(responses: Sequence[Response], data: Mapping[str, Any]) -> dict[UUID, int]:
    """Return the revisions that the sheet showed, by response."""
    said = {response.pk: str(data.get(seen_name(response)) or "").partition("-")[0] for response in responses}
    return {key: int(text) for key, text in said.items() if text.isascii() and text.isdigit() and len(text) <= 9}


def _print_of(texts: Sequence[str]) -> str:
    """Return what tells whether somebody has changed the cells of a row."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def typed_rows(
    responses: Sequence[Response], items: Sequence[Item], data: Mapping[str, Any]
) -> dict[UUID, dict[str, Any]]:
    """Return what was typed, by response and code of item; rows without anything are left out.

    Numbers of people are those of the list that the sheet was opened with. Left out are also rows that stand as they
    were shown: to write them again would undo what somebody else has changed since.
    """
    rows = {}
    people = unpacked(str(data.get(PEOPLE) or ""))
    for response in responses:
        if written := _written(response.pk, items, data):
            rows[response.pk] = {item.code: from_paper(item, written[item.code], people) for item in items}
    return rows


def lost_rows(responses: Sequence[Response], items: Sequence[Item], data: Mapping[str, Any]) -> list[LostRow]:
    """Return what was typed in rows that are no longer the sheet's, or whose owners have begun to answer themselves.

    ``responses`` are those of the rows that came back which the actor still enters; ``w-…`` of a row is whose it is.
    """
    own = {response.pk for response in responses if response.is_own}
    found = []
    for key in own | sent_in(data).difference(response.pk for response in responses):
        if written := _written(key, items, data):
            typed = "; ".join(f"{number} – {text}" for number, text in enumerate(written.values(), 1) if text.strip())
            why = ANSWERS_HIMSELF if key in own else NOT_ON_SHEET
            found.append(LostRow(str(data.get(f"w-{key}") or "")[:300], typed, str(why)))
    return sorted(found, key=lambda row: row.who)


def _written(key: UUID, items: Sequence[Item], data: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a row by code of item; nothing when it is empty or stands as it was shown."""
    texts = {item.code: str(data.get(f"c-{key}-{item.code}") or "") for item in items}
    shown = str(data.get(f"s-{key}") or "").partition("-")[2]
    is_changed = any(text.strip() for text in texts.values()) and shown != _print_of(list(texts.values()))
    return texts if is_changed else {}


def people_on(
    role: str, items: Sequence[Item], responses: Sequence[Response], data: Mapping[str, Any] | None
) -> list[Named]:
    """Return the people of a sheet by their numbers from 1; sent back, those whom it was opened with keep theirs.

    Whom stored answers name is among them, so that a row can be sent again without losing him.
    """
    first = unpacked(str(data.get(PEOPLE) or "")) if data is not None else []
    stored = [each for response in responses if not response.is_own for each in ids_in(items, response.shown)]
    return list_of(role, items, first, stored)


def carried(people: Sequence[Named]) -> str:
    """Return the value of the input that carries the list."""
    return packed(people)


def lines(
    responses: Sequence[Response],
    items: Sequence[Item],
    people: Sequence[Named],
    data: Mapping[str, Any] | None,
    refused: Mapping[UUID, Sequence[Fault]],
) -> list[Line]:
    """Return the rows of the sheet as they are shown; ``data`` is what was typed just now."""
    ids = [each.id for each in people]
    made = []
    for response in responses:
        stored = response.shown
        wrong = {fault.field: fault.sentence for fault in refused.get(response.pk, ())}
        cells = []
        for number, item in enumerate(items, start=1):
            name = cell_name(response, item)
            value = on_paper(item, stored.get(item.code), ids) if data is None else str(data.get(name) or "")
            # As a browser sends it back: an input holds one line.
            value = " ".join(value.splitlines())
            label = f"{response.person.full_name}: {number}. {item.text}"
            cells.append(Cell(name, label, value, wrong.get(item.code, ""), item.type == ItemType.TEXT))
        # What was refused is sent again as it stands.
        shown = "" if response.pk in refused else _print_of([cell.value for cell in cells])
        seen = f"{response.revision}-{shown}"
        made.append(Line(response, response.is_own, [] if response.is_own else cells, seen))
    return made
