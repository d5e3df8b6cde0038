"""What is typed into questionnaires: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from schools.pairs.forms import UuidListField
from schools.people.models import PersonKindChoice
from schools.questionnaires.domain import is_whole_by_no
from schools.questionnaires.words import REOPEN_REASONS, WHOLE_BY_NO
from tenants.reference.item_fields import ItemsField
from tenants.reference.items import Item, ItemType


class RoundForm(forms.Form):
    """A new round: what is asked, and whom; ``people`` are (id, words) of those found or marked by name."""

    code = forms.ChoiceField(label=_("Анкета"))
    title = forms.CharField(
        label=_("Название опроса"), max_length=200, required=False, help_text=_("Пустое – по названию анкеты.")
    )
    form_code = forms.ChoiceField(label=_("Форма наставничества"), required=False)
    due_on = DayField(label=_("Ответить до"), required=False)
    with_pairs = forms.BooleanField(label=_("Участников действующих пар"), required=False)
    with_ended = forms.BooleanField(label=_("Участников пар, завершённых в этом учебном году"), required=False)
    classes = forms.TypedMultipleChoiceField(
        label=_("Учеников классов"),
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--scale"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Тех, кто пока без пары"),
        choices=PersonKindChoice.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Новых наставников и желающих: педагогов, сотрудников, людей не из школы."),
    )
    people = UuidListField(label=_("По имени"), required=False)
    typed = forms.CharField(
        label=_("Фамилия или имя"),
        max_length=100,
        required=False,
        help_text=_("Найдите людей и отметьте, кого спросить."),
    )

    def __init__(
        self,
        *args: Any,
        templates: Sequence[tuple[str, str]],
        known_forms: Sequence[tuple[str, str]],
        rooms: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("code", templates),
            ("form_code", [("", _("все формы")), *known_forms]),
            ("classes", rooms),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def whom(self) -> dict[str, Any]:
        """Return what a preview reads: everything but the words of the round and of the search."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("title", "due_on", "typed")}


class ReopenForm(forms.Form):
    """Why answers are sent back."""

    reason = forms.ChoiceField(
        label=_("Причина"),
        choices=list(REOPEN_REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите причину.")},
    )


class TemplateForm(forms.Form):
    """A questionnaire of the school's own."""

    based_on = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Название"), max_length=200)
    intro = forms.CharField(
        label=_("Вступление"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    items = ItemsField(label=_("Вопросы"))


class AnswersForm(forms.Form):
    """One questionnaire: a field for each item; ``people`` are (id, name) of whom a choice of people offers."""

    def __init__(
        self,
        *args: Any,
        items: Sequence[Item],
        people: Sequence[tuple[str, str]],
        given: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[item.code] = _field(item, people)
            value = given.get(item.code)
            if isinstance(value, bool):
                value = "yes" if value else "no"
            self.fields[item.code].initial = value


def sent_ids(items: Sequence[Item], data: QueryDict) -> list[str]:
    """Return the people whom a form that was sent names, so that it can be shown again as it was."""
    return [each for item in items if item.type == ItemType.PEOPLE for each in data.getlist(item.code) if each]


def _field(item: Item, people: Sequence[tuple[str, str]]) -> forms.Field:
    # «Required» is the service's to say: a draft may have gaps.
    label = _("%(question)s (обязательно)") % {"question": item.text} if item.is_required else item.text
    common: dict[str, Any] = {"label": label, "required": False}
    match item.type:
        case "scale":
            numbers = [(str(number), str(number)) for number in range(1, 11)]
            hint = _("1 – совсем нет, 10 – полностью.")
            widget = forms.RadioSelect(attrs={"class": "choices--scale"})
            return forms.CharField(widget=_with(widget, numbers), help_text=hint, **common)
        case "yes_no":
            widget = _with(forms.RadioSelect(), [("yes", _("да")), ("no", _("нет"))])
            return forms.CharField(widget=widget, help_text=WHOLE_BY_NO if is_whole_by_no(item) else "", **common)
        case "text":
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
        case "choice":
            options = [(option.code, option.title) for option in item.options]
            return forms.CharField(widget=_with(forms.RadioSelect(), options), **common)
        case "choices":
            options = [(option.code, option.title) for option in item.options]
            return _Many(widget=_with(forms.CheckboxSelectMultiple(), options), **common)
        case _:
            most = _("Не больше %(most)s: сначала тот, кого хотите больше всего.") % {"most": item.most}
            return _Many(widget=RankedPeople(people, item.most), help_text=most, **common)


def _with(widget: Any, choices: Sequence[tuple[str, Any]]) -> Any:
    widget.choices = choices
    return widget


class RankedPeople(forms.Widget):
    """A list to choose from for each place: boxes to mark would lose the order of the wish."""

    template_name = "questionnaires/widgets/ranked.html"
    use_fieldset = True

    def __init__(self, people: Sequence[tuple[str, str]], most: int) -> None:
        super().__init__()
        self.people, self.most = people, most

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return none: the legend names the whole, each list has a label of its own."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show the chosen ones in their places."""
        context = super().get_context(name, value, attrs)
        chosen = [str(each) for each in value or () if each]
        places = range(1, min(self.most, len(self.people)) + 1)
        identity = context["widget"]["attrs"].get("id") or f"id_{name}"
        context["places"] = [
            {"number": n, "id": f"{identity}_{n - 1}", "value": chosen[n - 1] if n <= len(chosen) else ""}
            for n in places
        ]
        context["people"] = self.people
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the chosen ones in the order of their places."""
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [str(each) for each in sent if each]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether no list was sent."""
        return name not in data


class _Many(forms.Field):
    """Several codes as they are sent."""

    def clean(self, value: Any) -> list[str]:
        """Return them; the rules are the service's."""
        return [str(each) for each in value or []]
