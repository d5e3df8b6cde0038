"""What is typed on a class's sheet of consents: parsing only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui.components import Text
from core.ui.forms import DayField, DayInput
from schools.consents.models import Consent
from schools.consents.services import ConsentData, clean_number
from schools.consents.sheets import ADULTS, SheetLine, SheetRow
from schools.people.lost_rows import LostRow, ids_among
from schools.people.models import SchoolClass
from tenants.reference.selectors import ConsentKind

_SIGNERS: Final = [
    (Consent.Signer.REPRESENTATIVE, gettext_lazy("представитель")),
    (Consent.Signer.SELF, gettext_lazy("сам")),
]
_VALUES: Final = ("number", "given_on", "signer", "kinship")
_INPUTS: Final = ("signed", *_VALUES, "stood", "was", "who")


class SheetChoice(forms.Form):
    """Which class and which kind: the choice on top of the sheet, kept in the address."""

    room = forms.ChoiceField(label=gettext_lazy("Класс"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Вид согласия"), required=False)
    # Nothing is left to reset: one of the classes is always shown.
    is_filtered = False
    is_private = False

    def __init__(
        self, data: Any, *, kinds: Sequence[ConsentKind], rooms: Sequence[SchoolClass], with_adults: bool
    ) -> None:
        places = [(str(row.pk), row.title) for row in rooms]
        if with_adults:
            places.append((ADULTS, _("Педагоги и сотрудники")))
        self.kinds = kinds
        titles = [(row.code, row.title) for row in kinds]
        first = {"room": places[0][0] if places else "", "kind": titles[0][0] if titles else ""}
        known = {"room": {key for key, _title in places}, "kind": {key for key, _title in titles}}
        chosen = {name: data.get(name) if data.get(name) in known[name] else first[name] for name in first}
        super().__init__(chosen)
        self.fields["room"].choices = places  # type: ignore[attr-defined]
        self.fields["kind"].choices = titles  # type: ignore[attr-defined]
        self.chosen_room, self.chosen_kind = str(chosen["room"]), str(chosen["kind"])


class SheetForm(forms.Form):
    """A row of fields for each person, named ``<what>-<id of the person>``, and one term for all new papers.

    ``stood-…`` carries the id of the consent that stood in the row and ``was-…`` what the page said of it: a row is
    saved when it says something else, and refused when somebody else has changed the record meanwhile. ``who-…`` is
    the name: a row that cannot be taken any more is told by it.
    """

    valid_until = DayField(
        label=gettext_lazy("Новые действуют до"),
        required=False,
        help_text=gettext_lazy("Оставьте пустым, если срок не указан: до отзыва."),
    )

    def __init__(self, data: Any = None, *, lines: Sequence[SheetLine], proposed_day: Any) -> None:
        super().__init__(data)
        self.lines = lines
        self.proposed_day = proposed_day
        for line in lines:
            self._add(line)

    def rows(self) -> list[dict[str, Any]]:
        """Return for the page the people with their fields."""
        return [
            {
                "line": line,
                **{name: self._bound(name, line) for name in _INPUTS if self._key(name, line) in self.fields},
            }
            for line in self.lines
        ]

    def changed(self) -> list[SheetRow]:
        """Return the rows that were filled in or changed."""
        return [self._row(line) for line in self.lines if self._is_changed(line)]

    def field_of(self, row: SheetRow, name: str) -> str:
        """Return the form's name of a field of a row, for what the service finds fault with."""
        known = {"number", "given_on", "signer"}
        return f"{name if name in known else 'number'}-{row.person_id}"

    def clean(self) -> dict[str, Any]:
        """Ask for the date where it was emptied in a row that is to be saved; refuse a row that is out of date."""
        cleaned = super().clean() or {}
        for line in self.lines:
            key = self._key("given_on", line)
            if key in self.errors or not self._is_changed(line):
                continue
            if cleaned.get(key) is None:
                self.add_error(key, _("Укажите дату согласия."))
            elif self._sent("stood", line) and self._sent("was", line) != _stored(line.consent):
                sentence = _("Запись изменили, пока вы печатали. Откройте страницу заново.")
                self.add_error(self._key("number", line), sentence)
        return cleaned

    def _row(self, line: SheetLine) -> SheetRow:
        typed = {name: self._typed(name, line) for name in _VALUES}
        data = ConsentData(
            kind="",
            signer=typed["signer"],
            given_on=typed["given_on"],
            signer_kinship=typed["kinship"],
            number=typed["number"],
            valid_until=line.consent.valid_until if line.consent else self.cleaned_data.get("valid_until"),
        )
        return SheetRow(person_id=line.person.pk, consent_id=_uuid(self._sent("stood", line)), data=data)

    def _is_changed(self, line: SheetLine) -> bool:
        """Tell whether a row is to be saved: of a new one that it is marked or numbered, of another any difference."""
        if self._sent("stood", line):
            return _said(*(self._typed(name, line) for name in _VALUES)) != self._sent("was", line)
        return bool(self._typed("signed", line) or (self._typed("number", line) or "").strip())

    def _sent(self, name: str, line: SheetLine) -> str:
        return str(self.data.get(self._key(name, line), ""))

    def _typed(self, name: str, line: SheetLine) -> Any:
        return self.cleaned_data.get(self._key(name, line))

    def _bound(self, name: str, line: SheetLine) -> BoundField:
        return self[self._key(name, line)]

    @staticmethod
    def _key(name: str, line: SheetLine) -> str:
        return f"{name}-{line.person.pk}"

    def _add(self, line: SheetLine) -> None:
        consent, name = line.consent, line.person.full_name

        def add(key: str, words: Text, field: forms.Field, initial: Any) -> None:
            field.label, field.required, field.initial = f"{name}: {words}", False, initial
            self.fields[self._key(key, line)] = field

        if consent is None:
            add(
                "signed",
                _("подписано"),
                forms.BooleanField(widget=forms.CheckboxInput(attrs={"class": "opens"})),
                False,
            )
        # On a phone a row is folded until it is marked; the blank lets the style sheet see that nothing is typed in it.
        number = _text("s") if consent else _text("s", keeps=" ")
        add("number", _("номер"), forms.CharField(max_length=60, widget=number), consent.number if consent else "")
        day = DayField(widget=DayInput(attrs={"class": "input input--s"}))
        add("given_on", _("дата"), day, consent.given_on if consent else self.proposed_day)
        signer = forms.ChoiceField(choices=_SIGNERS, widget=forms.Select(attrs={"class": "input input--select"}))
        add("signer", _("кто подписал"), signer, consent.signer if consent else line.signer)
        kinship = consent.signer_kinship if consent else line.kinship
        add("kinship", _("кем приходится"), forms.CharField(max_length=40, widget=_text("s")), kinship)
        add("stood", _("запись"), forms.CharField(widget=forms.HiddenInput), str(consent.pk) if consent else "")
        add("was", _("запись"), forms.CharField(widget=forms.HiddenInput), _stored(consent))
        add("who", _("запись"), forms.CharField(widget=forms.HiddenInput), name)


def people_in(data: Mapping[str, Any]) -> set[UUID]:
    """Return the people whose rows a sheet brought back."""
    return ids_among(data, *(f"{name}-" for name in _INPUTS))


def lost_rows(data: Mapping[str, Any], taken: Collection[UUID]) -> list[LostRow]:
    """Return what was typed in rows of a sheet whose people are not among ``taken``; untouched ones lose nothing."""
    found = []
    for key in people_in(data).difference(taken):
        sent = {name: str(data.get(f"{name}-{key}") or "").strip()[:100] for name in _INPUTS}
        if not _is_lost(sent):
            continue
        signer = next((words for code, words in _SIGNERS if code == sent["signer"]), "")
        typed = [
            _("№ %(number)s") % {"number": sent["number"]} if sent["number"] else "",
            _day_in_words(sent["given_on"]),
        ]
        typed += [str(signer), sent["kinship"]]
        why = _("в вашем списке этого человека больше нет, согласие не записано.")
        found.append(LostRow(sent["who"], ", ".join(text for text in typed if text), why))
    return sorted(found, key=lambda row: row.who)


def _day_in_words(typed: str) -> str:
    """Return a day as people write it; what is no day stays as it was typed."""
    try:
        return f"{date.fromisoformat(typed):%d.%m.%Y}"
    except ValueError:
        return typed


def _is_lost(sent: Mapping[str, str]) -> bool:
    if not sent["stood"]:
        return bool(sent["signed"] or sent["number"])
    try:
        day = DayField(required=False).clean(sent["given_on"])
    except forms.ValidationError:
        return True
    return _said(sent["number"], day, sent["signer"], sent["kinship"]) != sent["was"]


def _stored(consent: Consent | None) -> str:
    return "" if consent is None else _said(consent.number, consent.given_on, consent.signer, consent.signer_kinship)


def _said(number: str, given_on: date | None, signer: str, kinship: str) -> str:
    """Return a row as one text, to be compared."""
    return "|".join((clean_number(number or ""), f"{given_on or ''}", signer, " ".join((kinship or "").split())))


def _text(width: str, *, keeps: str = "") -> forms.TextInput:
    """Return a short input; one that keeps its row open when it is filled has a blank placeholder."""
    classes = f"input input--{width}"
    return forms.TextInput(attrs={"class": f"{classes} keeps", "placeholder": keeps} if keeps else {"class": classes})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
