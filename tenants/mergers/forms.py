"""What is typed about mergers: parsing only, the rules are the services'."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from tenants.registry.models import School


class MergerForm(forms.Form):
    """Which school becomes a part of which, from what day, on what basis."""

    from_id = forms.TypedChoiceField(
        label=_("Какая школа присоединяется"), coerce=UUID, help_text=_("Она закончит работу и останется закрытой.")
    )
    to_id = forms.TypedChoiceField(label=_("К какой школе"), coerce=UUID, help_text=_("Она примет людей и документы."))
    day = DayField(
        label=_("С какого дня одна школа"),
        help_text=_("С этого дня люди и пары присоединённой школы считаются в охвате новой."),
    )
    basis = forms.CharField(
        label=_("Основание"),
        max_length=300,
        help_text=_("Номер и дата решения учредителя, без имён. Например: «постановление № 512 от 10.06.2026»"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = School.objects.filter(state=School.State.READY).order_by("title").values_list("pk", "title", "code")
        choices = [("", "—"), *((str(pk), f"{title} ({code})") for pk, title, code in ready)]
        for name in ("from_id", "to_id"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
