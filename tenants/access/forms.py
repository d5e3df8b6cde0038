"""Forms of orders about access to a school."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.authz.registry import World, role_of
from tenants.access.services import INVITED_ROLES, LONGEST_ACCESS_HOURS
from tenants.registry.models import School


class SchoolForm(forms.Form):
    """Base: one of the working schools."""

    school = forms.TypedChoiceField(label=_("Школа"), coerce=UUID, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = School.objects.filter(state=School.State.READY).order_by("title").values_list("pk", "title")
        choices = [("", "—"), *((str(pk), title) for pk, title in ready)]
        self.fields["school"].choices = choices  # type: ignore[attr-defined]


class InviteForm(SchoolForm):
    """Who is invited to which school."""

    role = forms.ChoiceField(label=_("Роль"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [role_of(World.SCHOOL, slug) for slug in INVITED_ROLES]
        choices = [(role.slug, role.title) for role in known if role is not None]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class TemporaryForm(SchoolForm):
    """Why and for how long."""

    reason = forms.CharField(
        label=_("Причина"), help_text=_("Её увидит директор школы. Без имён"), max_length=500, widget=forms.Textarea
    )
    hours = forms.IntegerField(label=_("На сколько часов"), min_value=1, max_value=LONGEST_ACCESS_HOURS, initial=2)


class ResetForm(SchoolForm):
    """Whose phone was lost."""

    login = forms.CharField(
        label=_("Логин директора"),
        help_text=_("Регион не видит логинов школы: спросите у директора и убедитесь, что это он"),
        max_length=64,
    )
    reason = forms.CharField(label=_("Причина"), help_text=_("Без имён"), max_length=500, widget=forms.Textarea)
