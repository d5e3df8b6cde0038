"""Dashboards as xlsx: typed cells, a sheet per table, an audit row for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.api.operations import XLSX
from core.audit.services import record
from core.authz import Actor, actor_of, enforce, requires
from core.spreadsheets.writing import Column, Table, Value, write_workbook
from reports.dashboards import assemble, selectors
from reports.dashboards import presentation as words
from reports.dashboards.assemble import Picture, Place, Wanted
from reports.dashboards.forms import BoardForm
from reports.dashboards.policies import may_see_region
from reports.dashboards.selectors import Share
from tenants.registry.selectors import region_title


def _asked(request: HttpRequest) -> Wanted:
    """Return what an address asks for.

    :raises Http404: for a day of which nothing is kept.
    """
    days = selectors.date_choices(timezone.localdate())
    form = BoardForm(request.GET, definitions=selectors.definition_choices(), days=days)
    if form.is_day_refused:
        # A page says so beside its figures; a file would be taken for what was asked.
        raise Http404(_("За этот день показателей нет"))
    return assemble.wanted(form.chosen("definition"), form.day_chosen)


@dataclass(frozen=True, slots=True)
class Board:
    """Figures on their way into a workbook: whose they are, the picture and its tables."""

    level: str
    scope_id: UUID | str
    picture: Picture
    tables: Sequence[Table]

    @property
    def name(self) -> str:
        """Return an ASCII file name."""
        return f"coverage-{self.level}-{self.picture.stamp.day.isoformat()}.xlsx"


def region_board(actor: Actor, asked: Wanted) -> Board:
    """Return the region's figures: summary, districts, schools, trend.

    :raises RefusedError: to those confined to districts.
    """
    enforce(may_see_region(actor))
    picture = assemble.region_picture(actor, asked)
    tables = [
        _summary(region_title() or _("Регион"), picture),
        _places(_("Районы"), _("Район"), picture, picture.districts, with_district=False),
        _places(_("Школы"), _("Школа"), picture, picture.schools, with_district=True),
        _trend(picture),
    ]
    return Board("region", "", picture, tables)


def district_board(actor: Actor, asked: Wanted, district_id: UUID) -> Board:
    """Return a district's figures: summary, schools, trend.

    :raises Http404: for a district that is not the actor's.
    """
    district = assemble.district_of(actor, district_id)
    picture = assemble.district_picture(actor, asked, district.pk)
    tables = [
        _summary(district.title, picture),
        _places(_("Школы"), _("Школа"), picture, picture.schools, with_district=False),
        _trend(picture),
    ]
    return Board("district", district.pk, picture, tables)


def school_board(actor: Actor, asked: Wanted, school_id: UUID) -> Board:
    """Return one school's counts: summary, all definitions, trend.

    :raises Http404: for a school that is not the actor's.
    """
    school = assemble.school_of(actor, school_id)
    picture = assemble.school_picture(actor, asked, school)
    return Board(
        "school", school.pk, picture, [_summary(school.title, picture), _definitions(picture), _trend(picture)]
    )


def workbook_of(actor: Actor, board: Board) -> bytes:
    """Return figures as an xlsx file and record the export."""
    content = write_workbook(board.tables)
    record(
        actor=actor,
        action="dashboard.exported",
        object_type=board.level,
        object_id=board.scope_id,
        details={
            "definition": board.picture.definition.code,
            "day": board.picture.stamp.day.isoformat(),
            "bytes": len(content),
        },
    )
    return content


@require_safe
@requires("dashboards.view")
def region_export(request: HttpRequest) -> HttpResponse:
    """Export the region's figures."""
    return _file(request, region_board(actor_of(request), _asked(request)))


@require_safe
@requires("dashboards.view")
def district_export(request: HttpRequest, district_id: UUID) -> HttpResponse:
    """Export a district's figures."""
    return _file(request, district_board(actor_of(request), _asked(request), district_id))


@require_safe
@requires("dashboards.view")
def school_export(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Export one school's counts."""
    return _file(request, school_board(actor_of(request), _asked(request), school_id))


def _file(request: HttpRequest, board: Board) -> HttpResponse:
    response = HttpResponse(workbook_of(actor_of(request), board), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{board.name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _summary(title: str, picture: Picture) -> Table:
    share, stamp = picture.share, picture.stamp
    rows: list[tuple[Value, ...]] = [
        (_("Чьи показатели"), title),
        (_("Показатель"), picture.definition.title),
        (_("Обозначение показателя"), picture.definition.code),
        (_("Редакция определения"), picture.definition.version),
        (_("Кто считается"), words.definition_words(picture.definition)),
        (_("На дату"), stamp.day),
        (_("Каковы данные"), _kind_words()[stamp.kind]),
        (_("Вовлечено, чел."), share.num),
        (_("Всего, чел."), share.den),
        (_("Доля, %"), share.percent),
        (_("Цель, %"), share.target),
        (_("В паре без действующего согласия, чел."), share.lacks_consent),
    ]
    if picture.headline is not None:
        rows += [
            (_("Сумма по школам: вовлечено"), picture.headline.sum_num),
            (_("Сумма по школам: всего"), picture.headline.sum_den),
        ]
    if picture.is_live:
        made = timezone.localtime(stamp.made_at) if stamp.made_at else None
        rows += [(_("Обновлено"), made), (_("Школ ждут пересчёта"), stamp.schools_waiting)]
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


def _places(name: str, subject: str, picture: Picture, places: Sequence[Place], *, with_district: bool) -> Table:
    columns = [Column(_("Место"), 8), Column(subject, 50)]
    if with_district:
        columns += [Column(_("Район"), 30)]
    target = picture.share.target
    ranked = words.ranked_places(places, target=target, with_district=False)
    rows = [_place(place, rank.place, target, with_district=with_district) for place, rank in ranked]
    return Table(name, [*columns, *_count_columns()], rows)


def _place(place: Place, rank: int | None, target: Decimal | None, *, with_district: bool) -> tuple[Value, ...]:
    district = (place.district,) if with_district else ()
    return (rank, place.title, *district, *_cells(place.share, target))


def _cells(share: Share | None, target: Decimal | None) -> tuple[Value, ...]:
    if share is None:
        return (None, None, None, target, None)
    return (share.num, share.den, share.percent, target, share.lacks_consent)


def _definitions(picture: Picture) -> Table:
    columns = [Column(_("Показатель"), 50), *_count_columns()]
    rows = [
        (definition.title, *_cells(share, None if share is None else share.target))
        for definition, share in picture.by_definition
    ]
    return Table(_("Показатели"), columns, rows)


def _trend(picture: Picture) -> Table:
    columns = [
        Column(_("Дата"), 14),
        Column(_("Вовлечено, чел."), 16),
        Column(_("Всего, чел."), 16),
        Column(_("Доля, %"), 12),
        Column(_("Каковы данные"), 40),
    ]
    kinds = _kind_words()
    rows = [
        (point.stamp.day, point.share.num, point.share.den, point.share.percent, kinds[point.stamp.kind])
        for point in picture.trend
    ]
    return Table(_("Динамика"), columns, rows)
