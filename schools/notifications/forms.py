"""What is chosen about news: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.notifications.domain import Channel, Kind, Window
from schools.notifications.models import Preference
from schools.notifications.preferences import LONGEST_ADDRESS

KIND_TITLES = {
    Kind.PROPOSAL: _("Предложения о паре"),
    Kind.QUESTIONNAIRE: _("Анкеты"),
    Kind.REMINDER: _("Напоминания"),
    Kind.PAIR: _("Приказы о парах и завершение пар"),
    Kind.MEETING: _("Назначенные встречи"),
    Kind.CONCERN: _("Обращения «мне некомфортно»"),
    Kind.REQUEST: _("Просьбы о другом партнёре"),
    Kind.WORK: _("Готовность подбора пар и загрузок"),
    Kind.CONSENT: _("Отзывы согласий"),
}
WINDOW_TITLES = {
    Window.MORNING: _("утром, между 6:30 и 8:30"),
    Window.NOON: _("днём, между 12:30 и 14:30"),
    Window.EVENING: _("под конец дня, между 16:30 и 18:30"),
}


class AddressForm(forms.Form):
    """An address of mail."""

    address = forms.CharField(
        label=_("Адрес почты"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Туда придёт ссылка. Пока вы её не откроете, писем не будет."),
    )


class ChoiceForm(forms.Form):
    """Which news is wanted, and how; without an address there is nothing to choose about mail."""

    product = forms.MultipleChoiceField(
        label=_("Показывать на сайте"), required=False, widget=forms.CheckboxSelectMultiple
    )
    mail = forms.MultipleChoiceField(label=_("Присылать на почту"), required=False, widget=forms.CheckboxSelectMultiple)
    digest = forms.ChoiceField(
        label=_("Ежедневная сводка на почту"),
        required=False,
        help_text=_("Только числа: сколько чего ждёт в рабочем списке. Если ничего не ждёт, письма нет."),
    )

    def __init__(self, *args: Any, kinds: Collection[Kind], has_mail: bool, has_digest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.value, KIND_TITLES[kind]) for kind in kinds]
        self.fields["product"].choices = self.fields["mail"].choices = choices  # type: ignore[attr-defined]
        windows = [(window.value, title) for window, title in WINDOW_TITLES.items()]
        self.fields["digest"].choices = [("", _("не присылать")), *windows]  # type: ignore[attr-defined]
        if not has_mail:
            del self.fields["mail"]
        if not (has_mail and has_digest):
            del self.fields["digest"]


def chosen(preference: Preference, kinds: Collection[Kind]) -> dict[str, Any]:
    """Return what a form shows of a preference."""
    off = set(preference.off)
    lists = {
        channel.value: [kind.value for kind in kinds if f"{kind.value}:{channel.value}" not in off]
        for channel in Channel
    }
    return {**lists, "digest": preference.digest}
