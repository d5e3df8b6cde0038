"""What is typed about requests: parsing only, the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from schools.rights.models import Destruction


class RequestForm(forms.Form):
    """A request as the paper has it."""

    asked_by = forms.ChoiceField(label=_("Кто обратился"), choices=Destruction.AskedBy)
    basis = forms.ChoiceField(
        label=_("Основание"), choices=Destruction.Basis, help_text=_("От основания зависит срок исполнения.")
    )
    asked_on = DayField(label=_("Дата обращения"), help_text=_("С этого дня идёт срок."))
    paper_number = forms.CharField(
        label=_("Входящий номер"),
        max_length=40,
        required=False,
        help_text=_("Номер бумаги в журнале школы. Имён здесь не пишите: после уничтожения останется только номер."),
    )


class DestroyForm(forms.Form):
    """The last question before everything goes."""

    act_number = forms.CharField(
        label=_("Номер акта"),
        max_length=40,
        required=False,
        help_text=_("Как в журнале школы. Если оставить пустым, будет номер запроса."),
    )
    confirmation = forms.CharField(
        label=_("Подтверждение"),
        max_length=20,
        help_text=_("Впишите слово «уничтожить»."),
        error_messages={"required": _("Впишите слово «уничтожить».")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DropForm(forms.Form):
    """Why a request is not executed."""

    because = forms.ChoiceField(label=_("Почему запрос снимается"), choices=Destruction.Dropped)
