"""Forms of a school's life that need its services."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from tenants.provisioning.invitations import INVITED_ROLES


class SchoolInviteForm(forms.Form):
    """For which role somebody is invited; who it is, he says himself."""

    role = forms.ChoiceField(
        label=gettext_lazy("Кого пригласить"),
        choices=list(INVITED_ROLES.items()),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Имя, логин и пароль приглашённый введёт сам на сайте школы"),
    )
