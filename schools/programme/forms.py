"""Filter bars of the programme's lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField, SearchFilterForm
from schools.people.models import PersonKindChoice, SchoolClass

_ANY = ("", _("Все"))


class PeopleFilter(SearchFilterForm):
    """Whom to list."""

    is_private = True

    kind = forms.ChoiceField(label=_("Кто"), choices=[_ANY, *PersonKindChoice.choices])
    room = forms.ChoiceField(label=_("Класс"))
    role = forms.ChoiceField(
        label=_("В программе"), choices=[_ANY, ("mentee", _("наставляемый")), ("mentor", _("наставник"))]
    )
    presence = forms.ChoiceField(
        label=_("Числится"),
        choices=[_ANY, ("here", _("числится сейчас")), ("left", _("выбыл")), ("outside", _("не из школы"))],
    )
    consent = forms.ChoiceField(label=_("Согласие"), choices=[_ANY, ("yes", _("действует")), ("no", _("нет"))])
    pair = forms.ChoiceField(
        label=_("Пара"),
        choices=[_ANY, ("acting", _("действует")), ("draft", _("ждёт приказа")), ("none", _("нет"))],
    )

    def __init__(self, *args: Any, rooms: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [_ANY, *((str(row.pk), row.title) for row in rooms)]  # type: ignore[attr-defined]

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя"))


class DayForm(forms.Form):
    """The day a figure is asked for."""

    day = DayField(label=_("На дату"), required=False)


class AuditFilter(SearchFilterForm):
    """Which acts to list."""

    who = forms.ChoiceField(label=_("Кто"))
    since = DayField(label=_("С"), required=False)
    until = DayField(label=_("По"), required=False)
    views = forms.ChoiceField(
        label=_("Что"),
        choices=[("", _("изменения и выгрузки")), ("views", _("просмотры")), ("all", _("всё"))],
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["q"]
        self.fields["who"].choices = [_ANY, *people]  # type: ignore[attr-defined]
