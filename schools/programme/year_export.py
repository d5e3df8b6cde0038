"""The roadmap as a workbook, the same for the page and for programmes."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from core.authz import Actor
from core.spreadsheets import Column, Table, write_workbook
from schools.pairs.export import Exported
from schools.programme import year_words, years
from schools.programme.models import ProgrammeYear


def roadmap_file(actor: Actor, year: ProgrammeYear, day: date) -> Exported:
    """Return the roadmap of a year with the tasks that the actor sees."""
    stages = years.stages_of(actor, year)
    names = years.names_of(task for stage in stages for task in stage.tasks)
    columns = [
        Column(_("№"), 5),
        Column(_("Этап"), 36),
        Column(_("Мероприятия"), 48),
        Column(_("Сроки"), 22),
        Column(_("Ответственные"), 34),
        Column(_("Документ или результат"), 30),
        Column(_("Состояние"), 14),
    ]
    rows = [
        (number, row.stage, row.title, row.term, row.responsible, row.result, row.state)
        for number, row in enumerate(year_words.roadmap(stages, names, day), start=1)
    ]
    table = Table(_("Дорожная карта"), columns, rows)
    return Exported(f"dorozhnaya-karta-{year.starts_on:%Y-%m-%d}.xlsx", write_workbook([table]), len(rows))
