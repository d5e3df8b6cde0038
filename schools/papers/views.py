"""Papers as files to download."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.authz import actor_of, requires
from core.papers import DOCX
from schools.papers import services


@requires("orders.view")
@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Give an order as DOCX."""
    school = request.school.title  # type: ignore[attr-defined]
    return _file(services.order_docx(actor=actor_of(request), school=school, order_id=order_id))


@requires("orders.approve", "orders.record_signed")
@require_safe
def draft_order(request: HttpRequest) -> HttpResponse:
    """Give the order for the drafts as DOCX, to be printed and signed."""
    school = request.school.title  # type: ignore[attr-defined]
    return _file(services.draft_order_docx(actor=actor_of(request), school=school))


def _file(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = 'attachment; filename="prikaz.docx"'
    response["Cache-Control"] = "private, no-store"
    return response
