"""Reads of the register: districts and schools an actor may know of. Runs in ``region()``.

Nothing here can tell anything about a school's people: the role ``region`` has no right on a school's schema.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Func, Q, QuerySet, Value
from django.db.models.functions import Lower, LPad, Replace
from django.http import Http404
from django.utils.translation import gettext as _

from core.accounts.selectors import names_of
from core.authz import Actor
from core.tenancy import region
from tenants.registry.models import District, Region, School, StateChange
from tenants.registry.roles import DISTRICT

REGIONAL = "regional"
"""The value that stands for «регионального подчинения» where a district is chosen."""


def folded(field: str) -> Func:
    """Return the expression by which names are compared and sorted: lower case, ё as е."""
    return Replace(Lower(F(field)), Value("ё"), Value("е"))


def by_name(field: str) -> tuple[Func, ...]:
    """Return what to sort names by, so that «№ 2» stands before «№ 10»: the words before the number, the number."""
    head = Func(folded(field), Value(r"^\D*"), function="substring")
    number = Func(F(field), Value(r"\d+"), function="substring")
    return head, LPad(number, 20, Value("0")), folded(field)


def fold(text: str) -> str:
    """Return a name as it is compared: lower case, ё as е, runs of spaces and NBSP as one space."""
    return " ".join(text.lower().replace("ё", "е").split())


def districts_visible_to(actor: Actor) -> QuerySet[District]:
    """Return the districts that an actor may know of, by name."""
    reach = actor.reach("schools.view")
    rows = District.objects.order_by(*by_name("title"))
    return rows if reach.everything else rows.filter(pk__in=reach.values(DISTRICT))


def schools_visible_to(actor: Actor) -> QuerySet[School]:
    """Return the schools that an actor may know of, with their districts, by name."""
    reach = actor.reach("schools.view")
    rows: QuerySet[School] = School.objects.select_related("district").order_by(*by_name("title"), "code")
    return rows if reach.everything else rows.filter(district__in=reach.values(DISTRICT))


def school_visible_to(actor: Actor, school_id: UUID) -> School:
    """Return one school.

    :raises Http404: when there is none, or the actor may not know of it.
    """
    found: School | None = schools_visible_to(actor).filter(pk=school_id).first()
    if found is None:
        raise Http404(_("Такой школы нет"))
    return found


def district_visible_to(actor: Actor, district_id: UUID) -> District:
    """Return one district.

    :raises Http404: when there is none, or the actor may not know of it.
    """
    found = districts_visible_to(actor).filter(pk=district_id).first()
    if found is None:
        raise Http404(_("Такого района нет"))
    return found


def schools_found(actor: Actor, *, text: str = "", state: str = "", district: str = "") -> QuerySet[School]:
    """Return the schools whose name or code contains every word of ``text``.

    ``district`` is a district's id, or ``REGIONAL`` for schools without one; an empty value filters nothing.
    """
    rows = schools_visible_to(actor)
    for word in fold(text).split():
        rows = rows.alias(folded_title=folded("title")).filter(Q(folded_title__contains=word) | Q(code__contains=word))
    if state:
        rows = rows.filter(state=state)
    if district == REGIONAL:
        rows = rows.filter(district__isnull=True)
    elif district:
        rows = rows.filter(district_id=district)
    return rows


def districts_found(actor: Actor, *, text: str = "") -> QuerySet[District]:
    """Return districts by name with how many schools they have: ``schools_count`` and ``working_count``."""
    rows = districts_visible_to(actor).annotate(
        schools_count=Count("schools", filter=~Q(schools__state=School.State.CLOSED)),
        working_count=Count("schools", filter=Q(schools__state=School.State.READY)),
    )
    for word in fold(text).split():
        rows = rows.alias(folded_title=folded("title")).filter(folded_title__contains=word)
    return rows


def former_codes(school: School) -> list[str]:
    """Return the codes that still lead to a school though it has another one now."""
    return list(school.domains.filter(is_primary=False).order_by("domain").values_list("domain", flat=True))


def state_changes(school: School) -> list[tuple[StateChange, str]]:
    """Return a school's steps, newest first, each with the name of who took it (empty: the platform itself)."""
    changes = list(school.state_changes.all()[:50])
    names = names_of(change.by_id for change in changes)
    return [(change, names.get(str(change.by_id), "")) for change in changes]


_region_title: tuple[float, str] | None = None


def region_title() -> str:
    """Return the region's name: every page of the region's host shows it.

    From memory for up to ``ROUTES_REMEMBERED_SECONDS``: another process goes on with the former name so long.
    """
    global _region_title
    now = time.monotonic()
    if _region_title is None or _region_title[0] <= now:
        with region():
            title = Region.objects.values_list("title", flat=True).first() or ""
        _region_title = (now + settings.ROUTES_REMEMBERED_SECONDS, title)
    return _region_title[1]


def forget_region_title() -> None:
    """Drop what this process remembers of the region's name."""
    global _region_title
    _region_title = None
