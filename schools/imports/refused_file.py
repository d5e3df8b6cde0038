"""The file of refused rows: under the headings they came with, so that it is corrected and brought as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from core.spreadsheets import Column, Sheet, Table, write_workbook
from schools.imports.domain.fields import FIELDS, KIND_TITLES, SheetKind
from schools.imports.domain.layout import (
    PLACE_HEADINGS,
    REASON_HEADING,
    Layout,
    Remembered,
    column_letter,
    guess_layout,
)
from schools.imports.layouts import layout_from_json, remembered_layouts
from schools.imports.models import ImportJob, ImportRow
from schools.imports.presentation import reason_of
from schools.imports.selectors import files_of, rows_of_job

_WIDTH, _WIDTH_OF_REASON = 18, 60
# So long may the name of a sheet be in Excel.
_LONGEST_NAME = 31
_TOTAL_LINE = "total_line_ignored"


@dataclass(frozen=True, slots=True)
class _Source:
    """A sheet from which rows were refused: its name, its headings as they stood, and how it was read."""

    name: str
    headings: Sequence[str]
    layout: Layout | None


def refused_workbook(job: ImportJob) -> bytes:
    """Return an xlsx file: a sheet for each that has refused rows, and one of remarks; four queries.

    A sheet has the headings of its source and the cells as they were typed; why a row was refused stands in the last
    column. Brought as it is, it is read as its source was read.
    """
    refused = [row for row in rows_of_job(job, is_refused=True) if row.code != _TOTAL_LINE]
    sources, remembered = _sources(job), remembered_layouts()
    tables: list[Table] = []
    taken: set[str] = set()
    for (file, sheet), rows in groupby(refused, key=lambda row: (row.file, row.sheet)):
        source = sources.get((file, sheet), _Source(sheet, (), None))
        tables.append(_table(source, list(rows), remembered, taken))
    # A line of totals holds nobody and is not to be mended.
    totals = rows_of_job(job, is_refused=True).filter(code=_TOTAL_LINE)
    remarks = [*totals, *rows_of_job(job, is_refused=False)]
    if remarks or not tables:
        widths = (22, _WIDTH, 9, _WIDTH_OF_REASON)
        columns = [Column(_(title), width) for title, width in zip(PLACE_HEADINGS, widths, strict=True)]
        said: Iterator[Sequence[str | int]] = ([row.file, row.sheet, row.row, reason_of(row)] for row in remarks)
        tables.append(Table(_("Замечания"), columns, said))
    return write_workbook(tables)


def _sources(job: ImportJob) -> dict[tuple[str, str], _Source]:
    """Return the sheets of a job by file and by the name that rows have them under."""
    longest = ImportRow._meta.get_field("sheet").max_length
    return {
        (file.name, known["sheet"][:longest]): _Source(
            known["sheet"], known.get("headings", ()), layout_from_json(known) if known["kind"] else None
        )
        for file in files_of(job)
        for known in file.layouts
    }


def _table(source: _Source, rows: Sequence[ImportRow], remembered: Remembered, taken: set[str]) -> Table:
    """Return the rows under the first headings with which they are read as they were; ours as the last resort."""
    texts = [row.cells for row in rows]
    for wanted, headings, room in _ways_to_write(source, max(map(len, texts), default=0)):
        name = _free_name(wanted, taken)
        titles = [*headings, *([_title_of(SheetKind.PUPILS, "class_name")] if room else []), _(REASON_HEADING)]
        cells = [[*_padded(said, len(headings)), *([room] if room else [])] for said in texts]
        if source.layout is None or _is_read_alike(
            Sheet(name, [[*row] for row in (titles, *cells)]), source.layout, room, remembered
        ):
            break
    taken.add(name.lower())
    columns = [*(Column(title, _WIDTH) for title in titles[:-1]), Column(titles[-1], _WIDTH_OF_REASON)]
    return Table(name, columns, ([*said, _why(row)] for said, row in zip(cells, rows, strict=True)))


def _ways_to_write(source: _Source, width: int) -> Iterator[tuple[str, list[str], str]]:
    """Yield names of the sheet with headings and the class that a column of its own is to say, if one must.

    Its own first; then ours, which say by themselves what somebody had to choose by hand.
    """
    layout = source.layout
    room = layout.class_name if layout else ""
    if source.headings:
        own = _padded(source.headings, max(width, len(source.headings)))
        yield source.name, own, ""
        if room:
            yield source.name, own, room
    if layout is None:
        yield source.name, [_letter(index) for index in range(width)], ""
        return
    titles = {index: _title_of(layout.kind, field_id) for field_id, index in layout.columns.items()}
    width = max(width, *(index + 1 for index in titles), 0)
    yield _(KIND_TITLES[layout.kind]), [titles.get(index) or _letter(index) for index in range(width)], room


def _is_read_alike(sheet: Sheet, layout: Layout, room: str, remembered: Remembered) -> bool:
    """Tell whether the import will take a sheet as its source was taken; ``room`` has a column of its own."""
    found = guess_layout(sheet, "", remembered)
    class_column = {"class_name": len(sheet.rows[0]) - 2} if room else {}
    return found is not None and (found.kind, dict(found.columns), found.class_name) == (
        layout.kind,
        {**layout.columns, **class_column},
        "" if room else layout.class_name,
    )


def _free_name(wanted: str, taken: set[str]) -> str:
    """Return a name that no sheet of the file has yet; what Excel forbids in one is taken out when it is written."""
    base = name = wanted[:_LONGEST_NAME]
    number = 2
    while name.lower() in taken:
        suffix = f" ({number})"
        name, number = base[: _LONGEST_NAME - len(suffix)] + suffix, number + 1
    return name


def _letter(index: int) -> str:
    return _("Столбец %(letter)s") % {"letter": column_letter(index)}


def _title_of(kind: SheetKind, field_id: str) -> str:
    return next(_(field.title) for field in FIELDS[kind] if field.id == field_id)


def _padded(texts: Sequence[str], width: int) -> list[str]:
    return [*texts[:width], *[""] * (width - len(texts))]


def _why(row: ImportRow) -> str:
    """Return where the row stood and what is wrong with it."""
    return _("%(file)s, строка %(row)s: %(reason)s") % {"file": row.file, "row": row.row, "reason": reason_of(row)}
