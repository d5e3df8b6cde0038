"""The stages of a methodology profile as one form field: cards with plain fields, no text to be typed in a notation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.reference.products import products

MOST_STAGES, MOST_TASKS = 12, 20
# What a task holds and how long it may be; ``product`` is a code of ``tenants.reference.products``.
TASK_FIELDS: Final[dict[str, int]] = {"title": 200, "term": 120, "responsible": 200, "result": 200, "product": 40}
# Blank places on the page: a new profile is typed in one sitting, and each saving is a version.
_SPARE_TASKS, _TASKS_OF_NEW, _USUAL_STAGES = 2, 5, 7
_INDEXED = re.compile(r"(\d{1,2})-(\d{1,2})-([a-z]+)")

Stages = list[dict[str, Any]]


class StagesWidget(forms.Widget):
    """A folded card for each stage with a line of fields for each task, some lines blank; empty ones are dropped."""

    template_name = "reference/widgets/stages.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the blank stage and the blank lines."""
        context = super().get_context(name, value, attrs)
        filled: Stages = value or []
        blank = max(1, _USUAL_STAGES - len(filled))
        stages = [*filled, *({"title": "", "tasks": []} for _number in range(blank))][:MOST_STAGES]
        known = [(row.code, row.label) for row in products()]
        context["stages"] = [
            {"title": stage["title"], "tasks": [_row(task, known) for task in _with_spares(stage["tasks"])]}
            for stage in stages
        ]
        return context

    def format_value(self, value: Any) -> Any:
        """Keep the structure: the template walks it."""
        return value

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the stages of a page's fields, or of a program's structure as it is."""
        if isinstance(structure := data.get(name), list):
            return structure
        found: dict[int, tuple[str, dict[int, dict[str, str]]]] = {}
        prefix = f"{name}-"
        for key in data:
            if not key.startswith(prefix):
                continue
            rest = key[len(prefix) :]
            if rest.endswith("-title") and rest[:-6].isdigit():
                found.setdefault(int(rest[:-6]), ("", {}))
            elif match := _INDEXED.fullmatch(rest):
                stage, line, field = int(match[1]), int(match[2]), match[3]
                found.setdefault(stage, ("", {}))[1].setdefault(line, {})[field] = str(data[key])
        return [
            {"title": str(data.get(f"{prefix}{number}-title", "")), "tasks": [lines[line] for line in sorted(lines)]}
            for number, (_title, lines) in sorted(found.items())
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """A page's fields have names of their own."""
        return False


class StagesField(forms.Field):
    """Stages with tasks; cleans to what ``models.Profile.stages`` holds."""

    widget = StagesWidget

    def to_python(self, value: Any) -> Stages:
        """Drop what is empty and check the rest.

        :raises ValidationError: a stage or a task without a title, too many of them, or too long a text.
        """
        if not isinstance(value, list):
            return []
        stages = [_stage(number, row) for number, row in enumerate(value, start=1) if isinstance(row, dict)]
        kept = [row for row in stages if row["title"] or row["tasks"]]
        if len(kept) > MOST_STAGES:
            raise ValidationError(_("Этапов не больше %(n)s.") % {"n": MOST_STAGES})
        return kept


def _with_spares(tasks: Any) -> list[dict[str, str]]:
    spare = min(_SPARE_TASKS if tasks else _TASKS_OF_NEW, max(MOST_TASKS - len(tasks), 0))
    return [*tasks, *({} for _number in range(spare))]


def _row(task: dict[str, str], known: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a line for the template; a code that no app has stays choosable, so that saving does not lose it."""
    code = task.get("product", "")
    offered = known if not code or code in dict(known) else [*known, (code, code)]
    return {"task": task, "products": offered}


def _stage(number: int, row: dict[str, Any]) -> dict[str, Any]:
    title = _text(row.get("title"), 200)
    lines = row.get("tasks") if isinstance(row.get("tasks"), list) else []
    tasks = [_task(number, line) for line in lines or [] if isinstance(line, dict)]
    tasks = [task for task in tasks if any(task.values())]
    if tasks and not title:
        raise ValidationError(_("Впишите название этапа %(n)s.") % {"n": number})
    if any(not task["title"] for task in tasks):
        raise ValidationError(_("На этапе «%(stage)s» есть мероприятие без названия.") % {"stage": title})
    if len(tasks) > MOST_TASKS:
        raise ValidationError(_("На этапе не больше %(n)s мероприятий.") % {"n": MOST_TASKS})
    return {"title": title, "tasks": tasks}


def _task(number: int, line: dict[str, Any]) -> dict[str, str]:
    return {name: _text(line.get(name), limit) for name, limit in TASK_FIELDS.items()}


def _text(value: Any, limit: int) -> str:
    text = "" if value is None else str(value).strip()
    if "\x00" in text or len(text) > limit:
        raise ValidationError(_("Слишком длинный или испорченный текст: «%(text)s…».") % {"text": text[:40]})
    return text


def as_fields(stages: Stages, name: str = "stages") -> dict[str, str]:
    """Return stages as the fields that a page sends."""
    fields = {}
    for number, stage in enumerate(stages):
        fields[f"{name}-{number}-title"] = stage["title"]
        for line, task in enumerate(stage["tasks"]):
            fields |= {f"{name}-{number}-{line}-{field}": task[field] for field in TASK_FIELDS}
    return fields
