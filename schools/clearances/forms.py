"""What is typed about papers of mentors from outside: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.ui.forms import DayField, SearchFilterForm
from schools.clearances.domain import Rule
from schools.clearances.selectors import cell_of
from schools.clearances.words import RULE_WORDS
from schools.people.editions import SeenField, edition_of
from schools.people.models import PersonKindChoice
from tenants.reference.clearances import ClearanceKind

# No code of a paper begins so.
RULES_SEEN: Final = "_seen"


class PaperForm(forms.Form):
    """A paper; without ``kinds`` one that is recorded already, whose kind stays."""

    kind = forms.ChoiceField(label=_("Документ"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Номер"), max_length=60, required=False, help_text=_("Как на документе, если он есть.")
    )
    issued_on = DayField(label=_("Дата документа"), help_text=_("С этого дня документ действует."))
    issuer = forms.CharField(
        label=_("Кем выдан или с кем заключён"), max_length=200, required=False, help_text=_("Организация или орган.")
    )
    valid_until = DayField(
        label=_("Действует до"),
        required=False,
        help_text=_("Последний день. Оставьте пустым, если срока нет."),
    )
    seen = SeenField()

    def __init__(self, *args: Any, kinds: Sequence[ClearanceKind] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kinds is None:
            del self.fields["kind"]
        else:
            # Nothing is there yet that somebody else could change.
            del self.fields["seen"]
            self.fields["kind"].choices = [(row.code, row.title) for row in kinds]  # type: ignore[attr-defined]


class WithdrawalForm(forms.Form):
    """The end of a paper."""

    withdrawn_on = DayField(label=_("С какого дня не действует"))
    reason = forms.CharField(
        label=_("Почему"), max_length=200, help_text=_("Договор расторгнут, заменён новым, записан по ошибке.")
    )


@dataclass(frozen=True, slots=True)
class PaperRules:
    """A paper on the form of rules: what it is, what the region says of it, a field for each kind of person."""

    title: str
    hint: str
    fields: list[forms.BoundField]


class RulesForm(forms.Form):
    """What the school does about each paper that is not there; a field for each cell of the rules, by its name."""

    def __init__(self, *args: Any, kinds: Sequence[ClearanceKind], rules: Mapping[str, Rule], **kwargs: Any) -> None:
        kwargs["initial"] = {cell: rule.value for cell, rule in rules.items()}
        kwargs["initial"][RULES_SEEN] = edition_of(rules)
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        self.fields[RULES_SEEN] = SeenField()
        labels = dict(PersonKindChoice.choices)
        for kind in kinds:
            for person_kind in kind.asked_of:
                of_whom = str(labels.get(person_kind, person_kind))
                field = forms.ChoiceField(
                    label=of_whom.capitalize(), choices=[(rule.value, words) for rule, words in RULE_WORDS.items()]
                )
                # In the summary of errors no heading of a paper stands above it.
                field.label_in_summary = f"{kind.title}, {of_whom}"  # type: ignore[attr-defined]
                self.fields[cell_of(kind.code, person_kind)] = field

    def papers(self) -> list[PaperRules]:
        """Return the fields under the papers that they are about."""
        return [
            PaperRules(
                title=kind.title[:1].upper() + kind.title[1:],
                hint=" ".join(filter(None, [_proposed(kind), _basis(kind)])),
                fields=[self[cell_of(kind.code, person_kind)] for person_kind in kind.asked_of],
            )
            for kind in self.kinds
        ]


def _proposed(kind: ClearanceKind) -> str:
    return str(_("Регион предлагает: %(rule)s.")) % {"rule": RULE_WORDS[Rule(kind.by_default)]}


def _basis(kind: ClearanceKind) -> str:
    return str(_("Основание: %(basis)s.")) % {"basis": kind.basis} if kind.basis else ""


class ClearanceFilter(SearchFilterForm):
    """The filter bar of the list."""

    is_private = True

    kind = forms.ChoiceField(label=_("Какого документа нет"))
    show = forms.CharField(widget=forms.HiddenInput, max_length=10)

    def __init__(self, *args: Any, kinds: Sequence[ClearanceKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Любого")), *((row.code, row.title) for row in kinds)]  # type: ignore[attr-defined]

    def search_label(self) -> str:
        """Say what is searched."""
        return str(_("Фамилия или имя"))
