"""What is typed about training of mentors: parsing only, the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from schools.people.editions import SeenField
from schools.training.services import MOST_HOURS


class TrainingForm(forms.Form):
    """A training that was finished."""

    title = forms.CharField(
        label=_("Программа обучения"), max_length=200, help_text=_("Например: «Школа наставников», курс института.")
    )
    finished_on = DayField(label=_("Последний день обучения"))
    begun_on = DayField(label=_("Первый день"), required=False, help_text=_("Оставьте пустым, если день был один."))
    hours = forms.IntegerField(
        label=_("Сколько часов"), required=False, min_value=1, max_value=MOST_HOURS, help_text=_("Если известно.")
    )
    document = forms.CharField(
        label=_("Документ"),
        max_length=120,
        required=False,
        help_text=_("Как на документе: «удостоверение № 17». Пусто, если документа нет."),
    )
    seen = SeenField()


class StrikeForm(forms.Form):
    """Why a record is struck out."""

    reason = forms.CharField(
        label=_("Почему"), max_length=200, help_text=_("Записано по ошибке, обучение не закончено.")
    )
