"""Forms of the import wizard: the files, the columns of each sheet, the leaving date of those who are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy

from core.spreadsheets import DEFAULT_LIMITS
from core.ui.forms import DayField, LimitedFileField
from schools.imports.domain.fields import FIELDS, KIND_TITLES, SheetKind
from schools.imports.domain.layout import HEADER_SEARCH_ROWS, Heading, Layout, column_letter
from schools.imports.services import SheetChoice
from schools.people.editions import SeenField

_WIDEST_CHOICE = 40


class ManyFilesInput(forms.FileInput):
    """The browser's file chooser for several files at once."""

    allow_multiple_selected = True


class ManyFilesField(LimitedFileField):
    """One file or several, each within the limits; cleans to a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Check every file."""
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(item, initial) for item in chosen or [None]]


class UploadForm(forms.Form):
    """The files of an import."""

    workbooks = ManyFilesField(
        label=gettext_lazy("Файлы Excel или CSV"),
        help_text=gettext_lazy("Контингент, пары и согласия – по одному или сразу все."),
        max_bytes=DEFAULT_LIMITS.file_bytes,
        extensions=[".xlsx", ".csv", ".txt"],
    )


class SheetForm(forms.Form):
    """How one sheet is read: what its rows are, where its header stands, which column holds what."""

    kind = forms.ChoiceField(label=gettext_lazy("Что на листе"), required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Строка заголовков"),
        min_value=1,
        max_value=HEADER_SEARCH_ROWS * 10,
        help_text=gettext_lazy("Номер строки, как в Excel."),
    )

    def __init__(self, *args: Any, layout: dict[str, Any], headings: Sequence[Heading], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"kind": layout["kind"], "header_row": layout["header_row"]})
        super().__init__(*args, **kwargs)
        self.layout = layout
        kinds = [(kind.value, gettext(KIND_TITLES[kind])) for kind in SheetKind]
        self.fields["kind"].choices = [("", gettext("Не загружать")), *kinds]  # type: ignore[attr-defined]
        # The shown columns belong to the stored kind; another kind shows its own after the next submission.
        self._shown = FIELDS[SheetKind(layout["kind"])] if layout["kind"] else ()
        choices = [("", gettext("Нет такого столбца")), *((str(item.index), _words(item)) for item in headings)]
        for field in self._shown:
            self.fields[f"column_{field.id}"] = forms.ChoiceField(
                label=gettext(field.title),
                choices=choices,
                required=False,
                initial=str(layout["columns"].get(field.id, "")),
            )
        if layout["kind"] == SheetKind.PUPILS and "class_name" not in layout["columns"]:
            self.fields["class_name"] = forms.CharField(
                label=gettext("Класс всего листа"),
                required=False,
                max_length=30,
                initial=layout.get("class_name", ""),
                help_text=gettext("Столбца «Класс» на листе нет. Оставьте пустым, если на листе разные классы."),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse one column for two fields: a date of birth is no date of admission."""
        cleaned: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for field in self._shown:
            index = cleaned.get(f"column_{field.id}")
            if index and index in taken:
                self.add_error(
                    f"column_{field.id}",
                    gettext("Столбец %(letter)s уже выбран для поля «%(field)s».")
                    % {"letter": column_letter(int(index)), "field": taken[index]},
                )
            elif index:
                taken[index] = gettext(field.title)
        return cleaned

    def choice(self) -> SheetChoice:
        """Return what was chosen in a valid form; after another kind or header row the columns are guessed anew."""
        data = self.cleaned_data
        kind = SheetKind(data["kind"]) if data["kind"] else None
        is_same = (data["kind"], data["header_row"]) == (self.layout["kind"], self.layout["header_row"])
        columns: dict[str, int | None] = {}
        if is_same:
            for field in self._shown:
                index = data.get(f"column_{field.id}")
                columns[field.id] = int(index) if index else None
        return SheetChoice(kind, data["header_row"], columns, data.get("class_name") if is_same else None)


class FeedPolicyForm(forms.Form):
    """When what a programme sends is written without a person."""

    is_automatic = forms.BooleanField(
        label=gettext_lazy("Записывать без подтверждения, если всё в порядке"), required=False
    )
    most_refused_percent = forms.IntegerField(
        label=gettext_lazy("Не принято строк, не больше, %"), min_value=0, max_value=100
    )
    most_absent = forms.IntegerField(
        label=gettext_lazy("Нет в списке тех, кто числится, не больше, чел."), min_value=0, max_value=10_000
    )
    seen = SeenField()


class LeavingForm(forms.Form):
    """Who of those missing from the newer list has left, and when."""

    left_on = DayField(
        label=gettext_lazy("Дата выбытия"),
        help_text=gettext_lazy("Предложен день загрузки списка. У кого день другой, запишите отдельно."),
    )
    enrolments = forms.MultipleChoiceField(
        label=gettext_lazy("Кто выбыл"), widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enrolments"].choices = [(str(key), words) for key, words in people]  # type: ignore[attr-defined]


def missing_titles(layout: Layout) -> list[str]:
    """Return the titles of the fields that a sheet cannot be read without and that have no column."""
    titles = {field.id: gettext(field.title) for field in FIELDS[layout.kind]}
    return [titles[choice[0]] for choice in layout.missing()]


def _words(heading: Heading) -> str:
    text = heading.text[:_WIDEST_CHOICE]
    return f"{heading.letter}: {text}" if text else heading.letter
