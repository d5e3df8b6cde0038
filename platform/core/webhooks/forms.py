"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.authz.registry import World
from core.events.catalogue import event_kinds
from core.webhooks.addresses import LONGEST_URL
from core.webhooks.services import WebhookData


class WebhookForm(forms.Form):
    """What a webhook is for, where to and about what."""

    title = forms.CharField(label=_("Какой программе"), max_length=100, help_text=_("Например: электронный журнал"))
    url = forms.CharField(
        label=_("Адрес для событий"),
        max_length=LONGEST_URL,
        help_text=_("Его сообщает разработчик программы; начинается с https://"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(label=_("О чём сообщать"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, world: World, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = [  # type: ignore[attr-defined]
            (kind.name, kind.title) for kind in event_kinds(world)
        ]

    def webhook(self) -> WebhookData:
        """Return what was typed."""
        return WebhookData(**self.cleaned_data)
