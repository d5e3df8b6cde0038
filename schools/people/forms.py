"""What is typed about people: parsing only, the rules are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField
from schools.people.domain import ENROLLED_KINDS
from schools.people.editions import SeenField, edition_of
from schools.people.enrolments import EnrolmentData
from schools.people.models import Person, PersonKindChoice
from schools.people.services import TYPED, PersonData, person_values

_SEXES = [("", _("не указан")), ("f", _("женский")), ("m", _("мужской"))]
ENROLLED_CHOICES = [(value, label) for value, label in PersonKindChoice.choices if value in ENROLLED_KINDS]


class PersonForm(forms.Form):
    """A person's own data and kinds."""

    surname = forms.CharField(label=_("Фамилия"), max_length=100)
    name = forms.CharField(label=_("Имя"), max_length=100)
    patronymic = forms.CharField(label=_("Отчество"), max_length=100, required=False)
    birth_date = DayField(label=_("Дата рождения"))
    kinds = forms.MultipleChoiceField(
        label=_("Кто это"),
        choices=PersonKindChoice.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Можно отметить несколько: педагог бывает и родителем, и наставником."),
        error_messages={"required": _("Отметьте хотя бы одно.")},
    )
    sex = forms.ChoiceField(label=_("Пол"), choices=_SEXES, required=False)
    snils = forms.CharField(
        label=_("СНИЛС"),
        max_length=20,
        required=False,
        help_text=_("11 цифр. По нему регион не посчитает человека дважды, если он числится в двух школах."),
    )
    phone = forms.CharField(label=_("Телефон"), max_length=40, required=False)
    email = forms.CharField(label=_("Электронная почта"), max_length=254, required=False)
    seen = SeenField()

    def data_of_person(self) -> PersonData:
        """Return what was typed, for the service."""
        typed = self.cleaned_data
        return PersonData(
            surname=typed["surname"],
            name=typed["name"],
            patronymic=typed["patronymic"],
            birth_date=typed["birth_date"],
            sex=typed["sex"],
            snils=typed["snils"],
            phone=typed["phone"],
            email=typed["email"],
            kinds=typed["kinds"],
        )

    def typed_values(self) -> dict[str, Any]:
        """Return what was typed under the names of ``person_values``."""
        data = self.data_of_person()
        return {**{name: getattr(data, name) for name in TYPED}, "kinds": sorted(data.kinds)}

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        """Return what the form shows of a stored person."""
        values = person_values(person)
        return {**values, "seen": edition_of(values)}


class NewPersonForm(PersonForm):
    """A new person, with the enrolment in the same go."""

    # Nothing is there yet that somebody else could change.
    seen = None  # type: ignore[assignment]
    admitted_on = DayField(
        label=_("Дата зачисления или приёма на работу"),
        required=False,
        help_text=_("Для учеников и работников школы. У родителей и людей с предприятий оставьте пустой."),
    )
    class_name = forms.CharField(label=_("Класс"), max_length=30, required=False, help_text=_("Например, 7А."))
    post = forms.CharField(label=_("Должность"), max_length=160, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the day when a class or a post was typed: without it nobody is enrolled."""
        typed: dict[str, Any] = super().clean() or {}
        if (typed.get("class_name") or typed.get("post")) and not typed.get("admitted_on"):
            self.add_error("admitted_on", _("Укажите дату: без неё человек не числится в школе."))
        if typed.get("admitted_on") and not set(typed.get("kinds") or ()) & set(ENROLLED_KINDS):
            self.add_error("kinds", _("Дата зачисления бывает у обучающегося, педагога или сотрудника."))
        return typed

    def enrolments(self) -> list[EnrolmentData]:
        """Return the enrolments typed: one for each kind that can be enrolled."""
        typed = self.cleaned_data
        if typed["admitted_on"] is None:
            return []
        return [
            EnrolmentData(
                kind=kind, admitted_on=typed["admitted_on"], class_name=typed["class_name"], post=typed["post"]
            )
            for kind in typed["kinds"]
            if kind in ENROLLED_KINDS
        ]


class EnrolmentForm(forms.Form):
    """Coming to the school."""

    kind = forms.ChoiceField(label=_("Кем"), choices=ENROLLED_CHOICES, widget=forms.RadioSelect)
    admitted_on = DayField(label=_("Дата зачисления или приёма на работу"))
    class_name = forms.CharField(
        label=_("Класс"), max_length=30, required=False, help_text=_("Только для обучающихся, например 7А.")
    )
    post = forms.CharField(
        label=_("Должность"), max_length=160, required=False, help_text=_("Только для педагогов и сотрудников.")
    )
    experience_years = forms.IntegerField(label=_("Стаж, полных лет"), required=False, min_value=0, max_value=80)


class EnrolmentDaysForm(forms.Form):
    """The days of an enrolment, corrected; of one that goes on in the next class the first day alone."""

    admitted_on = DayField(label=_("Дата зачисления или приёма"))
    left_on = DayField(
        label=_("Дата выбытия"), required=False, help_text=_("Пустая дата снимает выбытие: человек снова числится.")
    )
    seen = SeenField()

    def __init__(self, *args: Any, is_continued: bool, **more: Any) -> None:
        """Ask for a day of leaving only where one is kept: whoever went on in the next class has not left."""
        super().__init__(*args, **more)
        if is_continued:
            del self.fields["left_on"]


class LeavingForm(forms.Form):
    """Leaving the school."""

    left_on = DayField(label=_("Дата выбытия"), help_text=_("С этого дня человек уже не числится и не входит в охват."))
    seen = SeenField()


class ClassForm(forms.Form):
    """Another class."""

    class_name = forms.CharField(label=_("Новый класс"), max_length=30, help_text=_("Например, 8А."))
    seen = SeenField()


class GuardianForm(forms.Form):
    """A legal representative: searched by name, chosen from those found."""

    q = forms.CharField(
        label=_("Фамилия и имя представителя"),
        max_length=100,
        required=False,
        help_text=_("Введите фамилию и нажмите «Найти»."),
    )
    guardian = forms.UUIDField(
        label=_("Представитель"), error_messages={"required": _("Выберите представителя из найденных.")}
    )
    kinship = forms.CharField(label=_("Кем приходится"), max_length=40, help_text=_("Мать, отец, опекун."))
