"""What is typed about mergers in a school: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from schools.mergers.rules import LONGEST_CLASS


class ClassesForm(forms.Form):
    """What classes of the other school are called here, one field a class that both have."""

    def __init__(self, *args: Any, classes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._titles = {f"class_{place}": title for place, title in enumerate(sorted(classes))}
        for name, title in self._titles.items():
            self.fields[name] = forms.CharField(
                label=_("Класс %(title)s присоединяемой школы") % {"title": title},
                max_length=LONGEST_CLASS,
                initial=classes[title],
            )

    def titles(self) -> dict[str, str]:
        """Return the other school's titles with those chosen."""
        return {title: self.cleaned_data[name] for name, title in self._titles.items()}
