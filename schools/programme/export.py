"""People as a workbook, the same for the page and for programmes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from core.spreadsheets import Column, Table, write_workbook
from schools.pairs.export import Exported
from schools.people.models import Person
from schools.people.selectors import place_of
from schools.programme.people import state_of


def people_file(people: Iterable[Person], day: date) -> Exported:
    """Return people as of a day, as ``people_list`` loads them, in their order."""
    columns = [
        Column(_("Фамилия"), 20),
        Column(_("Имя"), 16),
        Column(_("Отчество"), 20),
        Column(_("Дата рождения"), 14),
        Column(_("Кто"), 24),
        Column(_("Класс или должность"), 24),
        Column(_("Согласие"), 12),
        Column(_("Состояние"), 24),
    ]
    rows = [
        (
            person.surname,
            person.name,
            person.patronymic,
            person.birth_date,
            kinds_of(person),
            place_of(person, day),
            _("есть") if getattr(person, "has_consent", False) else _("нет"),
            str(state_of(person).text),
        )
        for person in people
    ]
    return Exported(f"lyudi-{day:%Y-%m-%d}.xlsx", write_workbook([Table(_("Люди"), columns, rows)]), len(rows))


def kinds_of(person: Person) -> str:
    """Return the kinds of a person in words, from what was loaded."""
    return ", ".join(sorted(str(row.get_kind_display()) for row in person.kinds.all()))
