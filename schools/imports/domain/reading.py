"""Reads the rows of sheets: contingent first, then pairs, then consents; one bad row never stops the rest."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.spreadsheets import Cell, Sheet
from core.text import (
    DateReader,
    FullName,
    UnreadableDateError,
    UnreadableSnilsError,
    full_name_from_columns,
    has_right_check_digit,
    snils_digits,
    split_full_name,
)
from schools.imports.domain.cells import (
    cell_text,
    is_numbering_line,
    is_total_line,
    sex_of,
    signer_of,
    split_order,
    years_of_experience,
)
from schools.imports.domain.fields import SheetKind
from schools.imports.domain.layout import Layout
from schools.imports.domain.reference import Reference
from schools.imports.domain.rows import ConsentRow, PairRow, PersonRow, Place, ReadImport, Refusal, Remark
from schools.people.domain import class_title

# Longer texts do not fit into the columns that keep them; nothing a school writes in earnest is as long.
_LONGEST: Final = {"name": 100, "class_name": 30, "post": 160, "variant": 160, "number": 60, "signer": 40}
_ORDER: Final = (SheetKind.PUPILS, SheetKind.TEACHERS, SheetKind.PAIRS, SheetKind.CONSENTS)


@dataclass(frozen=True, slots=True)
class SheetToRead:
    """A sheet of a file with the layout that a person confirmed."""

    file: str
    sheet: Sheet
    layout: Layout


class _RowRefusedError(Exception):
    def __init__(self, why: str, detail: str = "") -> None:
        self.why = why
        self.detail = detail
        super().__init__(why)


def read_import(sheets: Sequence[SheetToRead], reference: Reference, today: date) -> ReadImport:
    """Return what the sheets of one import say.

    `today` decides the century of a two-digit year of birth and nothing else.
    """
    result = ReadImport()
    dates = DateReader(today)
    for kind in _ORDER:
        for item in sheets:
            if item.layout.kind is kind:
                _SheetReader(item, reference, dates, result).read()
    return result


class _SheetReader:
    """Reads one sheet into the common result."""

    def __init__(self, item: SheetToRead, reference: Reference, dates: DateReader, result: ReadImport) -> None:
        self._item = item
        self._columns = item.layout.columns
        self._reference = reference
        self._dates = dates
        self._result = result
        self._row: Sequence[Cell] = ()
        self._place = Place(item.file, item.sheet.name, 0)

    def read(self) -> None:
        """Read every row under the header that says something."""
        read_row: Callable[[], None] = {
            SheetKind.PUPILS: self._read_person,
            SheetKind.TEACHERS: self._read_person,
            SheetKind.PAIRS: self._read_pair,
            SheetKind.CONSENTS: self._read_consent,
        }[self._item.layout.kind]
        for number, row in self._rows_with_content():
            self._row = row
            self._place = Place(self._item.file, self._item.sheet.name, number)
            try:
                if is_total_line(row, self._name_column()):
                    raise _RowRefusedError("total_line_ignored")
                if self._says_anything():
                    read_row()
            except _RowRefusedError as refused:
                self._result.refusals.append(Refusal(self._place, refused.why, refused.detail))
            except UnreadableDateError:
                self._result.refusals.append(Refusal(self._place, "bad_date"))

    def _rows_with_content(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        header_row = self._item.layout.header_row
        rows = self._item.sheet.rows
        header = rows[header_row - 1] if header_row <= len(rows) else []
        for number, row in enumerate(rows[header_row:], start=header_row + 1):
            if not any(cell != "" for cell in row):
                continue
            # Printed forms number their columns under the header and repeat the header on each page.
            if row == header or (number == header_row + 1 and is_numbering_line(row)):
                continue
            yield number, row

    def _name_column(self) -> int | None:
        for name in ("full_name", "surname", "mentor_full_name", "mentor_surname"):
            if name in self._columns:
                return self._columns[name]
        return None

    def _says_anything(self) -> bool:
        """Tell whether a column that is read holds something: a row with nothing but its number is blank."""
        return any(
            index < len(self._row)
            and (cell := self._row[index]) != ""
            and not (isinstance(cell, str) and cell.isspace())
            for index in self._columns.values()
        )

    def _cell(self, name: str) -> Cell:
        index = self._columns.get(name)
        return self._row[index] if index is not None and index < len(self._row) else ""

    def _text(self, name: str) -> str:
        return cell_text(self._cell(name))

    def _remark(self, code: str, detail: str = "") -> None:
        self._result.remarks.append(Remark(self._place, code, detail))

    def _name(self, prefix: str = "") -> FullName:
        if f"{prefix}full_name" in self._columns:
            name = split_full_name(self._text(f"{prefix}full_name"))
        else:
            name = full_name_from_columns(
                self._text(f"{prefix}surname"), self._text(f"{prefix}first_name"), self._text(f"{prefix}patronymic")
            )
        longest = _LONGEST["name"]
        if max(len(name.surname), len(name.first_name), len(name.patronymic)) > longest:
            return FullName(name.surname[:longest], name.first_name[:longest], name.patronymic[:longest])
        return name

    def _read_person(self) -> None:
        name = self._name()
        if not name.surname:
            raise _RowRefusedError("no_surname")
        if not name.first_name:
            raise _RowRefusedError("no_name")
        birth_cell = self._cell("birth_date")
        if birth_cell == "" or (birth_date := self._dates.birth(birth_cell)) is None:
            raise _RowRefusedError("no_birth_date")
        admitted_on, left_on = self._dates.day(self._cell("admitted_on")), self._dates.day(self._cell("left_on"))
        if admitted_on is None:
            raise _RowRefusedError("bad_date", "no_admission_date")
        if left_on and left_on < admitted_on:
            self._remark("left_before_admitted")
        is_pupil = self._item.layout.kind is SheetKind.PUPILS
        self._result.people.append(
            PersonRow(
                place=self._place,
                kind=self._item.layout.kind,
                name=name,
                name_key=name.key,
                birth_date=birth_date,
                admitted_on=admitted_on,
                snils=self._snils(),
                sex=sex_of(self._cell("sex")),
                class_name=self._class_name() if is_pupil else "",
                post="" if is_pupil else self._text("post")[: _LONGEST["post"]],
                left_on=left_on,
                experience_years=None if is_pupil else self._experience(),
            )
        )

    def _class_name(self) -> str:
        typed = cell_text(self._cell("class_name")) if "class_name" in self._columns else self._item.layout.class_name
        return class_title(typed)[: _LONGEST["class_name"]]

    def _snils(self) -> str | None:
        cell = self._cell("snils")
        if cell == "":
            return None
        try:
            digits = snils_digits(cell)
        except UnreadableSnilsError:
            self._remark("snils_unreadable")
            return None
        if digits and not has_right_check_digit(digits):
            self._remark("snils_check_digit")
        return digits

    def _experience(self) -> int | None:
        try:
            return years_of_experience(self._cell("experience_years"))
        except ValueError:
            self._remark("experience_unreadable")
            return None

    def _read_pair(self) -> None:
        mentor, mentee = self._name("mentor_"), self._name("mentee_")
        mentor_birth = self._dates.birth(self._cell("mentor_birth_date"))
        mentee_birth = self._dates.birth(self._cell("mentee_birth_date"))
        starts_on, ends_on = self._dates.day(self._cell("starts_on")), self._dates.day(self._cell("ends_on"))
        order_number, order_date = self._order()
        if starts_on is None:
            raise _RowRefusedError("bad_date", "no_first_day")
        form = self._reference.find_form(self._text("form"))
        if form is None:
            raise _RowRefusedError("unknown_form", self._text("form"))
        if ends_on and ends_on < starts_on:
            raise _RowRefusedError("bad_period")
        self._result.pairs.append(
            PairRow(
                place=self._place,
                mentor=mentor,
                mentor_key=(mentor.key, mentor_birth),
                mentee=mentee,
                mentee_key=(mentee.key, mentee_birth),
                mentor_occupation=self._text("mentor_occupation"),
                form_id=form.id,
                variant=self._text("variant")[: _LONGEST["variant"]],
                starts_on=starts_on,
                ends_on=ends_on,
                order_number=order_number,
                order_date=order_date,
            )
        )

    def _order(self) -> tuple[str, date | None]:
        number, date_text = split_order(self._text("order_number"))
        order_date = self._dates.day(self._cell("order_date"))
        if date_text and "order_date" not in self._columns:
            order_date = self._dates.day(date_text)
        return number[: _LONGEST["number"]], order_date

    def _read_consent(self) -> None:
        name = self._name()
        birth_date = self._dates.birth(self._cell("birth_date"))
        given_on, valid_until = self._dates.day(self._cell("given_on")), self._dates.day(self._cell("valid_until"))
        withdrawn_on = self._dates.day(self._cell("withdrawn_on"))
        if given_on is None:
            raise _RowRefusedError("bad_date", "no_consent_date")
        kind_id, kind_text = self._consent_kind()
        if valid_until and valid_until < given_on:
            raise _RowRefusedError("bad_period")
        if withdrawn_on and withdrawn_on < given_on:
            self._remark("withdrawn_before_given")
        signer_text = self._text("signer")[: _LONGEST["signer"]]
        self._result.consents.append(
            ConsentRow(
                place=self._place,
                person_key=(name.key, birth_date),
                kind_id=kind_id,
                kind_text=kind_text,
                signer=signer_of(self._cell("signer"), name.key, self._reference.self_words),
                signer_text=signer_text,
                number=self._text("number")[: _LONGEST["number"]],
                given_on=given_on,
                valid_until=valid_until,
                withdrawn_on=withdrawn_on,
            )
        )

    def _consent_kind(self) -> tuple[str, str]:
        """Return (id, words) of the kind; without a column for it the main kind is meant."""
        if "kind" not in self._columns:
            return self._reference.main_consent_kind, ""
        text = self._text("kind")
        found = self._reference.find_consent_kind(text)
        if found is not None:
            return found, text
        if self._reference.other_consent_kind is None:
            raise _RowRefusedError("unknown_form", text)
        self._remark("unknown_consent_kind", text)
        return self._reference.other_consent_kind, text
