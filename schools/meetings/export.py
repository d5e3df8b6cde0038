"""The log of meetings as a workbook, the same for the page and for programmes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from core.accounts.selectors import names_of
from core.spreadsheets import Column, Table, write_workbook
from schools.meetings.models import Meeting
from schools.pairs.export import Exported


def journal_file(meetings: Iterable[Meeting], day: date) -> Exported:
    """Return meetings with their pairs and groups loaded, in their order; the columns of a paper log come first.

    Notes are not among them: they are for whoever opens the meeting, not for a file that is passed on.
    """
    found = list(meetings)
    names = names_of(row.logged_by for row in found)
    columns = [
        Column(_("№"), 6),
        Column(_("Дата"), 12),
        Column(_("Продолжительность, мин"), 18),
        Column(_("Место или формат"), 24),
        Column(_("Тема"), 30),
        Column(_("Кратко результат"), 50),
        Column(_("Подписи"), 16),
        Column(_("Вид встречи"), 34),
        Column(_("Состояние"), 16),
        Column(_("Наставник"), 32),
        Column(_("Наставляемый или группа"), 32),
        Column(_("Записал"), 28),
    ]
    rows = [
        (
            number,
            row.held_on,
            row.duration_minutes,
            row.place,
            row.topic,
            row.result,
            "",
            row.get_kind_display(),
            row.get_state_display(),
            row.pair.mentor.full_name if row.pair is not None else "",
            row.pair.mentee.full_name if row.pair is not None else row.group.title if row.group is not None else "",
            names.get(str(row.logged_by), ""),
        )
        for number, row in enumerate(found, start=1)
    ]
    content = write_workbook([Table(_("Журнал встреч"), columns, rows)])
    return Exported(f"vstrechi-{day:%Y-%m-%d}.xlsx", content, len(rows))
