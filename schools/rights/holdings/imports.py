"""Imports: rows of files, journals of what was written, lists of whom a file named or did not name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.spreadsheets import SpreadsheetRefusedError, read_file
from schools.imports.models import FeedPolicy, ImportFile, ImportJob, ImportRow, ImportTrace, RememberedLayout
from schools.imports.services import forget_everything, forget_headings
from schools.pairs.models import Pair
from schools.people.models import PersonKindChoice
from schools.rights.holdings.papers import consents_of, pairs_of
from schools.rights.registry import Holding, Subject, register_exempt, register_holdings

_State = ImportJob.State


def is_import_in_work() -> bool:
    """Tell whether a worker is reading or writing an import just now."""
    return ImportJob.objects.filter(state__in=(_State.CHECKING, _State.APPLYING)).exists()


# --- Rows that were refused or remarked upon --------------------------------------------------------------------------


def _rows(subject: Subject) -> list[ImportRow]:
    pattern = subject.likeness.pattern()
    near = ImportRow.objects.annotate(said=Cast("cells", TextField())).filter(
        Q(said__iregex=pattern) | Q(detail__iregex=pattern)
    )
    return [row for row in near.order_by("pk") if subject.likeness.is_in([*row.cells, row.detail])]


def _empty_rows(subject: Subject, day: date) -> None:
    """Leave of a row that it was refused, and why: the report of the import goes on adding up."""
    ImportRow.objects.filter(pk__in=[row.pk for row in _rows(subject)]).update(cells=[], detail="")


# --- Files ------------------------------------------------------------------------------------------------------------


def _files(subject: Subject) -> list[ImportFile]:
    """Return the files that are still kept and speak of the person, or are called after him.

    A file that cannot be read is taken for one that does.
    """
    return [
        file
        for file in ImportFile.objects.select_related("job").order_by("pk")
        if subject.likeness.is_in([file.name])
        or subject.likeness.is_in(_headings(file))
        or (file.content is not None and _speaks(file, subject))
    ]


def _headings(file: ImportFile) -> list[str]:
    """Return the kept headings of a file: a row taken for headings by mistake names somebody."""
    return [text for sheet in file.layouts for text in sheet.get("headings", ())]


def _speaks(file: ImportFile, subject: Subject) -> bool:
    try:
        sheets = read_file(bytes(file.content or b""), file.name).sheets
    except SpreadsheetRefusedError:
        return True
    return any(subject.likeness.is_in(row) for sheet in sheets for row in sheet.rows)


def _drop_files(subject: Subject, day: date) -> None:
    """Drop the drafts whose files speak of the person: a file cannot be kept without one of its rows."""
    found = _files(subject)
    drafts = [file.job for file in found if file.content is not None]
    forget_everything(drafts)
    ImportJob.objects.filter(pk__in=[job.pk for job in drafts]).update(state=_State.CANCELLED)
    forget_headings([file for file in found if subject.likeness.is_in(_headings(file))])
    for file in found:
        if subject.likeness.is_in([file.name]):
            plain = _("файл %(key)s") % {"key": file.sha256[:8]}
            ImportRow.objects.filter(job=file.job, file=file.name).update(file=plain)
            ImportFile.objects.filter(pk=file.pk).update(name=plain)


# --- Journals and lists -----------------------------------------------------------------------------------------------


def _own_rows(subject: Subject) -> frozenset[UUID]:
    """Return the ids of the rows that are the person's own, in every table that an import writes."""

    def find() -> set[UUID]:
        kinds, enrolments = subject.person.kinds, subject.person.enrolments
        tables = (kinds, enrolments, consents_of(subject))
        return set(subject.ids).union(*(rows.values_list("pk", flat=True) for rows in tables))

    return subject.once("rows of imports", find)


def _paired(subject: Subject) -> frozenset[UUID]:
    return subject.once("pairs", lambda: pairs_of(subject).values_list("pk", flat=True))


def _with_pairs(subject: Subject) -> frozenset[UUID]:
    return _own_rows(subject) | _paired(subject)


def _enrolled(subject: Subject) -> frozenset[UUID]:
    return subject.once("enrolments", lambda: subject.person.enrolments.values_list("pk", flat=True))


def _traces(subject: Subject) -> QuerySet[ImportTrace]:
    return ImportTrace.objects.filter(ids__overlap=list(_with_pairs(subject))).select_related("job").order_by("pk")


def _own_before(trace: ImportTrace, subject: Subject) -> list[dict[str, Any]]:
    own = _with_pairs(subject)
    return [before for key, before in zip(trace.ids, trace.before, strict=False) if key in own]


def _shorten_traces(subject: Subject, day: date) -> None:
    """Take the person's rows out of the journals: an import taken back later finds nothing of him to restore."""
    own, paired = _own_rows(subject), _paired(subject)
    for trace in _traces(subject).select_for_update(of=("self",)):
        stays = [place for place, key in enumerate(trace.ids) if key not in own]
        trace.before = [_without_words(trace, place, paired) for place in stays] if trace.before else []
        trace.prints = [trace.prints[place] for place in stays] if trace.prints else []
        trace.ids = [trace.ids[place] for place in stays]
        if trace.ids:
            trace.save(update_fields=["ids", "prints", "before"])
        else:
            trace.delete()


def _without_words(trace: ImportTrace, place: int, paired: frozenset[UUID]) -> dict[str, Any]:
    before: dict[str, Any] = trace.before[place]
    if trace.ids[place] in paired and trace.table == Pair._meta.label_lower:
        return {name: value for name, value in before.items() if name != "end_reason"}
    return before


def _jobs(subject: Subject) -> QuerySet[ImportJob]:
    condition = Q()
    for text in (*subject.texts, *map(str, _enrolled(subject))):
        condition |= Q(said__contains=text) | Q(missed__contains=text)
    rows = ImportJob.objects.annotate(said=Cast("named", TextField()), missed=Cast("absent", TextField()))
    return rows.filter(condition).order_by("created_at", "pk")


def _own_kinds(job: ImportJob, subject: Subject) -> list[str]:
    kinds = dict(PersonKindChoice.choices)
    return [str(kinds.get(kind, kind)) for person, kind in job.named.get("people", ()) if person in subject.texts]


def _own_absence(job: ImportJob, subject: Subject) -> list[str]:
    own = set(map(str, _enrolled(subject)))
    return [key for key, _likely in job.absent if key in own]


def _unname(subject: Subject, day: date) -> None:
    gone = set(map(str, _own_rows(subject)))
    for job in _jobs(subject).select_for_update(of=("self",)):
        if job.named:
            job.named["people"] = [item for item in job.named.get("people", ()) if item[0] not in gone]
            job.named["consents"] = _without(job.named.get("consents", ()), gone)
        job.absent = [item for item in job.absent if item[0] not in gone]
        job.save(update_fields=["named", "absent"])


def _without(keys: Iterable[str], gone: set[str]) -> list[str]:
    return [key for key in keys if key not in gone]


def register() -> None:
    """Tell of this room's tables. Emptied from the last to the first, while the person's rows are still there."""
    files = gettext_lazy("сведения, загруженные из файлов")
    register_holdings(
        Holding(
            model=ImportRow,
            title=gettext_lazy("Строки файлов, не принятые при загрузке"),
            category=files,
            find=_rows,
            destroy=_empty_rows,
        ),
        Holding(
            model=ImportFile,
            title=gettext_lazy("Файлы загрузок, которые ещё хранятся"),
            category=files,
            find=_files,
            destroy=_drop_files,
            show={"content": lambda file, subject: _("есть") if file.content is not None else ""},
            hidden=frozenset({"layouts"}),
        ),
        Holding(
            model=ImportTrace,
            title=gettext_lazy("Что загрузки записали и что было прежде"),
            category=files,
            find=_traces,
            destroy=_shorten_traces,
            show={
                "ids": lambda trace, subject: sorted(map(str, _with_pairs(subject) & set(trace.ids))),
                "before": _own_before,
            },
            hidden=frozenset({"prints"}),
        ),
        Holding(
            model=ImportJob,
            title=gettext_lazy("Загрузки, в которых человек назван или отсутствует"),
            category=files,
            find=_jobs,
            destroy=_unname,
            show={"named": _own_kinds, "absent": _own_absence},
            hidden=frozenset({"counts"}),
        ),
    )
    register_exempt(
        {
            RememberedLayout: "hashes of headings and numbers of columns; no text of a file",
            FeedPolicy: "one row of limits for the whole school; speaks of nobody",
        }
    )
