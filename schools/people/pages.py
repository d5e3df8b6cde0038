"""Pages that show people: each one shown leaves one row in the audit, whatever led to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from core.audit.services import record
from core.authz import actor_of
from schools.people.errors import FaultyActError
from schools.people.leaving import Left

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def personal_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    action: str,
    object_type: str = "",
    object_id: UUID | str = "",
    details: dict[str, Any] | None = None,
) -> HttpResponse:
    """Render a page with personal data and record that it was seen: by whom, whose card or how many rows."""
    record(actor=actor_of(request), action=action, object_type=object_type, object_id=object_id, details=details or {})
    return _kept_by_nobody(render(request, template, context))


def personal_file(
    request: HttpRequest, content: bytes, *, name: str, action: str, details: dict[str, Any]
) -> HttpResponse:
    """Answer with a workbook of personal data and record the export. ``name`` is an ASCII file name."""
    record(actor=actor_of(request), action=action, details=details)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _kept_by_nobody(response)


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """Forbid browsers to keep the answer: at a shared computer the next person presses «Назад»."""
    response["Cache-Control"] = "private, no-store"
    return response


def with_link(said: Left) -> str:
    """Return what is left to see to as a message, with a link to the page where it is done."""
    if not said.url_name:
        return said.sentence
    return format_html('<a href="{}">{}</a>', reverse(said.url_name, args=said.arguments), said.sentence)


def show_faults(form: forms.Form, refusal: FaultyActError) -> None:
    """Put the reasons of a refusal at the fields they are about, or on top of the form."""
    for fault in refusal.faults:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
