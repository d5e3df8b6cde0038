"""From a host to a school: the lookup every request makes, remembered for a few seconds in the process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from core.tenancy import region
from tenants.registry.models import Domain, School

_REMEMBERED_HOSTS = 5000


@dataclass(frozen=True, slots=True)
class SchoolRoute:
    """What a request knows of its school. ``redirect_to`` is the present code when the host is a former one."""

    id: UUID
    code: str
    title: str
    schema_name: str
    district_id: UUID | None
    redirect_to: str = ""
    district_title: str = ""
    closing_on: date | None = None
    closing_reason: str = ""

    @property
    def name(self) -> str:
        """Return the school's name, under the word the page's frame asks for."""
        return self.title


_routes: dict[str, tuple[float, SchoolRoute | None]] = {}


def forget_routes() -> None:
    """Drop what this process remembers (tests, and the process that changed a school)."""
    _routes.clear()


def school_route(code: str) -> SchoolRoute | None:
    """Return the route of a host label; None unless a school of this code is ready.

    Answers from memory for up to ``ROUTES_REMEMBERED_SECONDS``: a suspended school stops answering within that time.
    """
    now = time.monotonic()
    known = _routes.get(code)
    if known is not None and known[0] > now:
        return known[1]
    if len(_routes) > _REMEMBERED_HOSTS:
        _routes.clear()
    route = _look_up(code)
    _routes[code] = (now + settings.ROUTES_REMEMBERED_SECONDS, route)
    return route


def _look_up(code: str) -> SchoolRoute | None:
    with region():
        rows = Domain.objects.select_related("tenant__district")
        domain = rows.filter(domain=code, tenant__state=School.State.READY).first()
        if domain is None:
            return None
        school = domain.tenant
        return SchoolRoute(
            id=school.pk,
            code=school.code,
            title=school.title,
            schema_name=school.schema_name,
            district_id=school.district_id,
            redirect_to="" if domain.is_primary else school.code,
            district_title=school.district.title if school.district else "",
            closing_on=school.closing_on,
            closing_reason=school.closing_reason,
        )


def host_of(label: str) -> str:
    """Return the host (with port where it is not the standard one) of a label: ``region`` or a school's code."""
    port = f":{settings.BASE_PORT}" if settings.BASE_PORT else ""
    return f"{label}.{settings.BASE_DOMAIN}{port}"
