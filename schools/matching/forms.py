"""What is typed about rounds: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField, SearchFilterForm
from schools.matching.models import Support
from schools.pairs.forms import UuidListField
from schools.people.editions import SeenField
from schools.people.models import SchoolClass
from tenants.reference.selectors import Form, RoleVariant


class RoundForm(forms.Form):
    """Title and day of the group meeting."""

    title = forms.CharField(
        label=_("Название подбора"),
        max_length=160,
        required=False,
        help_text=_("Например: «Ученик – ученик, осень». Можно оставить пустым: назовём по форме."),
    )
    meeting_on = DayField(
        label=_("День групповой встречи"), required=False, help_text=_("Если день ещё не выбран, оставьте пустым.")
    )
    seen = SeenField()


class NewRoundForm(RoundForm):
    """A new round."""

    # Nothing is there yet that somebody else could change.
    seen = None  # type: ignore[assignment]
    form_code = forms.ChoiceField(
        label=_("Форма наставничества"), error_messages={"required": _("Выберите форму наставничества.")}
    )
    field_order = ("form_code", "title", "meeting_on")

    def __init__(self, *args: Any, offered: Sequence[Form], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.code, row.title) for row in offered]
        self.fields["form_code"].choices = choices if len(choices) == 1 else [("", _("выберите")), *choices]  # type: ignore[attr-defined]


class PeopleForm(forms.Form):
    """Marked people."""

    people = UuidListField(label=_("Люди"), error_messages={"required": _("Отметьте хотя бы одного человека.")})


class CandidateForm(forms.Form):
    """What a candidate wishes."""

    capacity = forms.IntegerField(
        label=_("Сколько наставляемых готов взять"),
        min_value=1,
        max_value=40,
        help_text=_("Вместе с теми, кого он уже ведёт."),
        error_messages={"required": _("Укажите число от 1 до 40.")},
    )
    age_from = forms.IntegerField(label=_("Желаемый возраст, от"), min_value=0, max_value=100, required=False)
    age_to = forms.IntegerField(label=_("Желаемый возраст, до"), min_value=0, max_value=100, required=False)
    seen = SeenField()

    def __init__(self, *args: Any, with_capacity: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_capacity:
            del self.fields["capacity"]


class EligibleFilter(SearchFilterForm):
    """The filter bar of people who can be added."""

    is_private = True

    room = forms.ChoiceField(label=_("Класс"))

    def __init__(self, *args: Any, rooms: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [("", _("Все")), *((str(row.pk), row.title) for row in rooms)]  # type: ignore[attr-defined]

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя"))


class PublishForm(forms.Form):
    """How a board goes out, and the terms of its pairs."""

    how = forms.ChoiceField(
        label=_("Что сделать с парами доски"),
        choices=[
            ("proposals", _("Предложить участникам: каждый ответит сам")),
            ("choices", _("Предложить на выбор: наставляемый выберет из двух-трёх наставников")),
            ("drafts", _("Сразу составить черновики для приказа")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите, что сделать с парами.")},
    )
    answer_days = forms.IntegerField(
        label=_("Дней на ответ"),
        min_value=1,
        max_value=30,
        help_text=_("Если кто-то не ответит, спросим следующего наставника."),
        error_messages={"required": _("На ответ дают от 1 до 30 дней.")},
    )
    starts_on = DayField(label=_("Первый день пар"), error_messages={"required": _("Укажите первый день пар.")})
    ends_on = DayField(
        label=_("Последний день пар"), required=False, help_text=_("Оставьте пустым, если срок не определён.")
    )
    role_variant = forms.ChoiceField(label=_("Ролевая модель"), required=False)

    def __init__(self, *args: Any, variants: Sequence[RoleVariant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [row.title for row in variants]
        self.fields["role_variant"].choices = [("", _("не выбрана")), *((title, title) for title in titles)]  # type: ignore[attr-defined]


class WaitEndForm(forms.Form):
    """Why somebody waits no more."""

    reason = forms.ChoiceField(
        label=_("Причина"),
        choices=Support.End.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите, почему человек больше не ждёт.")},
    )
