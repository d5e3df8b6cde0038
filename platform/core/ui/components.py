"""Values that the components take, so that a view builds them in typed Python and a template only places them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise

Text = str | Promise
StatusKind = Literal["ok", "work", "wait", "stop", "none", "info"]

# Never colour alone: each kind has its own drawing beside the word.
STATUS_ICONS: Final[dict[str, str]] = {
    "ok": "check",
    "work": "half",
    "wait": "clock",
    "stop": "cross",
    "none": "dash",
    "info": "info",
}
NOTICE_ICONS: Final[dict[str, str]] = {"info": "info", "ok": "check", "warn": "alert", "error": "cross"}


@dataclass(frozen=True, slots=True)
class Status:
    """A word of the domain with the kind that chooses its icon and colour."""

    kind: StatusKind
    text: Text


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card; an empty value is shown as a dash, ``url`` makes it a link."""

    label: Text
    value: object
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A tab or another link with words."""

    label: Text
    url: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a task list; without ``url`` it cannot be opened yet, and ``hint`` says why."""

    title: Text
    status: Status
    url: str = ""
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A stage of the list with its tasks."""

    title: Text
    tasks: Sequence[Task]

    @property
    def done(self) -> int:
        return sum(task.status.kind == "ok" for task in self.tasks)
