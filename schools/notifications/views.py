"""The page of one's own news."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.authz import actor_of, signed_in
from core.ui.pagination import paginate
from schools.notifications import selectors, services
from schools.notifications.words import lines
from schools.people.pages import personal_page


@signed_in
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show what the reader was told, new first seen now; from then on it counts as seen."""
    actor = actor_of(request)
    page = paginate(request, selectors.notices_for(actor))
    context: dict[str, Any] = {"page": page, "lines": lines(actor, list(page))}
    answer = personal_page(
        request, "notifications/list.html", context, action="notifications.viewed", details={"rows": len(page)}
    )
    if request.method == "GET" and any(line.is_new for line in context["lines"]):
        services.see_all(actor=actor)
    return answer
