"""Forms of the reference data: each gives the content of a version, and for a new entry its code."""

from __future__ import annotations

from typing import Any, ClassVar, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.components import Text
from core.ui.forms import DayField
from tenants.reference import models
from tenants.reference.item_fields import ItemsField
from tenants.reference.items import QUESTIONNAIRE_KINDS, QUESTIONNAIRE_ROLES
from tenants.reference.own_forms import OWN_PREFIX
from tenants.reference.selectors import definitions_now, forms_now
from tenants.reference.stages import StagesField

# The kinds of people a school tells apart, as the region's lists name them.
PEOPLE: Final[list[tuple[str, Text]]] = [
    ("pupil", gettext_lazy("обучающийся")),
    ("teacher", gettext_lazy("педагог")),
    ("staff", gettext_lazy("сотрудник")),
    ("parent", gettext_lazy("родитель")),
    ("alumnus", gettext_lazy("выпускник")),
    ("student", gettext_lazy("студент")),
    ("enterprise", gettext_lazy("сотрудник предприятия")),
    ("other", gettext_lazy("другое")),
]
# Whoever may be a mentor without studying or working in the school.
OUTSIDE: Final = [person for person in PEOPLE if person[0] not in ("pupil", "teacher", "staff")]
ENROLLED: Final = [person for person in PEOPLE if person[0] in ("pupil", "teacher")]

# Виды наставничества of a profile: characters of one, and how many.
PROFILE_MANNER: Final = 120
MOST_MANNERS: Final = 20

_CODE_HELP = gettext_lazy(
    "Латинские буквы, цифры, дефис и подчёркивание. Даётся один раз и больше не меняется: по нему запись узнают "
    "документы и выгрузки."
)


class KindsField(forms.MultipleChoiceField):
    """One or more kinds of people; with ``required=False`` none, too."""

    def __init__(self, label: Text, choices: Any, **more: Any) -> None:
        super().__init__(label=cast("str", label), choices=choices, widget=forms.CheckboxSelectMultiple, **more)


class WordingField(forms.CharField):
    """A part of a document's text: each line is a paragraph."""

    def __init__(self, label: Text, help_text: Text = "") -> None:
        super().__init__(
            label=cast("str", label),
            help_text=cast("str", help_text),
            max_length=3000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def clean(self, value: Any) -> str:
        """Return the text with line feeds alone, as it is stored: browsers send carriage returns too."""
        return str(super().clean(value)).replace("\r\n", "\n")


class LinesField(forms.CharField):
    """Short texts, a line each; a programme sends a list of them as it is."""

    def __init__(self, label: Text, help_text: Text = "", *, longest: int, most: int) -> None:
        super().__init__(
            label=cast("str", label),
            help_text=cast("str", help_text),
            required=False,
            widget=forms.Textarea(attrs={"rows": 5}),
        )
        self.longest, self.most = longest, most

    def prepare_value(self, value: Any) -> Any:
        """Show a stored list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines that say something, each once.

        :raises ValidationError: too many of them, or one that is too long.
        """
        typed = [str(line) for line in value] if isinstance(value, list) else str(super().clean(value)).splitlines()
        lines = list(dict.fromkeys(line.strip() for line in typed if line.strip()))
        if len(lines) > self.most:
            raise forms.ValidationError(_("Строк не больше %(n)s.") % {"n": self.most})
        if long := next((line for line in lines if len(line) > self.longest), None):
            sentence = _("Строка длиннее %(n)s знаков, сократите её: «%(line)s…»")
            raise forms.ValidationError(sentence % {"n": self.longest, "line": long[:40]})
        return lines


class EntryForm(forms.Form):
    """Base: an entry's code (asked once, for a new entry) and the ground of the change."""

    code = forms.SlugField(label=gettext_lazy("Обозначение"), max_length=60, help_text=_CODE_HELP)
    source = forms.CharField(
        label=gettext_lazy("Основание"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Документ, из которого взята эта редакция"),
    )
    # Fields that name the entry: fixed once it exists.
    identity: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, entry: models.Versioned | None = None, **kwargs: Any) -> None:
        if entry is not None:
            kwargs["initial"] = {name: getattr(entry, name) for name in self.base_fields if name != "code"}
        super().__init__(*args, **kwargs)
        self.entry = entry
        for name in ("code", *self.identity) if entry is not None else ():
            self.fields.pop(name, None)
        self.order_fields([name for name in self.fields if name != "source"] + ["source"])

    def entry_code(self) -> str:
        """Return the code of the new entry."""
        return str(self.cleaned_data["code"])

    def content(self) -> dict[str, Any]:
        """Return the content of the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "code"}


class FormForm(EntryForm):
    """A form of mentoring."""

    title = forms.CharField(label=gettext_lazy("Название"), max_length=120)
    mentor_kinds = KindsField(gettext_lazy("Кто может быть наставником"), PEOPLE)
    mentee_kinds = KindsField(gettext_lazy("Кто может быть наставляемым"), PEOPLE)
    is_mentor_outside = forms.BooleanField(label=gettext_lazy("Наставник не из школы"), required=False)
    position = forms.IntegerField(label=gettext_lazy("Место в списке"), min_value=0, max_value=9999, initial=100)

    def clean_code(self) -> str:
        """Keep the region's codes apart from those that schools' own forms are given."""
        code = str(self.cleaned_data["code"])
        if code.startswith(OWN_PREFIX):
            words = _("С «%(prefix)s» начинаются обозначения своих форм школ: возьмите другое.")
            raise ValidationError(words % {"prefix": OWN_PREFIX})
        return code


class RoleVariantForm(EntryForm):
    """A role model of a form; its code follows from the form's."""

    code = None  # type: ignore[assignment]
    identity = ("form_code",)
    form_code = forms.ChoiceField(label=gettext_lazy("Форма"))
    title = forms.CharField(label=gettext_lazy("Название"), max_length=160)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("form_code"), forms.ChoiceField):
            field.choices = [(form.code, form.title) for form in forms_now(with_withdrawn=True)]

    def entry_code(self) -> str:
        """Return the form's code with the next number: numbers of withdrawn variants are not given again."""
        form = str(self.cleaned_data["form_code"])
        taken = models.RoleVariant.objects.filter(form_code=form).values_list("code", flat=True)
        number = max((int(tail) for code in taken if (tail := code.rpartition("-")[2]).isdigit()), default=0)
        return f"{form}-{number + 1}"


class ConsentKindForm(EntryForm):
    """A purpose of consent. Which kind decides counting is the product's rule, not a setting."""

    title = forms.CharField(label=gettext_lazy("Название"), max_length=160)
    is_of_minors = forms.BooleanField(
        label=gettext_lazy("Нужно только до 18 лет"),
        required=False,
        help_text=gettext_lazy("Со взрослых его не спрашивают, с 18-летием новая подпись не нужна."),
    )
    heading = forms.CharField(label=gettext_lazy("Заголовок документа"), max_length=200, required=False)
    purpose = WordingField(gettext_lazy("Цель"))
    data_list = WordingField(gettext_lazy("Перечень данных"))
    processor = WordingField(
        gettext_lazy("Кто обрабатывает данные по поручению школы"),
        help_text=gettext_lazy("Наименование и адрес. Если пусто, в бланке остаётся место, чтобы вписать."),
    )
    actions = WordingField(gettext_lazy("Действия с данными и способы обработки"))
    term = WordingField(gettext_lazy("Срок, в течение которого согласие действует"))
    withdrawal = WordingField(gettext_lazy("Как отозвать"))


class ClearanceKindForm(EntryForm):
    """A paper that schools may ask of mentors from outside."""

    title = forms.CharField(
        label=gettext_lazy("Название"),
        max_length=160,
        help_text=gettext_lazy("Как в списке: «справка об отсутствии судимости»"),
    )
    asked_of = KindsField(gettext_lazy("С кого спрашивают"), OUTSIDE)
    usual_months = forms.IntegerField(
        label=gettext_lazy("Обычный срок, месяцев"),
        min_value=1,
        max_value=600,
        required=False,
        help_text=gettext_lazy("Подсказка, когда документ записывают. Пусто – срока обычно нет."),
    )
    by_default = forms.ChoiceField(
        label=gettext_lazy("Если школа не решила иначе"),
        choices=models.CLEARANCE_RULES,
        widget=forms.RadioSelect,
        initial="warn",
    )
    basis = forms.CharField(
        label=gettext_lazy("Правовое основание"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    position = forms.IntegerField(label=gettext_lazy("Место в списке"), min_value=0, max_value=9999, initial=100)


class DefinitionForm(EntryForm):
    """A definition of coverage."""

    title = forms.CharField(label=gettext_lazy("Название"), max_length=200)
    kinds = KindsField(gettext_lazy("Кто считается"), ENROLLED)
    roles = forms.ChoiceField(
        label=gettext_lazy("В какой роли"),
        choices=[
            ("any", gettext_lazy("в любой")),
            ("mentee", gettext_lazy("наставляемый")),
            ("mentor", gettext_lazy("наставник")),
        ],
        widget=forms.RadioSelect,
        initial="any",
    )
    age_from = forms.IntegerField(
        label=gettext_lazy("Возраст с, полных лет"), min_value=0, max_value=120, required=False
    )
    age_to = forms.IntegerField(
        label=gettext_lazy("Возраст по, полных лет включительно"), min_value=0, max_value=120, required=False
    )
    needs_consent = forms.BooleanField(
        label=gettext_lazy("Считать только тех, чьё согласие на обработку данных действует"),
        required=False,
        initial=True,
    )
    position = forms.IntegerField(label=gettext_lazy("Место в списке"), min_value=0, max_value=9999, initial=100)

    def clean(self) -> dict[str, Any]:
        """Check the order of the ages."""
        cleaned = super().clean() or {}
        lowest, highest = cleaned.get("age_from"), cleaned.get("age_to")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("age_to", _("Верхняя граница возраста меньше нижней"))
        return cleaned


class TargetForm(EntryForm):
    """A target; its code follows from definition and year."""

    code = None  # type: ignore[assignment]
    identity = ("definition_code", "year")
    definition_code = forms.ChoiceField(label=gettext_lazy("Показатель"))
    year = forms.IntegerField(label=gettext_lazy("Год"), min_value=2019, max_value=2100)
    percent = forms.DecimalField(
        label=gettext_lazy("Процент"), min_value=0, max_value=100, max_digits=5, decimal_places=2, localize=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("definition_code"), forms.ChoiceField):
            field.choices = [(row.code, row.title) for row in definitions_now(with_withdrawn=True)]

    def entry_code(self) -> str:
        """Return definition and year."""
        return f"{self.cleaned_data['definition_code']}-{self.cleaned_data['year']}"


class LegalActForm(EntryForm):
    """A legal act."""

    title = forms.CharField(label=gettext_lazy("Название"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    number = forms.CharField(label=gettext_lazy("Номер"), max_length=60, required=False)
    issued_on = DayField(label=gettext_lazy("Дата"), required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Уровень"),
        choices=[
            ("federal", gettext_lazy("федеральный")),
            ("regional", gettext_lazy("региональный")),
            ("municipal", gettext_lazy("муниципальный")),
        ],
    )
    url = forms.URLField(label=gettext_lazy("Ссылка на текст"), required=False, assume_scheme="https")
    papers = KindsField(
        gettext_lazy("Какие приказы школ на него ссылаются"),
        models.CITING_PAPERS,
        required=False,
        initial=[code for code, _title in models.CITING_PAPERS],
    )
    form_codes = KindsField(
        gettext_lazy("Только если в приказе есть пары этих форм"),
        [],
        required=False,
        help_text=gettext_lazy("Ничего не отмечено – в любых формах."),
    )
    mentee_kinds = KindsField(
        gettext_lazy("Только если наставляемый в форме может быть"),
        PEOPLE,
        required=False,
        help_text=gettext_lazy("Ничего не отмечено – кто угодно."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("form_codes"), forms.MultipleChoiceField):
            field.choices = [(form.code, form.title) for form in forms_now(with_withdrawn=True)]


class ProfileForm(EntryForm):
    """A methodology profile."""

    title = forms.CharField(label=gettext_lazy("Название"), max_length=160)
    base_word = forms.ChoiceField(
        label=gettext_lazy("Как называют списки участников"),
        choices=[("base", gettext_lazy("база")), ("bank", gettext_lazy("банк"))],
        widget=forms.RadioSelect,
        initial="base",
    )
    programme_word = forms.CharField(label=gettext_lazy("Как называют программу"), max_length=100)
    mentee_kinds = KindsField(
        gettext_lazy("Профиль только для пар, где наставляемый"),
        PEOPLE,
        required=False,
        help_text=gettext_lazy(
            "Ничего не отмечено – профиль для всех пар. Отмеченное – слова и отметки этого профиля относятся только к "
            "таким парам, а у каждой пары вместо плана своя программа."
        ),
    )
    manners = LinesField(
        gettext_lazy("Виды наставничества"),
        gettext_lazy(
            "Каждый с новой строки: из них выбирают, составляя программу пары. Нужны только профилю, где у пары своя "
            "программа."
        ),
        longest=PROFILE_MANNER,
        most=MOST_MANNERS,
    )
    position = forms.IntegerField(label=gettext_lazy("Место в списке"), min_value=0, max_value=9999, initial=100)
    stages = StagesField(
        label=gettext_lazy("Этапы и мероприятия"),
        help_text=gettext_lazy(
            "Пустые строки не сохраняются. Чтобы убрать мероприятие или этап, сотрите его текст. Новые пустые строки "
            "появятся после сохранения."
        ),
    )


class QuestionnaireForm(EntryForm):
    """A questionnaire; when, whom and in which form it asks is fixed once it exists."""

    identity = ("kind", "role", "form_code")
    title = forms.CharField(label=gettext_lazy("Название"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Когда спрашивают"), choices=QUESTIONNAIRE_KINDS)
    role = forms.ChoiceField(label=gettext_lazy("Кого спрашивают"), choices=QUESTIONNAIRE_ROLES)
    form_code = forms.ChoiceField(label=gettext_lazy("Форма наставничества"), required=False)
    intro = forms.CharField(
        label=gettext_lazy("Вступление"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    items = ItemsField(label=gettext_lazy("Вопросы"))
    position = forms.IntegerField(label=gettext_lazy("Место в списке"), min_value=0, max_value=9999, initial=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields.get("form_code"), forms.ChoiceField):
            known = [(form.code, form.title) for form in forms_now(with_withdrawn=True)]
            field.choices = [("", _("любая")), *known]
        items = self.fields["items"]
        if isinstance(items, ItemsField) and self.entry is not None:
            items.known = cast("models.Questionnaire", self.entry).items
