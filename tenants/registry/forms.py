"""Forms of the register: search, districts, schools."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.authz import Actor
from core.ui.forms import DayField, SearchFilterForm
from tenants.registry.models import CODE_PATTERN, District, School
from tenants.registry.selectors import REGIONAL, by_name, districts_visible_to


class DistrictSearchForm(SearchFilterForm):
    """Search in the list of districts."""

    def search_label(self) -> str:
        """Say what is searched."""
        return _("Название района")


class SchoolSearchForm(SearchFilterForm):
    """Search in the list of schools, by state and district."""

    state = forms.ChoiceField(label=gettext_lazy("Состояние"))
    district = forms.ChoiceField(label=gettext_lazy("Район"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = [(str(row.pk), row.title) for row in districts_visible_to(actor)]
        if actor.reach("schools.view").everything:
            districts.insert(0, (REGIONAL, _("регионального подчинения")))
        self._choose("state", [("", _("все")), *School.State.choices])
        self._choose("district", [("", _("все")), *districts])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        if isinstance(field := self.fields[name], forms.ChoiceField):
            field.choices = choices

    def search_label(self) -> str:
        """Say what is searched."""
        return _("Название или код школы")


class TitleForm(forms.Form):
    """The name of a district or of the region."""

    title = forms.CharField(label=gettext_lazy("Название"), max_length=200)


class DistrictChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A district, or none for schools of the region itself."""

    def __init__(self) -> None:
        super().__init__(
            queryset=District.objects.order_by(*by_name("title")),
            required=False,
            label=gettext_lazy("Район"),
            empty_label=gettext_lazy("регионального подчинения"),
        )


class CodeField(forms.RegexField):
    """A school's code, which becomes its address."""

    def __init__(self) -> None:
        super().__init__(
            regex=CODE_PATTERN,
            label=gettext_lazy("Код школы"),
            max_length=30,
            error_messages={
                "invalid": gettext_lazy(
                    "Код – от 2 до 30 знаков: строчные латинские буквы, цифры и дефис, первый знак не дефис. "
                    "Например: school-12"
                )
            },
            widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        )

    def clean(self, value: Any) -> Any:
        """Accept capitals and spaces around: a host has neither."""
        return super().clean(value.strip().lower() if isinstance(value, str) else value)


def code_help() -> str:
    """Return the sentence under the code: what address it makes."""
    return _("Из кода получается адрес школы: код.%(domain)s") % {"domain": settings.BASE_DOMAIN}


class NewSchoolForm(forms.Form):
    """A school to be created."""

    title = forms.CharField(
        label=gettext_lazy("Название"),
        max_length=200,
        help_text=gettext_lazy("Как в документах школы, можно краткое: «МБОУ «СОШ № 12»»"),
    )
    code = CodeField()
    district = DistrictChoice()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = code_help()


class SchoolForm(forms.Form):
    """A school's name and district."""

    title = forms.CharField(label=gettext_lazy("Название"), max_length=200)
    district = DistrictChoice()


class CodeForm(forms.Form):
    """A school's new code."""

    code = CodeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = code_help()


class ReasonForm(forms.Form):
    """Why a school's state is changed."""

    reason = forms.CharField(
        label=gettext_lazy("Причина"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Её увидят все, кто откроет карточку школы. Не называйте здесь людей. Например: «ремонт до 1 сентября»"
        ),
    )

    def __init__(self, *args: Any, is_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_required


class CloseForm(ReasonForm):
    """Why a school is closed, and, while its archive is not taken, that nobody needs it."""

    without_archive = forms.BooleanField(label=gettext_lazy("Закрыть без архива: он никому не нужен"), required=False)

    def __init__(self, *args: Any, asks_for_archive: bool, **kwargs: Any) -> None:
        super().__init__(*args, is_required=True, **kwargs)
        if not asks_for_archive:
            del self.fields["without_archive"]


class ClosingForm(forms.Form):
    """The day on which a school closes, and why."""

    day = DayField(label=gettext_lazy("Последний день работы"))
    reason = forms.CharField(
        label=gettext_lazy("Причина"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Её увидит директор школы. Не называйте здесь людей. Например: «реорганизация, приказ № 12»"
        ),
    )


class AuditFilterForm(SearchFilterForm):
    """What of the audit is shown."""

    since = DayField(label=gettext_lazy("С даты"))
    until = DayField(label=gettext_lazy("По дату"))

    def search_label(self) -> str:
        """Say what is searched."""
        return _("Действие или сотрудник")
