"""Forms of the school's papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy

from core.ui.forms import LimitedFileField
from schools.papers.intake import MOST_BYTES
from schools.people.editions import SeenField


class ScanField(LimitedFileField):
    """A scan; what it is, its content says: the ending only helps to choose."""

    def _check(self, upload: UploadedFile[Any]) -> None:
        if (upload.size or 0) > self.max_bytes:
            words = gettext_lazy("Файл больше %(size)s. Уменьшите качество скана или разделите его.")
            raise forms.ValidationError(words, code="too_large", params={"size": filesizeformat(self.max_bytes)})


class AttachmentForm(forms.Form):
    """One scan or photograph."""

    file = ScanField(
        label=gettext_lazy("Скан или фотография"),
        max_bytes=MOST_BYTES,
        extensions=[".pdf", ".jpg", ".jpeg", ".png"],
        allow_empty_file=True,
    )


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
    seen = SeenField()
