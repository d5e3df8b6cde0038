"""Words and figures of the import's pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.ui.components import Fact, Status
from schools.imports.domain.rows import DETAILS, REFUSALS, REMARKS
from schools.imports.errors import AlreadyImportedError
from schools.imports.models import ImportJob, ImportRow
from schools.people.models import Enrolment

_State = ImportJob.State


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A refused or remarked row as a person reads it."""

    file: str
    sheet: str
    row: int
    reason: str
    text: str


def reason_of(row: ImportRow) -> str:
    """Return why a row was refused or remarked upon, in words."""
    sentence = _((REFUSALS if row.is_refused else REMARKS).get(row.code, row.code))
    detail = _(DETAILS[row.detail]) if row.detail in DETAILS else row.detail
    return f"{sentence}: {detail}" if detail else sentence


def shown(rows: Iterable[ImportRow]) -> list[ShownRow]:
    """Return rows with their reasons and their cells in one line."""
    return [ShownRow(row.file, row.sheet, row.row, reason_of(row), " · ".join(filter(None, row.cells))) for row in rows]


def status_of(job: ImportJob) -> Status:
    """Return the state of an import as a word with its icon."""
    kinds = {
        _State.COLUMNS: "wait",
        _State.CHECKING: "work",
        _State.CHECKED: "wait",
        _State.APPLYING: "work",
        _State.DONE: "ok",
        _State.FAILED: "stop",
        _State.CANCELLED: "none",
        _State.UNDONE: "none",
    }
    return Status(kinds[_State(job.state)], job.get_state_display())  # type: ignore[arg-type]


def facts_of(job: ImportJob) -> list[Fact]:
    """Return what the import does, or did, to the school; what it leaves alone is not listed."""
    counts = job.counts
    lines = [
        (_("Новых людей"), "people_new"),
        (_("Дополнено карточек"), "people_changed"),
        (_("Новых зачислений и приёмов"), "enrolments_new"),
        (_("Изменено зачислений и приёмов"), "enrolments_changed"),
        (_("Из них переходят в другой класс"), "classes_changed"),
        (_("Новых пар"), "pairs_new"),
        (_("Изменено пар"), "pairs_changed"),
        (_("Новых приказов"), "orders_new"),
        (_("Новых согласий"), "consents_new"),
        (_("Изменено согласий"), "consents_changed"),
    ]
    return [Fact(label, counts[name]) for label, name in lines if counts.get(name)]


def again_words(error: AlreadyImportedError) -> str:
    """Return why nothing is to be written, and how rows that were refused then are brought after all."""
    if not error.refused_rows or error.applied_at is None:
        return _("Эти файлы уже загружены без изменений. Загружать их ещё раз не нужно.")
    words = _(
        "Эти файлы уже загружены, второй раз они ничего не изменят. Тогда, %(when)s, не приняты строки: %(count)s. "
        "Чтобы внести их, откройте ту загрузку, скачайте строки с причинами, исправьте, что нужно, и загрузите этот "
        "файл. Или отмените ту загрузку целиком и загрузите файлы снова."
    )
    when = date_format(timezone.localtime(error.applied_at), "d.m.Y H:i")
    return words % {"when": when, "count": error.refused_rows}


def absentee(enrolment: Enrolment) -> str:
    """Return somebody missing from the newer list with his class or post and since when he is here."""
    room = enrolment.school_class.title if enrolment.school_class is not None else enrolment.post
    since = date_format(enrolment.admitted_on, "d.m.Y")
    return ", ".join(filter(None, [enrolment.person.full_name, room, _("с %(day)s") % {"day": since}]))
