"""Form pieces every app shares: dates people can pick, files with limits checked before parsing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")


class DayInput(forms.DateInput):
    """The browser's own date picker, which wants ISO dates whatever the page's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show what is not an ISO date as text: a picker would silently drop what the person typed."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not ISO_DAY.fullmatch(str(shown)):
            context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A day, picked or typed as ``дд.мм.гггг``."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", DAY_FORMATS)
        super().__init__(**kwargs)


class LimitedFileField(forms.FileField):
    """A file refused by size or ending before anything reads it; the limits are told beside the field.

    ``max_bytes`` bounds the upload, ``extensions`` are lower-case with the dot. The ending is a courtesy to the
    person, not a proof: whoever parses the content checks it again.
    """

    def __init__(self, *, max_bytes: int, extensions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_bytes = max_bytes
        self.extensions = tuple(extension.lower() for extension in extensions)
        self.widget.attrs["accept"] = ",".join(self.extensions)

    @property
    def limits_text(self) -> str:
        return _("Файл %(extensions)s, не больше %(size)s.") % {
            "extensions": ", ".join(self.extensions),
            "size": filesizeformat(self.max_bytes),
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        if isinstance(cleaned, UploadedFile):
            self._check(cleaned)
        return cleaned

    def _check(self, upload: UploadedFile[Any]) -> None:
        if not (upload.name or "").lower().endswith(self.extensions):
            raise ValidationError(
                _("Нужен файл %(extensions)s. Сохраните таблицу в этом виде и выберите её снова."),
                code="extension",
                params={"extensions": ", ".join(self.extensions)},
            )
        if (upload.size or 0) > self.max_bytes:
            raise ValidationError(
                _("Файл больше %(size)s. Разделите его на части или удалите лишние листы."),
                code="too_large",
                params={"size": filesizeformat(self.max_bytes)},
            )


class SearchFilterForm(forms.Form):
    """Base of filter bars: a search box ``q`` and whatever the list adds; every field is optional and sent by GET."""

    # A list of people sets this: the words of a search must not stand in an address (``core.ui.private_search``).
    is_private = False

    q = forms.CharField(required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = self.search_label()
        for field in self.fields.values():
            field.required = False

    def search_label(self) -> str:
        """Return the search box's label; lists override it to say what is searched."""
        return _("Поиск")

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything is chosen, so that «Сбросить» is offered only then."""
        return any(self.data.get(self.add_prefix(name)) for name in self.fields)
