"""Makes rounds and responses in the current school."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ITEMS = [
    {"code": "comfort", "text": "Насколько вам комфортно?", "type": "scale", "required": True},
    {"code": "liked", "text": "Нравится?", "type": "yes_no", "required": False},
    {"code": "wishes", "text": "Что изменить?", "type": "text", "required": False},
    {
        "code": "request",
        "text": "С чем помочь?",
        "type": "choices",
        "required": False,
        "options": [{"code": "study", "title": "учёба"}, {"code": "project", "title": "проект"}],
    },
]


def make_round(
    *, kind: str = "interim", role: str = "mentee", items: Any = None, title: str = "Опрос", **fields: Any
) -> Any:
    """Make an open round of its own template."""
    from schools.questionnaires.models import Round, Template

    number = Template.objects.count() + 1
    template = Template.objects.create(
        code=f"own-{number}",
        version=1,
        title=title,
        kind=kind,
        role=role,
        items=ITEMS if items is None else items,
        created_at=NOW,
    )
    return Round.objects.create(template=template, title=title, opened_at=fields.pop("opened_at", NOW), **fields)


def make_response(asked: Any, person: Any, answers: Any = None, **fields: Any) -> Any:
    """Ask somebody; with ``answers`` he has submitted them."""
    from schools.questionnaires.models import Response

    if answers is not None:
        fields = {"state": "submitted", "submitted_at": NOW, "answers": answers, "channel": "account", **fields}
    return Response.objects.create(round=asked, person=person, **fields)
