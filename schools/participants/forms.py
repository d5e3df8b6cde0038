"""What is typed about concerns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.participants.models import LONGEST_TEXT


class WithdrawalForm(forms.Form):
    """The second step of a withdrawal: what follows was read."""

    understood = forms.BooleanField(
        label=_("Понимаю, что произойдёт, и отзываю согласие"),
        error_messages={"required": _("Отметьте, что вы прочитали, что произойдёт.")},
    )


class ConcernForm(forms.Form):
    """Nothing has to be said."""

    text = forms.CharField(
        label=_("Что случилось"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Можно ничего не писать: с вами поговорят."),
    )

    def __init__(self, *args: Any, is_heard: bool = True, **kwargs: Any) -> None:
        """Promise no talk where nobody reads it yet."""
        super().__init__(*args, **kwargs)
        if not is_heard:
            self.fields["text"].help_text = _("Можно ничего не писать.")


class OutcomeForm(forms.Form):
    """What came of a concern."""

    outcome = forms.CharField(
        label=_("Чем закончилось"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Тот, кто обратился, увидит только, что обращение закрыто."),
    )
