"""Pages of scans: what is attached to a consent, an order or a meeting, adding, giving, taking away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.selectors import names_of
from core.authz import actor_of, requires
from core.ui.components import Text
from schools.papers import attachments
from schools.papers.attachments import Kind
from schools.papers.forms import AttachmentForm
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page, show_faults


@dataclass(frozen=True, slots=True)
class Room:
    """How the files of one kind of thing are called on their page, and where the thing itself is shown."""

    title: Text
    named: Callable[[Any], str]
    about: Text
    back: Callable[[Any], str]
    back_words: Text


ROOMS: Final[dict[Kind, Room]] = {
    "consent": Room(
        gettext_lazy("Сканы согласия"),
        lambda owner: str(owner.person.full_name),
        gettext_lazy("Подписанный бланк. Его видят те, кому видны согласия этого человека."),
        lambda owner: reverse("consents:person", args=[owner.person_id]),
        gettext_lazy("К согласиям человека"),
    ),
    "order": Room(
        gettext_lazy("Сканы приказа"),
        str,
        gettext_lazy("Подписанный приказ. В нём названы все пары, поэтому его видят только те, кому видны они все."),
        lambda owner: reverse("orders:card", args=[owner.pk]),
        gettext_lazy("К приказу"),
    ),
    "meeting": Room(
        gettext_lazy("Вложения встречи"),
        str,
        gettext_lazy("Фотографии работ, грамоты, записи. Их видят наставник, наставляемый и те, кто ведёт пару."),
        lambda owner: reverse("meetings:card", args=[owner.pk]),
        gettext_lazy("К встрече"),
    ),
}


@requires("consents.view")
@require_http_methods(["GET", "HEAD", "POST"])
def of_consent(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Show the scans of a consent, and add one."""
    return _page(request, "consent", consent_id)


@requires("orders.record_signed", "orders.approve")
@require_http_methods(["GET", "HEAD", "POST"])
def of_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show the scans of an order, and add one."""
    return _page(request, "order", order_id)


@requires("meetings.view")
@require_http_methods(["GET", "HEAD", "POST"])
def of_meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Show what is attached to a meeting, and add to it."""
    return _page(request, "meeting", meeting_id)


@requires("consents.view", "orders.record_signed", "orders.approve", "meetings.view")
@require_safe
def give(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Give a file: to be saved, never to be shown or run as a page of ours."""
    found = attachments.file_of(actor=actor_of(request), attachment_id=attachment_id)
    response = HttpResponse(bytes(found.content or b""), content_type=found.media)
    response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@requires("consents.edit", "orders.record_signed", "orders.approve", "meetings.log")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Take a file away, after asking."""
    actor = actor_of(request)
    if request.method == "POST":
        kind, owner_id = attachments.remove(actor=actor, attachment_id=attachment_id)
        messages.success(request, _("Файл удалён."))
        return redirect(_address(kind, owner_id))
    found, kind = attachments.attachment_to_remove(actor=actor, attachment_id=attachment_id)
    back = _address(kind, getattr(found, f"{kind}_id"))
    return render(request, "papers/attachment_remove.html", {"file": found, "back": back, "room": ROOMS[kind]})


def _page(request: HttpRequest, kind: Kind, owner_id: UUID) -> HttpResponse:
    actor, room = actor_of(request), ROOMS[kind]
    owner = attachments.owner_for(actor, kind, owner_id)
    may_write = attachments.may_attach(actor, kind, owner)
    form = AttachmentForm(request.POST or None, request.FILES or None) if request.method == "POST" else AttachmentForm()
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            attachments.attach(actor=actor, kind=kind, owner_id=owner_id, content=content)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Файл добавлен."))
            return redirect(_address(kind, owner_id))
    files = list(attachments.attachments_of(actor, kind, owner_id))
    names = names_of(each.added_by for each in files)
    context = {
        "room": room,
        "named": room.named(owner),
        "back": room.back(owner),
        "rows": [{"file": each, "by": names.get(str(each.added_by), "")} for each in files],
        "may_add": may_write and len(files) < attachments.MOST_FILES,
        "may_write": may_write,
        "form": form,
    }
    return personal_page(
        request,
        "papers/attachments.html",
        context,
        action="attachments.list_viewed",
        object_type=attachments.PLACES[kind].object_type,
        object_id=owner_id,
    )


def _address(kind: Kind, owner_id: UUID) -> str:
    return reverse(f"papers:{kind}-files", args=[owner_id])
