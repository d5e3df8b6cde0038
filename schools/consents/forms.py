"""What is typed about consents: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField, SearchFilterForm
from schools.consents.models import Consent
from schools.consents.words import UNDO_REASONS
from schools.people.editions import SeenField
from schools.people.models import SchoolClass
from tenants.reference.selectors import ConsentKind


class ConsentForm(forms.Form):
    """One consent signed on paper."""

    kind = forms.ChoiceField(label=_("На что согласие"), widget=forms.RadioSelect)
    signer = forms.ChoiceField(
        label=_("Кто подписал"),
        widget=forms.RadioSelect,
        choices=[
            (Consent.Signer.REPRESENTATIVE, _("законный представитель (до 18 лет)")),
            (Consent.Signer.SELF, _("сам участник (с 18 лет)")),
        ],
    )
    signer_kinship = forms.CharField(
        label=_("Кем приходится"),
        max_length=40,
        required=False,
        help_text=_("Если подписал представитель: мать, отец."),
    )
    given_on = DayField(label=_("Дата согласия"))
    number = forms.CharField(
        label=_("Номер"), max_length=60, required=False, help_text=_("Если в школе нумеруют согласия.")
    )
    valid_until = DayField(
        label=_("Действует до"), required=False, help_text=_("Оставьте пустым, если срок не указан: до отзыва.")
    )
    seen = SeenField()

    def __init__(self, *args: Any, kinds: Sequence[ConsentKind] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kinds is None:  # of a consent that is recorded already the purpose stays
            del self.fields["kind"]
        else:
            # Nothing is there yet that somebody else could change.
            del self.fields["seen"]
            self.fields["kind"].choices = [(row.code, row.title) for row in kinds]  # type: ignore[attr-defined]


class WithdrawalForm(forms.Form):
    """A withdrawal."""

    withdrawn_on = DayField(label=_("Дата отзыва"), help_text=_("С этого дня согласие не действует."))


class UndoForm(forms.Form):
    """Why a withdrawal was a slip."""

    reason = forms.ChoiceField(
        label=_("Что произошло"),
        choices=list(UNDO_REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите причину.")},
    )


class PaperForm(forms.Form):
    """A pile of sheets signed on paper: one date for all who are marked."""

    people = forms.TypedMultipleChoiceField(label=_("Кто подписал"))
    given_on = DayField(label=_("Дата согласий"))
    valid_until = DayField(label=_("Действуют до"), required=False)

    def __init__(self, *args: Any, offered: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        field.choices = [(str(pk), str(pk)) for pk in offered]  # type: ignore[attr-defined]
        field.error_messages["required"] = _("Отметьте хотя бы одного человека.")
        field.error_messages["invalid_choice"] = _("Список изменился. Проверьте отметки и повторите.")


class ConsentFilter(SearchFilterForm):
    """The filter bar of consents."""

    is_private = True

    kind = forms.ChoiceField(label=_("Вид согласия"))
    room = forms.ChoiceField(label=_("Класс"))

    def __init__(self, *args: Any, kinds: Sequence[ConsentKind], rooms: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(row.code, row.title) for row in kinds]  # type: ignore[attr-defined]
        self.fields["room"].choices = [("", _("Все")), *((str(row.pk), row.title) for row in rooms)]  # type: ignore[attr-defined]

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя"))
