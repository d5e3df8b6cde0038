"""Forms of the programme year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from schools.people.editions import SeenField
from schools.people.models import Person
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_editions import edition_of_task
from schools.programme.year_services import TaskData, YearData
from schools.programme.year_words import product_choices
from schools.programme.years import StageTasks
from tenants.reference.selectors import Profile

# The places for people on the page; more is a working group, which has a name of its own.
RESPONSIBLE = ("responsible", "responsible_2", "responsible_3")


class YearForm(forms.Form):
    """The title and the days of a year."""

    title = forms.CharField(
        label=_("Название"),
        max_length=120,
        required=False,
        help_text=_("Если не заполнить, будет «Программа 2026/27» по дате начала."),
    )
    starts_on = DayField(label=_("Первый день"), help_text=_("Любой день: обычно 1 сентября."))
    ends_on = DayField(label=_("Последний день"), required=False)
    seen = SeenField()

    def data_of_year(self) -> YearData:
        """Return the year as typed."""
        return YearData(**{name: self.cleaned_data[name] for name in ("title", "starts_on", "ends_on")})


class StartForm(YearForm):
    """A new year, and what it is started from."""

    profiles = forms.MultipleChoiceField(
        label=_("По какому профилю"), required=False, widget=forms.CheckboxSelectMultiple
    )
    copy_of = forms.ChoiceField(
        label=_("Или скопировать дела прошлого года"),
        required=False,
        help_text=_("Копируются дела, сроки и ответственные; отметки о выполнении начинаются заново."),
    )
    # Nothing is there yet that somebody else could change.
    seen = None  # type: ignore[assignment]
    field_order = ("profiles", "copy_of", "starts_on", "ends_on", "title")

    def __init__(self, *args: Any, offered: Sequence[Profile], years: Sequence[ProgrammeYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profiles"].choices = [(row.code, row.title) for row in offered]  # type: ignore[attr-defined]
        if years:
            choices = [("", _("Не копировать")), *((str(row.pk), row.title) for row in years)]
            self.fields["copy_of"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["copy_of"]

    def source(self) -> dict[str, Any]:
        """Return what the year is started from."""
        copy_of = self.cleaned_data.get("copy_of") or None
        return {"profiles": self.cleaned_data["profiles"], "copy_of": UUID(copy_of) if copy_of else None}


class ProfilesForm(forms.Form):
    """Profiles that a year that goes on has not yet."""

    profiles = forms.MultipleChoiceField(
        label=_("Какой профиль добавить"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Отметьте профиль, который нужно добавить.")},
    )

    def __init__(self, *args: Any, offered: Sequence[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profiles"].choices = [(row.code, row.title) for row in offered]  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    """What a task is, its term and who is responsible."""

    title = forms.CharField(label=_("Что сделать"), max_length=200)
    stage = forms.ChoiceField(label=_("Этап"), required=False)
    new_stage = forms.CharField(label=_("Название нового этапа"), max_length=200, required=False)
    term = forms.CharField(
        label=_("Срок словами"), max_length=120, required=False, help_text=_("Как пишут в дорожной карте: «май».")
    )
    due_on = DayField(
        label=_("Сделать до"), required=False, help_text=_("Если есть точная дата: после неё дело будет на виду.")
    )
    responsible = forms.ChoiceField(label=_("Ответственный"), required=False)
    responsible_2 = forms.ChoiceField(label=_("Второй ответственный"), required=False)
    responsible_3 = forms.ChoiceField(label=_("Третий ответственный"), required=False)
    responsible_words = forms.CharField(
        label=_("Или кто отвечает, словами"),
        max_length=200,
        required=False,
        help_text=_("Например: классные руководители. Видно, пока не выбраны люди."),
    )
    result = forms.CharField(label=_("Документ или результат"), max_length=200, required=False)
    product = forms.ChoiceField(label=_("Где это делают на сайте"), required=False)
    seen = SeenField()

    def __init__(
        self,
        *args: Any,
        stages: Sequence[StageTasks],
        people: Sequence[Person],
        task: ProgrammeTask | None = None,
        **kwargs: Any,
    ) -> None:
        if task is not None:
            kwargs["initial"] = _initial(task)
        super().__init__(*args, **kwargs)
        # Set by a programme: the page has no place for them, and does not lose them.
        self._others = task.responsible[len(RESPONSIBLE) :] if task is not None else []
        offered = [(str(row.number), row.title) for row in stages]
        self._offer("stage", [*offered, ("", _("Новый этап"))])
        for name in RESPONSIBLE:
            self._offer(name, [("", "—"), *((str(row.pk), row.full_name) for row in people)])
        current = task.product if task is not None else ""
        self._offer("product", [("", _("нигде")), *product_choices(current)])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def data_of_task(self) -> TaskData:
        """Return the task as typed."""
        typed = self.cleaned_data
        return TaskData(
            title=typed["title"],
            stage=int(typed["stage"]) if typed["stage"] else None,
            new_stage=typed["new_stage"],
            term=typed["term"],
            due_on=typed["due_on"],
            responsible=[*(UUID(typed[name]) for name in RESPONSIBLE if typed[name]), *self._others],
            responsible_words=typed["responsible_words"],
            result=typed["result"],
            product=typed["product"],
        )


class MarkForm(forms.Form):
    """How far a task is."""

    state = forms.ChoiceField(label=_("Состояние"), choices=ProgrammeTask.State.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Заметка"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = SeenField()


def _initial(task: ProgrammeTask) -> dict[str, Any]:
    names = ("title", "term", "due_on", "responsible_words", "result", "product")
    people = dict(zip(RESPONSIBLE, map(str, task.responsible), strict=False))
    return {
        "stage": str(task.stage_number),
        "seen": edition_of_task(task),
        **people,
        **{name: getattr(task, name) for name in names},
    }
