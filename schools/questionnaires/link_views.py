"""Pages of personal links: who has one, a sheet of slips with QR codes to cut, one link to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page
from schools.questionnaires import links, selectors
from schools.questionnaires.models import Round


@requires("questionnaires.edit")
@require_safe
def link_list(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """List who has not answered, with whoever has a link; sheets are printed by class."""
    actor = actor_of(request)
    row = selectors.round_for(actor=actor, round_id=survey_id, permission="questionnaires.edit")
    waiting = selectors.awaited(selectors.asked_in(actor, row, "questionnaires.edit"))
    page = paginate(request, selectors.with_rooms(selectors.with_accounts(waiting)))
    rooms = selectors.waiting_by_room(actor, row)
    context = {
        "round": row,
        "page": page,
        "rows": list(page),
        "rooms": [(key, title or _("не ученики"), count) for key, title, count in rooms],
        "waiting": sum(count for _key, _title, count in rooms),
        "most": links.MOST_LINKS,
    }
    return personal_page(
        request,
        "questionnaires/links.html",
        context,
        action="questionnaires.links_viewed",
        object_type="questionnaires.round",
        object_id=row.pk,
        details={"rows": len(page)},
    )


@requires("questionnaires.edit")
@never_cache
@require_POST
def slips(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """Make links for a class and show them this once, as slips to print and cut."""
    actor = actor_of(request)
    row = selectors.round_for(actor=actor, round_id=survey_id, permission="questionnaires.edit")
    try:
        wanted = links.sheet_of(actor=actor, round_id=survey_id, room=request.POST.get("room", ""))
        issued = links.issue_links(actor=actor, round_id=survey_id, response_ids=wanted)
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
        return redirect("questionnaires:links", survey_id=survey_id)
    return _slips(request, row, issued)


@requires("questionnaires.edit")
@never_cache
@require_POST
def link_new(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """Make one link and show it this once, to copy or to print."""
    actor = actor_of(request)
    row = selectors.response_for(actor=actor, response_id=response_id, permission="questionnaires.edit")
    try:
        issued = links.issue_link(actor=actor, response_id=response_id)
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
        return redirect("questionnaires:links", survey_id=row.round_id)
    return _slips(request, row.round, [issued])


@requires("questionnaires.edit")
@require_POST
def link_revoke(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """End a link."""
    row = links.revoke_link(actor=actor_of(request), response_id=response_id)
    messages.success(request, _("Ссылка отозвана: по ней больше ничего не открыть."))
    return redirect("questionnaires:links", survey_id=row.round_id)


def _slips(request: HttpRequest, row: Round, issued: Sequence[links.Issued]) -> HttpResponse:
    rows: list[dict[str, Any]] = []
    for each in issued:
        url = request.build_absolute_uri(reverse("answer:open", kwargs={"token": each.token}))
        picture = segno.make(url, error="m", micro=False)
        rows.append({"response": each.response, "url": url, "qr": picture.svg_data_uri(scale=4, light="#fff")})
    context = {"round": row, "rows": rows, "one": rows[0] if len(rows) == 1 else None, "until": issued[0].expires_at}
    return render(request, "questionnaires/slips.html", context)
