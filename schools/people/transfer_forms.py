"""What is typed about transfers: parsing only, the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField


class ReleaseForm(forms.Form):
    """Where a pupil goes: the school searched by its title, chosen from those found; the day and the basis."""

    q = forms.CharField(
        label=_("Название или номер школы"),
        max_length=100,
        required=False,
        help_text=_("Введите часть названия и нажмите «Найти школу»."),
    )
    to_code = forms.SlugField(label=_("Школа"), error_messages={"required": _("Выберите школу из найденных.")})
    leaves_on = DayField(
        label=_("С какого дня учится в новой школе"), help_text=_("С этого дня в вашей школе он уже не числится.")
    )
    basis = forms.CharField(
        label=_("Основание"),
        max_length=300,
        help_text=_("Например: заявление родителей от 12.10.2026, приказ № 15."),
        error_messages={"required": _("Напишите основание: заявление родителей, приказ.")},
    )
    with_guardians = forms.BooleanField(
        label=_("Передать имена и контакты законных представителей"),
        required=False,
        help_text=_("Только если представители согласны. Без отметки новая школа спросит их сама."),
    )


class AcceptForm(forms.Form):
    """The class a pupil comes to."""

    class_name = forms.CharField(
        label=_("Класс, в который ученик приходит"),
        max_length=30,
        help_text=_("Например, 7А. С начала учебного года это уже следующий класс."),
        error_messages={"required": _("Напишите класс, в который ученик приходит, например 7А.")},
    )
