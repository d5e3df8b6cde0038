"""What is typed about meetings and plans: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField, SearchFilterForm
from schools.meetings.domain import MOST_ROWS, PLAN_COLUMNS, PROGRAMME_PARTS, MeetingKind, MeetingState, next_states
from schools.meetings.models import KIND_TITLES, LONGEST_RESULT, PLAN_TITLES, STATE_TITLES, Plan
from schools.meetings.plans import LONGEST_PART, REPORT_PARTS, report_stamp
from schools.meetings.selectors import Unit
from schools.meetings.services import LONGEST_MINUTES
from schools.meetings.words import column_titles, programme_titles
from tenants.reference.selectors import Form

SPARE_ROWS = 3
# The list of suggestions for the вид наставничества, in the page beside the form.
MANNERS = "manners"
_KINDS = [(kind.value, KIND_TITLES[kind]) for kind in MeetingKind]


class LogForm(forms.Form):
    """A meeting in four fields or fewer: whom it is about, when, of which kind, what came of it.

    With one pair there is nothing to choose. ``key`` is the page's own and makes a double send one meeting;
    ``is_another`` is asked only when the day is taken.
    """

    unit = forms.ChoiceField(label=_("Кто встречался"))
    held_on = DayField(label=_("Дата встречи"))
    kind = forms.ChoiceField(label=_("Вид встречи"), required=False)
    result = forms.CharField(
        label=_("Кратко результат"),
        max_length=LONGEST_RESULT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Что сделали и о чём договорились: одна-две фразы."),
    )
    is_another = forms.BooleanField(label=_("Это другая встреча того же дня"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, units: Sequence[Unit], titles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.choices = [(each.code, titles[each.code]) for each in units]
        if len(units) == 1:
            unit.widget = forms.HiddenInput()
            unit.initial = units[0].code
        elif not self.initial.get("unit"):
            unit.choices = [("", _("выберите")), *unit.choices]
        kind: Any = self.fields["kind"]
        following = [] if self.initial.get("kind") else [("", _("следующая по порядку"))]
        kind.choices = [*following, *_KINDS]

    @property
    def chosen_unit(self) -> dict[str, UUID | None]:
        """Return the pair or the group as the service takes it; the form is valid."""
        sort, _colon, key = self.cleaned_data["unit"].partition(":")
        return {"pair_id": UUID(key) if sort == "pair" else None, "group_id": UUID(key) if sort == "group" else None}


class CorrectionForm(forms.Form):
    """Everything that a meeting can say, and what became of it."""

    state = forms.ChoiceField(label=_("Что со встречей"), widget=forms.RadioSelect)
    held_on = DayField(label=_("Дата встречи"))
    kind = forms.ChoiceField(label=_("Вид встречи"), choices=_KINDS)
    result = forms.CharField(
        label=_("Кратко результат"),
        max_length=LONGEST_RESULT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Что сделали и о чём договорились, или почему встреча не состоялась."),
    )
    topic = forms.CharField(label=_("Тема"), max_length=200, required=False)
    place = forms.CharField(
        label=_("Место или формат"), max_length=120, required=False, help_text=_("Например: кабинет 12, по видеосвязи.")
    )
    duration_minutes = forms.IntegerField(
        label=_("Продолжительность, минут"), min_value=1, max_value=LONGEST_MINUTES, required=False
    )
    note = forms.CharField(
        label=_("Заметка"),
        max_length=LONGEST_RESULT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Для наставника и куратора. Наставляемый и родители её здесь не видят, но по запросу о своих данных школа "
            "обязана её показать."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, state: MeetingState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(each.value, STATE_TITLES[each]) for each in next_states(state)]
        self.fields["state"].choices = states  # type: ignore[attr-defined]


class RhythmFilter(SearchFilterForm):
    """The filter bar of pairs by their meetings."""

    is_private = True

    form = forms.ChoiceField(label=_("Форма"))
    rhythm = forms.CharField(widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args: Any, form_rows: Sequence[Form], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", _("Все")), *((row.code, row.title) for row in form_rows)]  # type: ignore[attr-defined]

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя участника"))


class UnitFilter(SearchFilterForm):
    """The search for the pair or the group whose meeting is logged."""

    is_private = True

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя участника, название группы"))


class PlanForm(forms.Form):
    """The head of a plan; its rows are forms of their own. A персонализированная программа says more than a plan."""

    kind = forms.ChoiceField(label=_("Вид плана"), choices=[(kind.value, title) for kind, title in PLAN_TITLES.items()])
    goal = forms.CharField(
        label=_("Цель и задачи"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    starts_on = DayField(label=_("С какого дня"), required=False)
    ends_on = DayField(
        label=_("По какой день"),
        required=False,
        help_text=_("Персонализированная программа обычно длится от трёх месяцев до года."),
    )
    extended_until = DayField(label=_("Продлён до"), required=False, help_text=_("Если срок пришлось продлить."))
    manner = forms.CharField(
        max_length=120, required=False, widget=forms.TextInput(attrs={"list": MANNERS, "autocomplete": "off"})
    )
    reason = forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    directions = forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    expected = forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    control = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, has_programme: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = programme_titles()
        for part in PROGRAMME_PARTS:
            if has_programme:
                self.fields[part.name].label = titles[part.name]
            else:
                del self.fields[part.name]
        if has_programme:
            self.fields["control"].help_text = _("Когда и что смотрят вместе с куратором.")
        else:
            # What is usual of a программа is said of no other plan.
            self.fields["ends_on"].help_text = ""

    def plan_head(self) -> dict[str, Any]:
        """Return what was typed as the service takes it, the version included; the form is valid."""
        typed = dict(self.cleaned_data)
        parts = {part.name: typed.pop(part.name) for part in PROGRAMME_PARTS if part.name in typed}
        return {**typed, "programme": parts}


class PlanRowForm(forms.Form):
    """One row of a plan; a row without any text is left out."""

    section = forms.TypedChoiceField(label=_("Раздел"), coerce=int, required=False, empty_value="")
    task = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    term = forms.CharField(max_length=120, required=False)
    planned = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    actual = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    mark = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, sections: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [(str(number), title) for number, title in enumerate(sections)]  # type: ignore[attr-defined]
        titles = column_titles()
        for column in PLAN_COLUMNS:
            self.fields[column.name].label = titles[column.name]


PlanRows = forms.formset_factory(
    PlanRowForm, extra=SPARE_ROWS, max_num=MOST_ROWS, validate_max=True, absolute_max=MOST_ROWS + 10
)


class ReportForm(forms.Form):
    """The mentor's closing report."""

    done = forms.CharField(
        label=_("Что сделано"),
        max_length=LONGEST_PART,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Напишите, что сделано.")},
    )
    conclusions = forms.CharField(
        label=_("Выводы"), max_length=LONGEST_PART, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    proposals = forms.CharField(
        label=_("Предложения"), max_length=LONGEST_PART, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    @staticmethod
    def initial_of(plan: Plan | None) -> dict[str, str]:
        """Return what the report says already, and which writing of it that is."""
        said = {part: plan.report.get(part, "") for part in REPORT_PARTS} if plan is not None else {}
        return {**said, "seen": report_stamp(plan)}
