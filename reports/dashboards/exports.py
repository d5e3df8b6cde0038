"""Dashboards as xlsx: typed cells, a sheet per table, an audit row for each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.audit.services import record
from core.authz import Actor, actor_of, enforce, requires
from core.spreadsheets.writing import Column, Table, Value, write_workbook
from core.ui.numbers import share_percent
from reports.dashboards import assemble, figures
from reports.dashboards import presentation as words
from reports.dashboards.assemble import Wanted
from reports.dashboards.boards import Board, Count, Place
from reports.dashboards.forms import BoardForm
from reports.dashboards.policies import may_see_region
from tenants.reference.selectors import definitions_now
from tenants.registry.selectors import region_title

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> Wanted:
    form = BoardForm(request.GET, definitions=definitions_now(), days=figures.days())
    return assemble.wanted(form.chosen("definition"), form.day_chosen)


@require_safe
@requires("dashboards.view")
def region_export(request: HttpRequest) -> HttpResponse:
    """Export the region's figures: summary, districts, schools, trend."""
    actor = actor_of(request)
    enforce(may_see_region(actor))
    asked = _asked(request)
    board = assemble.region_board(actor, asked, by_schools=False)
    schools = assemble.region_board(actor, asked, by_schools=True)
    tables = [
        _summary(region_title() or _("Регион"), board),
        _places(_("Районы"), _("Район"), board, with_district=False),
        _places(_("Школы"), _("Школа"), schools, with_district=True),
        _trend(board),
    ]
    return _file(actor, "region", "", board, tables)


@require_safe
@requires("dashboards.view")
def district_export(request: HttpRequest, district_id: UUID) -> HttpResponse:
    """Export a district's figures: summary, schools, trend."""
    actor = actor_of(request)
    district = assemble.district_of(actor, district_id)
    board = assemble.district_board(actor, _asked(request), district.pk)
    tables = [
        _summary(district.title, board),
        _places(_("Школы"), _("Школа"), board, with_district=False),
        _trend(board),
    ]
    return _file(actor, "district", district.pk, board, tables)


@require_safe
@requires("dashboards.view")
def school_export(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Export one school's counts: summary, all definitions, trend."""
    actor = actor_of(request)
    school = assemble.school_of(actor, school_id)
    board = assemble.school_board(actor, _asked(request), school)
    return _file(actor, "school", school.pk, board, [_summary(school.title, board), _definitions(board), _trend(board)])


def _file(actor: Actor, level: str, scope_id: UUID | str, board: Board, tables: Sequence[Table]) -> HttpResponse:
    content = write_workbook(tables)
    day = board.day.day.isoformat()
    record(
        actor=actor,
        action="dashboard.exported",
        object_type=level,
        object_id=scope_id,
        details={"definition": board.definition.code, "day": day, "bytes": len(content)},
    )
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="coverage-{level}-{day}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def _share(count: Count | None) -> Decimal | None:
    return None if count is None else share_percent(count.num, count.den)


def _summary(title: str, board: Board) -> Table:
    count, fresh = board.scope.count, board.freshness
    rows: list[tuple[Value, ...]] = [
        (_("Чьи показатели"), title),
        (_("Показатель"), board.definition.title),
        (_("Обозначение показателя"), board.definition.code),
        (_("Редакция определения"), board.definition.version),
        (_("Кто считается"), words.definition_words(board.definition)),
        (_("На дату"), board.day.day),
        (_("Каковы данные"), _kind_words()[board.day.kind.value]),
        (_("Вовлечено, чел."), count.num),
        (_("Всего, чел."), count.den),
        (_("Доля, %"), _share(count)),
        (_("Цель, %"), board.target),
        (_("В паре без действующего согласия, чел."), count.lacks_consent),
    ]
    if not board.by_definition:
        rows += [
            (_("Сумма по школам: вовлечено"), board.scope.summed.num),
            (_("Сумма по школам: всего"), board.scope.summed.den),
        ]
    if fresh is not None:
        computed = timezone.localtime(fresh.computed_at) if fresh.computed_at else None
        rows += [(_("Обновлено"), computed), (_("Школ ждут пересчёта"), fresh.schools_waiting)]
    return Table(_("Сводка"), [Column(_("Что"), 40), Column(_("Значение"), 60)], rows)


def _kind_words() -> dict[str, str]:
    return {
        "live": _("живые, ещё не закреплены"),
        "frozen": _("закреплены"),
        "restored": _("восстановлены по датам приказов и согласий"),
    }


def _count_columns() -> list[Column]:
    titles = (_("Вовлечено, чел."), _("Всего, чел."), _("Доля, %"), _("Цель, %"), _("В паре без согласия, чел."))
    return [Column(title, 16) for title in titles]


def _places(name: str, subject: str, board: Board, *, with_district: bool) -> Table:
    columns = [Column(_("Место"), 8), Column(subject, 50)]
    if with_district:
        columns += [Column(_("Район"), 30)]
    columns += _count_columns()
    ranked = words.ranked_places(board, is_openable=lambda place: False, url_name="", with_district=False)
    rows = [_place(place, rank.place, board.target, with_district=with_district) for place, rank in ranked]
    return Table(name, columns, rows)


def _place(place: Place, rank: int | None, target: Decimal | None, *, with_district: bool) -> tuple[Value, ...]:
    count = place.count
    head: tuple[Value, ...] = (rank, place.title, *((place.district,) if with_district else ()))
    return (*head, *_cells(count, target))


def _cells(count: Count | None, target: Decimal | None) -> tuple[Value, ...]:
    if count is None:
        return (None, None, None, target, None)
    return (count.num, count.den, _share(count), target, count.lacks_consent)


def _definitions(board: Board) -> Table:
    columns = [Column(_("Показатель"), 50), *_count_columns()]
    rows = [(definition.title, *_cells(count, target)) for definition, count, target in board.by_definition]
    return Table(_("Показатели"), columns, rows)


def _trend(board: Board) -> Table:
    columns = [
        Column(_("Дата"), 14),
        Column(_("Вовлечено, чел."), 16),
        Column(_("Всего, чел."), 16),
        Column(_("Доля, %"), 12),
        Column(_("Каковы данные"), 40),
    ]
    kinds = _kind_words()
    rows = [
        (moment.day.day, moment.count.num, moment.count.den, _share(moment.count), kinds[moment.day.kind.value])
        for moment in board.trend
    ]
    return Table(_("Динамика"), columns, rows)
