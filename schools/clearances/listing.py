"""The list of mentors from outside with what they lack, narrowed, and the same as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.authz import Actor
from core.spreadsheets import Column, Table, write_workbook
from schools.clearances.selectors import Checklist, Line, checklists_of_school, outside_mentors
from schools.clearances.words import RULE_WORDS, is_shown, status_of_checklist, status_of_line
from schools.people.models import PersonKindChoice
from schools.people.selectors import named


@dataclass(frozen=True, slots=True)
class Exported:
    """A workbook: its ASCII file name, its bytes and how many people it holds."""

    name: str
    content: bytes
    people: int


def narrowed(actor: Actor, chosen: Mapping[str, Any], day: date) -> list[Checklist]:
    """Return the checklists that a search and a kind of paper leave, whatever the tab; five queries.

    A search finds everybody from outside: a paper is wanted before somebody stands in a pair.
    """
    if not actor.reach("clearances.view"):
        return []
    typed = chosen.get("q", "")
    people = named(outside_mentors(actor, day, is_anybody=bool(typed.strip())), typed)
    found = checklists_of_school(actor, day, people)
    if kind := chosen.get("kind"):
        found = [row for row in found if any(line.kind.code == kind and _is_open(line) for line in row.lines)]
    return found


def under(found: Iterable[Checklist], tab: str) -> list[Checklist]:
    """Return the checklists under a tab of ``words.SHOWN``."""
    return [row for row in found if is_shown(row, tab)]


def _is_open(line: Line) -> bool:
    return line.lacks or line.is_ending


def kinds_in_words(found: Checklist) -> str:
    """Return what a person is: «родитель, выпускник»."""
    labels = dict(PersonKindChoice.choices)
    return ", ".join(sorted(str(labels.get(row.kind, row.kind)) for row in found.person.kinds.all()))


def clearances_file(found: Iterable[Checklist], day: date) -> Exported:
    """Return checklists as of a day as a workbook: a row for each paper of each person."""
    columns = [
        Column(_("Наставник"), 32),
        Column(_("Кто"), 24),
        Column(_("Допуск"), 18),
        Column(_("Документ"), 40),
        Column(_("Если его нет"), 18),
        Column(_("Состояние"), 34),
        Column(_("Номер"), 16),
        Column(_("Дата"), 12),
        Column(_("Действует до"), 14),
        Column(_("Кем выдан"), 32),
    ]
    people, rows = 0, []
    for row in found:
        people += 1
        who = (row.person.full_name, kinds_in_words(row), str(status_of_checklist(row).text))
        rows += [(*who, *_cells(line, day)) for line in row.lines]
    content = write_workbook([Table(_("Допуски"), columns, rows)])
    return Exported(f"dopuski-{day:%Y-%m-%d}.xlsx", content, people)


def _cells(line: Line, day: date) -> tuple[Any, ...]:
    paper = line.paper
    said = (line.kind.title, str(RULE_WORDS[line.rule]), str(status_of_line(line, day).text))
    if paper is None:
        return (*said, "", None, None, "")
    return (*said, paper.number, paper.issued_on, paper.valid_until, paper.issuer)
