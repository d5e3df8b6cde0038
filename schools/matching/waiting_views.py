"""The page of the waiting list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from schools.matching import selectors
from schools.matching.editions import support_values
from schools.matching.waiting import mark_support
from schools.matching.words import days_in_words, status_of_waiting
from schools.pairs.policies import may_edit_pairs_of_form
from schools.pairs.words import form_titles
from schools.people.editions import LONGEST_EDITION, edition_of
from schools.people.errors import FaultyActError
from schools.people.pages import personal_page
from schools.people.selectors import place_of


@requires("pairs.unpaired_view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List those who wait, the longest waiting first."""
    actor, day = actor_of(request), timezone.localdate()
    page = paginate(request, selectors.waiting_mentees(actor=actor, day=day))
    titles = form_titles()
    rows = [
        {
            "candidate": row,
            "place": place_of(row.person, day),
            "form": titles.get(row.round.form_code, row.round.form_code),
            "age": days_in_words((day - row.waiting_since).days) if row.waiting_since else "",
            "status": status_of_waiting(row),
            "seen": edition_of(support_values(row)),
            "may_pair": bool(may_edit_pairs_of_form(actor, row.round.form_code)),
        }
        for row in page
    ]
    context = {"page": page, "rows": rows, "may_mark": bool(actor.has("waiting.support"))}
    details = {"rows": len(page)}
    return personal_page(request, "matching/waiting.html", context, action="matching.waiting_viewed", details=details)


@requires("waiting.support")
@require_POST
def support(request: HttpRequest, waiting_id: UUID) -> HttpResponse:
    """Mark or unmark the psychologist's support."""
    has_support, seen = request.POST.get("has_support") == "1", request.POST.get("seen", "")[:LONGEST_EDITION]
    try:
        mark_support(actor=actor_of(request), candidate_id=waiting_id, has_support=has_support, seen=seen or None)
    except FaultyActError as refusal:
        messages.error(request, refusal.faults[0].sentence)
    return redirect("waiting:list")
