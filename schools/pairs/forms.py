"""What is typed about pairs and orders: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField, SearchFilterForm
from schools.pairs.groups import OpenGroup
from schools.pairs.models import END_CHOICES
from schools.people.editions import SeenField
from schools.people.models import SchoolClass
from tenants.reference.selectors import Form, RoleVariant

_JUNE = 6
_MOST_PAIRS = 1000


def end_of_school_year(day: date) -> date:
    """Return the last day of May of the school year the day falls into: a first suggestion, to be typed over."""
    return date(day.year + (day.month >= _JUNE), 5, 31)


class UuidListField(forms.TypedMultipleChoiceField):
    """Marked rows, whatever was offered: the service looks up who may be reached."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=forms.UUIDField().clean, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Leave the question to the coercion."""
        return True

    def clean(self, value: Any) -> Any:
        """Return ids; refuse more than anybody marks by hand."""
        if value and len(value) > _MOST_PAIRS:
            raise forms.ValidationError(_("Слишком много отметок за один раз."))
        return super().clean(value)


class _PeriodForm(forms.Form):
    role_variant = forms.ChoiceField(label=_("Ролевая модель"), required=False)
    starts_on = DayField(label=_("Первый день"))
    ends_on = DayField(
        label=_("Последний день"), required=False, help_text=_("Оставьте пустым, если срок не определён.")
    )

    def __init__(self, *args: Any, variants: Sequence[RoleVariant], known: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [row.title for row in variants]
        # What a pair already says stays choosable when the region has withdrawn it.
        titles += [known] if known and known not in titles else []
        self.fields["role_variant"].choices = [("", _("не выбрана")), *((title, title) for title in titles)]  # type: ignore[attr-defined]


class PairForm(_PeriodForm):
    """A new pair or group of a form that is already chosen."""

    mentor_q = forms.CharField(label=_("Поиск наставника"), max_length=100, required=False)
    mentor = forms.UUIDField(label=_("Наставник"), error_messages={"required": _("Выберите наставника.")})
    mentee_q = forms.CharField(label=_("Поиск наставляемых"), max_length=100, required=False)
    mentees = UuidListField(
        label=_("Наставляемые"), error_messages={"required": _("Выберите хотя бы одного наставляемого.")}
    )
    group = forms.UUIDField(
        label=_("В группу"),
        required=False,
        widget=forms.Select,
        help_text=_("Группы найденных наставников, к которым можно присоединиться."),
    )
    group_title = forms.CharField(
        label=_("Название новой группы"),
        max_length=160,
        required=False,
        help_text=_("Если наставляемых несколько. Можно оставить пустым."),
    )

    def offer_groups(self, groups: Sequence[OpenGroup]) -> None:
        """Offer the groups to join; without any, nothing is asked, unless a refusal stands there."""
        if not groups and "group" not in self.errors:
            del self.fields["group"]
            return
        words = _("%(group)s, наставник %(mentor)s, наставляемых: %(n)s")
        rows = [
            (str(row.group.pk), words % {"group": row.group.title, "mentor": row.mentor.full_name, "n": row.mentees})
            for row in groups
        ]
        self.fields["group"].widget.choices = [("", _("не присоединять")), *rows]


class WholeGroupForm(forms.Form):
    """An act that can be done to a whole group; asked only where there is one."""

    whole_group = forms.BooleanField(required=False)

    def __init__(self, *args: Any, others: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not others:
            del self.fields["whole_group"]
            return
        self.fields["whole_group"].label = _("То же со всей группой: ещё пар – %(n)s") % {"n": others}
        self.order_fields([name for name in self.fields if name != "whole_group"])


class PairEditForm(WholeGroupForm, _PeriodForm):
    """Other days or another role variant."""

    seen = SeenField()


class EndForm(WholeGroupForm):
    """The end of a pair."""

    ends_on = DayField(label=_("Последний день пары"), help_text=_("В этот день пара ещё действует."))
    code = forms.ChoiceField(label=_("Причина"), choices=[("", _("выберите")), *END_CHOICES], required=False)
    reason = forms.CharField(
        label=_("Своими словами"),
        max_length=200,
        required=False,
        help_text=_("Обязательно, только если причина другая."),
    )


class LeaversForm(forms.Form):
    """Pairs of those who left, and why they end."""

    pairs = UuidListField(label=_("Пары"), error_messages={"required": _("Отметьте хотя бы одну пару.")})
    reason = forms.CharField(
        label=_("Причина"),
        max_length=200,
        initial=_("Участник выбыл из школы"),
        error_messages={"required": _("Напишите, почему пары завершаются.")},
    )


class OrderForm(forms.Form):
    """Number and date of an order: typed by people, checked softly."""

    number = forms.CharField(
        label=_("Номер приказа"),
        max_length=60,
        help_text=_("Как в журнале, например 84-од."),
        error_messages={"required": _("Напишите номер приказа, как в журнале.")},
    )
    signed_on = DayField(label=_("Дата приказа"), error_messages={"required": _("Укажите дату приказа.")})


class OrderCorrectionForm(OrderForm):
    """Another number or date of an order that is there."""

    seen = SeenField()


class PairsOrderForm(OrderForm):
    """An order over the marked pairs: drafts to approve, and ended ones whose end goes on paper."""

    pairs = UuidListField(label=_("Пары"), required=False)
    endings = UuidListField(label=_("Завершённые пары"), required=False)


class UnpairedFilter(SearchFilterForm):
    """The filter bar of pupils without a mentor."""

    is_private = True

    room = forms.ChoiceField(label=_("Класс"))

    def __init__(self, *args: Any, rooms: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [("", _("Все")), *((str(row.pk), row.title) for row in rooms)]  # type: ignore[attr-defined]

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя"))


class PairFilter(SearchFilterForm):
    """The filter bar of pairs."""

    is_private = True

    form = forms.ChoiceField(label=_("Форма"))
    room = forms.ChoiceField(label=_("Класс"))
    state = forms.CharField(widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args: Any, form_rows: Sequence[Form], rooms: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", _("Все")), *((row.code, row.title) for row in form_rows)]  # type: ignore[attr-defined]
        self.fields["room"].choices = [("", _("Все")), *((str(row.pk), row.title) for row in rooms)]  # type: ignore[attr-defined]

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя участника"))
