"""What is typed about a rollover: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.forms import DayField
from schools.people.editions import SeenField, edition_of
from schools.people.rollover_plan import AS_CLASS, ClassChoice, ClassPlan, Plan, PupilPlan, plan_values
from schools.people.school_year import Outcome
from schools.people.words import OUTCOMES

# A whole class is not kept back.
_OF_CLASS: Final = [(str(key), words) for key, words in OUTCOMES.items() if key != Outcome.REPEAT]


class RolloverForm(forms.Form):
    """The day, and what becomes of each class: fields ``outcome-<id>`` and ``title-<id>``."""

    day = DayField(
        label=gettext_lazy("День перевода"),
        help_text=gettext_lazy("С этого дня новые классы. Обычно 1 сентября, можно и раньше, и задним числом."),
    )
    seen = SeenField()

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        seen = edition_of(plan_values(plan, [row.id for row in plan.classes], ()))
        super().__init__(data, initial={"day": plan.day, "seen": seen})
        self.classes: Sequence[ClassPlan] = plan.classes
        for row in self.classes:
            self.fields[f"outcome-{row.id}"] = forms.ChoiceField(
                label=_("%(title)s: что дальше") % {"title": row.title},
                choices=self._choices(row),
                initial=str(row.outcome),
                widget=forms.Select(attrs={"class": "input input--select"}),
            )
            self.fields[f"title-{row.id}"] = forms.CharField(
                label=_("%(title)s: новый класс") % {"title": row.title},
                max_length=30,
                required=False,
                initial=row.next_title,
                widget=forms.TextInput(attrs={"class": "input input--s"}),
            )

    def rows(self) -> list[tuple[ClassPlan, BoundField, BoundField]]:
        """Return the classes with their two fields."""
        return [(row, self[f"outcome-{row.id}"], self[f"title-{row.id}"]) for row in self.classes]

    def choices(self) -> dict[UUID, ClassChoice]:
        """Return what was chosen for the classes."""
        typed = self.cleaned_data
        return {
            row.id: ClassChoice(Outcome(typed[f"outcome-{row.id}"]), typed[f"title-{row.id}"]) for row in self.classes
        }

    @staticmethod
    def _choices(row: ClassPlan) -> list[tuple[str, Any]]:
        kept_back = [(str(Outcome.REPEAT), OUTCOMES[Outcome.REPEAT])] if row.outcome == Outcome.REPEAT else []
        return [*_OF_CLASS, *kept_back]


class RolloverPeopleForm(forms.Form):
    """Who of a class does otherwise than the class: a field for each pupil, named by his enrolment."""

    seen = SeenField()

    def __init__(self, *args: Any, plan: Plan, pupils: Sequence[PupilPlan], **kwargs: Any) -> None:
        self.standing = plan_values(plan, (), [row.move.stay.enrolment_id for row in pupils])
        kwargs["initial"] = {"seen": edition_of(self.standing)}
        super().__init__(*args, **kwargs)
        choices = [(AS_CLASS, _("как весь класс")), *((str(key), words) for key, words in OUTCOMES.items())]
        for row in pupils:
            key = str(row.move.stay.enrolment_id)
            self.fields[key] = forms.ChoiceField(label=row.full_name, choices=choices, initial=self.standing[key])

    def chosen(self) -> dict[UUID, str]:
        """Return the outcomes by enrolment; empty ones for those who do as the class does."""
        typed = {key: said for key, said in self.cleaned_data.items() if key != "seen"}
        return {UUID(key): "" if said == AS_CLASS else said for key, said in typed.items()}


class ConfirmRolloverForm(forms.Form):
    """The one confirmation."""

    with_teachers = forms.BooleanField(
        label=gettext_lazy("Классные руководители переходят вместе со своими классами"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "У кого класс выпускается, роль классного руководителя этого класса снимается. Неиспользованные "
            "приглашения классных руководителей отзываются: выдайте новые."
        ),
    )
