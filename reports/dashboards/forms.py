"""What of the figures a page shows: definition, day, and which places of the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.forms import SearchFilterForm
from reports.dashboards.selectors import LIVE, Stamp
from tenants.reference.selectors import Definition

SHOW = [
    ("", gettext_lazy("все")),
    ("engaged", gettext_lazy("с охватом")),
    ("below", gettext_lazy("ниже цели")),
    ("nobody", gettext_lazy("без пар по приказу")),
    ("empty", gettext_lazy("без данных")),
]


class BoardForm(SearchFilterForm):
    """Definition and day; for pages with a ranking also a search and a choice by stage."""

    definition = forms.ChoiceField(label=gettext_lazy("Показатель"))
    day = forms.ChoiceField(label=gettext_lazy("На дату"))
    show = forms.ChoiceField(label=gettext_lazy("Какие"), choices=SHOW)

    def __init__(
        self,
        *args: Any,
        definitions: Sequence[Definition],
        days: Sequence[Stamp],
        search: str = "",
        by: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        # Titles of definitions are sentences.
        self.fields["definition"].is_wide = True  # type: ignore[attr-defined]
        self._choose("definition", [(one.code, one.title) for one in definitions])
        self._choose("day", [(_value(day), day_words(day)) for day in days])
        if any(day.kind == LIVE and self.data.get("day") == day.day.isoformat() for day in days):
            self.data = (
                {**self.data.dict(), "day": ""} if isinstance(self.data, QueryDict) else {**self.data, "day": ""}
            )
        self.fields["day"].error_messages["invalid_choice"] = self._why_not(str(self.data.get("day", "")).strip())
        if search:
            self.fields["q"].label = search
            self.order_fields(["definition", "day", "q", "show"])
        else:
            del self.fields["q"], self.fields["show"]
        if by:
            # Keeps the page's tab when the choices are sent.
            self.fields["by"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        if isinstance(field := self.fields[name], forms.ChoiceField):
            field.choices = choices

    def chosen(self, name: str) -> str:
        """Return a valid choice or an empty string: a mistyped address shows the ordinary page."""
        self.is_valid()
        return str(getattr(self, "cleaned_data", {}).get(name, ""))

    @property
    def day_chosen(self) -> date | None:
        """Return the frozen day that is asked for, None for today."""
        return parse_date(self.chosen("day")) if self.chosen("day") else None

    @property
    def is_day_refused(self) -> bool:
        """Tell whether the address names a day that is not kept; the form says so beside the figures of today."""
        return bool(self.data.get("day")) and not self.chosen("day")

    @staticmethod
    def _why_not(asked: str) -> str:
        try:
            day = parse_date(asked)
        except ValueError:
            day = None
        if day is None:
            return _("Дня, который указан в адресе, не бывает: показаны сегодняшние показатели.")
        words = _("За %(day)s показателей нет: показаны сегодняшние. Выберите дату из списка.")
        return words % {"day": date_format(day, "d.m.Y")}


def _value(day: Stamp) -> str:
    return "" if day.kind == LIVE else day.day.isoformat()


def day_words(day: Stamp) -> str:
    """Return a day with what its figures are worth."""
    words = date_format(day.day, "d.m.Y")
    if day.kind == LIVE:
        return _("сегодня, %(day)s") % {"day": words}
    if day.kind == "restored":
        return _("%(day)s, восстановлено") % {"day": words}
    return _("%(day)s, закреплено") % {"day": words}
