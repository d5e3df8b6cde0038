"""What is typed on the pages of the work list: parsing only, the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from schools.worklist.models import LONGEST_NOTE, Contact


class ContactForm(forms.Form):
    """A talk with a pair."""

    held_on = DayField(label=_("Дата разговора"))
    side = forms.ChoiceField(label=_("С кем"), choices=Contact.Side.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Что выяснили"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Как идёт работа, нужна ли помощь. Наставник и наставляемый этого не видят."),
    )
