"""Forms of the school's papers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class RequisitesForm(forms.Form):
    """What stands on every paper of the school."""

    full_name = forms.CharField(
        label=gettext_lazy("Полное наименование школы"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Как в уставе, в именительном падеже"),
    )
    address = forms.CharField(
        label=gettext_lazy("Адрес"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Стоит в согласиях как адрес оператора"),
    )
    place = forms.CharField(
        label=gettext_lazy("Место издания приказов"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Город или село"),
    )
    director_post = forms.CharField(
        label=gettext_lazy("Должность руководителя"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Если пусто: «Директор»"),
    )
    director_name = forms.CharField(
        label=gettext_lazy("Фамилия, имя и отчество руководителя"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("В именительном падеже. Если пусто, берётся директор из сотрудников, когда он один"),
    )
