"""The region's audit: who did what on the region's host. What is done in schools stays in schools."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.audit.services import record
from core.authz import actor_of, requires
from core.ui.pagination import paginate
from tenants.registry.audit import audit_lines, audit_records
from tenants.registry.forms import AuditFilterForm


@require_safe
@requires("audit.view")
def audit_page(request: HttpRequest) -> HttpResponse:
    """List acts, newest first."""
    form = AuditFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = audit_records(
        actor_of(request), text=chosen.get("q", ""), since=chosen.get("since"), until=chosen.get("until")
    )
    page = paginate(request, rows)
    record(actor=actor_of(request), action="audit.viewed", details={"rows": len(page)})
    return render(request, "registry/audit.html", {"form": form, "page": page, "lines": audit_lines(list(page))})
