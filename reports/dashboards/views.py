"""Dashboards of region, district and school: the page, its live part, its export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.authz import Actor, actor_of, requires, signed_in
from core.ui.charts import RankingChart
from core.ui.components import Link
from core.ui.live import conditional_fragment
from core.ui.pagination import paginate
from reports.dashboards import assemble, selectors
from reports.dashboards import presentation as words
from reports.dashboards.assemble import Picture, Place, Wanted
from reports.dashboards.forms import BoardForm
from reports.dashboards.policies import may_see_district, may_see_region, own_districts
from tenants.registry.models import District, School
from tenants.registry.selectors import by_name, fold


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Lead everybody to his own figures; somebody without a role is told whom to ask."""
    if actor_of(request).reach("dashboards.view"):
        return HttpResponseRedirect(reverse("dashboards:region"))
    return render(request, "dashboards/no_role.html")


def _form(request: HttpRequest, **options: str) -> BoardForm:
    days = selectors.date_choices(timezone.localdate())
    return BoardForm(request.GET, definitions=selectors.definition_choices(), days=days, **options)


def _asked(form: BoardForm) -> Wanted:
    return assemble.wanted(form.chosen("definition"), form.day_chosen)


# What of an address concerns the ranking of this very page.
_NO_RANKING = {"by": "", "q": "", "show": "", "page": ""}

# --- region -----------------------------------------------------------------------------------------------------------


@require_safe
@requires("dashboards.view")
def region_page(request: HttpRequest) -> HttpResponse:
    """Show the region's figures; whoever is confined to districts is led to his own."""
    actor = actor_of(request)
    if not may_see_region(actor):
        return _own_districts(request, actor)
    return render(request, "dashboards/region.html", _region_context(request, actor))


def _own_districts(request: HttpRequest, actor: Actor) -> HttpResponse:
    mine = list(District.objects.filter(pk__in=own_districts(actor)).order_by(*by_name("title")))
    if len(mine) == 1:
        return HttpResponseRedirect(reverse("dashboards:district", args=[mine[0].pk]))
    return render(request, "dashboards/districts.html", {"districts": mine})


@require_safe
@requires("dashboards.view")
@conditional_fragment(
    lambda request: (bool(may_see_region(actor_of(request))), selectors.change_stamp(timezone.localdate()))
)
def region_live(request: HttpRequest) -> HttpResponse:
    """Show the live part of the region's page alone."""
    return render(request, "dashboards/parts/region.html", _region_context(request, actor_of(request)))


def _region_context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    by_schools = request.GET.get("by") == "schools"
    form = _form(request, search=_("Школа"), by="schools") if by_schools else _form(request)
    picture = assemble.region_picture(actor, _asked(form))
    here = reverse("dashboards:region")
    ranking = _ranking(
        request,
        form,
        picture,
        picture.schools if by_schools else picture.districts,
        here=here,
        address=lambda place: _place_address(request, place, "school" if by_schools else "district"),
        with_district=by_schools,
        title=_("Школы региона по охвату") if by_schools else _("Районы по охвату"),
        subject=_("Школа") if by_schools else _("Район"),
    )
    return {
        **_context(request, form, picture, live=reverse("dashboards:region-live"), page=here),
        **ranking,
        "tabs": [
            Link(_("Районы"), _address(request, here, **_NO_RANKING), is_current=not by_schools),
            Link(_("Школы"), _address(request, here, **{**_NO_RANKING, "by": "schools"}), is_current=by_schools),
        ],
        "sum_words": words.sum_words(picture),
        "export_url": _export(request, form, reverse("dashboards:region-export")),
        "next_step": _next_step(actor, picture),
    }


def _next_step(actor: Actor, picture: Picture) -> dict[str, str] | None:
    """Return the one thing to do first in a region that has no figures yet."""
    if picture.share.den or not actor.has("schools.manage"):
        return None
    if not District.objects.exists():
        return {
            "title": _("Добавьте районы"),
            "url": reverse("registry:district-new"),
            "label": _("Добавить район"),
            "hint": _("По ним считается охват и раздаются права специалистам."),
        }
    if not School.objects.exists():
        return {
            "title": _("Добавьте школы"),
            "url": reverse("registry:school-new"),
            "label": _("Добавить школу"),
            "hint": _("Каждая получит свой адрес и своё хранилище данных."),
        }
    return {
        "title": _("Пригласите директоров и координаторов"),
        "url": reverse("registry:schools"),
        "label": _("К списку школ"),
        "hint": _("Показатели появятся, когда школы загрузят контингент."),
    }


# --- district ---------------------------------------------------------------------------------------------------------


def _district_version(request: HttpRequest, district_id: UUID) -> object:
    assemble.district_of(actor_of(request), district_id)
    return selectors.change_stamp(timezone.localdate(), district_id=district_id)


@require_safe
@requires("dashboards.view")
def district_page(request: HttpRequest, district_id: UUID) -> HttpResponse:
    """Show a district's figures and its schools."""
    return render(request, "dashboards/district.html", _district_context(request, district_id))


@require_safe
@requires("dashboards.view")
@conditional_fragment(_district_version)
def district_live(request: HttpRequest, district_id: UUID) -> HttpResponse:
    """Show the live part of a district's page alone."""
    return render(request, "dashboards/parts/district.html", _district_context(request, district_id))


def _district_context(request: HttpRequest, district_id: UUID) -> dict[str, Any]:
    actor = actor_of(request)
    district = assemble.district_of(actor, district_id)
    form = _form(request, search=_("Школа"))
    picture = assemble.district_picture(actor, _asked(form), district.pk)
    here = reverse("dashboards:district", args=[district.pk])
    ranking = _ranking(
        request,
        form,
        picture,
        picture.schools,
        here=here,
        # A month's end lists the schools of that day; one that has moved away since is another district's to open.
        address=lambda place: (
            _place_address(request, place, "school") if may_see_district(actor, place.district_id) else ""
        ),
        with_district=False,
        title=_("Школы района по охвату"),
        subject=_("Школа"),
    )
    return {
        **_context(request, form, picture, live=reverse("dashboards:district-live", args=[district.pk]), page=here),
        **ranking,
        "district": district,
        "sees_region": bool(may_see_region(actor)),
        "sum_words": words.sum_words(picture),
        "region_url": _address(request, reverse("dashboards:region"), **_NO_RANKING),
        "export_url": _export(request, form, reverse("dashboards:district-export", args=[district.pk])),
    }


# --- school -----------------------------------------------------------------------------------------------------------


def _school_version(request: HttpRequest, school_id: UUID) -> object:
    assemble.school_of(actor_of(request), school_id)
    return selectors.change_stamp(timezone.localdate(), school_id=school_id)


@require_safe
@requires("dashboards.view")
def school_page(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Show one school's counts by every definition; never a name."""
    return render(request, "dashboards/school.html", _school_context(request, school_id))


@require_safe
@requires("dashboards.view")
@conditional_fragment(_school_version)
def school_live(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Show the live part of a school's page alone."""
    return render(request, "dashboards/parts/school.html", _school_context(request, school_id))


def _school_context(request: HttpRequest, school_id: UUID) -> dict[str, Any]:
    actor = actor_of(request)
    school = assemble.school_of(actor, school_id)
    form = _form(request)
    picture = assemble.school_picture(actor, _asked(form), school)
    here = reverse("dashboards:school", args=[school.pk])
    return {
        **_context(request, form, picture, live=reverse("dashboards:school-live", args=[school.pk]), page=here),
        "school": school,
        "sees_region": bool(may_see_region(actor)),
        "region_url": _address(request, reverse("dashboards:region")),
        "district_url": _address(request, reverse("dashboards:district", args=[school.district_id]))
        if school.district_id
        else "",
        "definition_rows": words.definition_rows(picture),
        "export_url": _export(request, form, reverse("dashboards:school-export", args=[school.pk])),
    }


# --- what the three share ---------------------------------------------------------------------------------------------


def _context(request: HttpRequest, form: BoardForm, picture: Picture, *, live: str, page: str) -> dict[str, Any]:
    return {
        "form": form,
        "picture": picture,
        "facts": words.figure_facts(picture),
        "trend": words.trend_chart(picture),
        "live_url": _address(request, live),
        "page_url": page,
    }


def _ranking(
    request: HttpRequest,
    form: BoardForm,
    picture: Picture,
    places: Sequence[Place],
    *,
    here: str,
    title: str,
    subject: str,
    address: Callable[[Place], str],
    **options: Any,
) -> dict[str, Any]:
    """Return one page of the ranking: places keep their rank among all, whatever is searched for."""
    wanted, show, target = fold(form.chosen("q")), form.chosen("show"), picture.share.target
    found = [
        (place, ranked)
        for place, ranked in words.ranked_places(places, target=target, **options)
        if wanted in fold(f"{place.title} {place.code}") and _is_shown(place, ranked.is_on_target, show)
    ]
    page = paginate(request, found)
    start = page.start_index() - 1 if found else 0
    stop = start + len(page)
    rows = [ranked for _place, ranked in found]
    # Addresses for the rows that are shown: a thousand would cost more than all the rest.
    rows[start:stop] = [
        replace(ranked, row=replace(ranked.row, url=address(place))) for place, ranked in found[start:stop]
    ]
    chart = RankingChart(title=title, subject=subject, ranked=rows, target=target, start=start, stop=stop)
    return {
        "page": page,
        "ranking": chart,
        # Without a choice of stages on the page its lines would lead nowhere.
        "stages": []
        if "show" not in form.fields
        else [(line, _address(request, here, show=line.show, page="")) for line in words.stage_lines(places)],
        "places_total": len(places),
        "is_narrowed": bool(wanted or show),
    }


def _place_address(request: HttpRequest, place: Place, kind: str) -> str:
    """Return the page of a place with the definition and the day that are shown."""
    path = reverse(f"dashboards:{kind}", args=[place.id])
    return _address(request, path, **_NO_RANKING)


def _export(request: HttpRequest, form: BoardForm, path: str) -> str:
    """Return the address of the file with the figures that are shown."""
    refused = {"day": ""} if form.is_day_refused else {}
    return _address(request, path, **_NO_RANKING, **refused)


def _is_shown(place: Place, is_on_target: bool, show: str) -> bool:
    if show == "below":
        return place.stage.value != "empty" and not is_on_target
    return not show or place.stage.value == show


def _address(request: HttpRequest, path: str, **changed: str) -> str:
    """Return a path with the present choices, some of them changed; an empty value drops one."""
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{path}?{query.urlencode()}" if query else path
