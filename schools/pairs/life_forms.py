"""What is typed about another mentor and another partner: parsing only, the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from schools.pairs.domain import Outcome
from schools.pairs.forms import WholeGroupForm
from schools.pairs.models import OUTCOME_CHOICES, WISH_CHOICES


class MentorForm(WholeGroupForm):
    """Another mentor; with a last day he stands in, and the pair goes on."""

    mentor_q = forms.CharField(label=_("Поиск наставника"), max_length=100, required=False)
    mentor = forms.UUIDField(label=_("Наставник"), error_messages={"required": _("Выберите наставника.")})
    starts_on = DayField(label=_("С какого дня"))
    until = DayField(
        label=_("По какой день замещает"),
        required=False,
        help_text=_("Заполните, если прежний наставник вернётся: тогда пара с ним не завершается."),
    )


class AskForm(forms.Form):
    """A request for another partner."""

    wish = forms.ChoiceField(label=_("Что мешает"), choices=WISH_CHOICES, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Своими словами"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Писать необязательно. Никого ни в чём обвинять не нужно."),
    )


class OutcomeForm(forms.Form):
    """What came of a request."""

    outcome = forms.ChoiceField(
        label=_("Решение"), choices=[row for row in OUTCOME_CHOICES if row[0] != Outcome.WITHDRAWN]
    )
