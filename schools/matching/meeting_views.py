"""The screen of the group meeting: one table for both sides, filled from paper with the keyboard alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.authz import actor_of, requires
from core.ui.pagination import paginate
from schools.matching import meeting, policies, selectors
from schools.matching.discretion import own_candidate_of, seen_list
from schools.matching.meeting import Entered, Line, shown_numbers
from schools.matching.models import Candidate, Round
from schools.matching.words import side_titles
from schools.people.errors import FaultyActError
from schools.people.lost_rows import LostRow
from schools.people.pages import personal_page
from schools.people.selectors import place_of

# Five inputs a row; Django takes a thousand of a form.
_ROWS = 100


@requires("matching.view")
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Show and store the ranked preferences and vetoes of both sides."""
    actor = actor_of(request)
    found = selectors.round_for(actor=actor, round_id=round_id)
    entered = None
    if request.method == "POST":
        try:
            entered = meeting.enter_preferences(actor=actor, round_id=round_id, lines=_typed(request))
        except FaultyActError as refusal:
            messages.error(request, str(refusal.faults[0].sentence))
            return redirect("matching:meeting", round_id)
        _tell(request, entered)
        if not entered.faults:
            return redirect(f"{reverse('matching:meeting', kwargs={'round_id': round_id})}?{request.GET.urlencode()}")
    return _table_page(request, found, entered)


def _typed(request: HttpRequest) -> dict[UUID, Line]:
    """Return the typed lines; a name that holds no id is passed over."""
    lines = {}
    for name in request.POST:
        if not name.startswith("p-"):
            continue
        try:
            candidate_id = UUID(name.removeprefix("p-"))
        except ValueError:
            continue
        text = {prefix: request.POST.get(f"{prefix}-{candidate_id}", "")[:200] for prefix in ("p", "v")}
        was = {prefix: request.POST.get(f"{prefix}-{candidate_id}") for prefix in ("pw", "vw")}
        lines[candidate_id] = Line(text["p"], text["v"], was["pw"], was["vw"])
    return lines


def _tell(request: HttpRequest, entered: Entered) -> None:
    if entered.saved:
        words = ngettext("Сохранена %(count)s строка.", "Сохранено строк: %(count)s.", entered.saved)
        messages.success(request, words % {"count": entered.saved})
    elif not entered.faults:
        messages.info(request, _("Ничего не изменилось."))


def _table_page(request: HttpRequest, found: Round, entered: Entered | None) -> HttpResponse:
    actor, day = actor_of(request), timezone.localdate()
    page = paginate(request, selectors.with_people(selectors.candidates_of(found), day), per_page=_ROWS)
    numbers = selectors.numbers_of(list(selectors.candidates_of(found)))
    may_edit = found.state == Round.State.OPEN and bool(policies.may_lead_rounds_of_form(actor, found.form_code))
    own = own_candidate_of(actor, found)
    rows = [_row(row, numbers, request, entered, own) for row in page]
    titles = side_titles()
    context: dict[str, Any] = {
        "round": found,
        "page": page,
        "groups": [
            {"title": titles[side], "side": side, "rows": [row for row in rows if row["candidate"].side == side]}
            for side in (Candidate.Side.MENTEE, Candidate.Side.MENTOR)
        ],
        "is_empty": not rows,
        "faults": [row for row in rows if row["fault"]],
        "lost": _lost(request, entered, {row.pk for row in page}),
        "is_own_hidden": bool(own),
        "may_edit": may_edit,
    }
    for row in rows:
        row["place"] = place_of(row["candidate"].person, day)
    details = {"rows": len(rows)}
    return personal_page(request, "matching/meeting.html", context, action="matching.meeting_viewed", details=details)


def _lost(request: HttpRequest, entered: Entered | None, shown: set[UUID]) -> list[LostRow]:
    """Return the refused lines that have no row on the page to keep what was typed."""
    found = []
    for key, why in (entered.faults if entered else {}).items():
        if key in shown:
            continue
        wanted, refused = (request.POST.get(f"{prefix}-{key}", "").strip()[:200] for prefix in ("p", "v"))
        veto = _("не подходит %(numbers)s") % {"numbers": refused} if refused else ""
        typed = "; ".join(text for text in (wanted, veto) if text)
        found.append(LostRow(request.POST.get(f"w-{key}", "")[:300], typed, why))
    return found


def _row(
    row: Candidate, numbers: dict[str, int], request: HttpRequest, entered: Entered | None, own: str
) -> dict[str, Any]:
    wanted, refused = (seen_list(row, ids, own) for ids in (row.preferences, row.vetoes))
    stands = {"p": shown_numbers(wanted, numbers), "v": shown_numbers(refused, numbers)}
    fault = entered.faults.get(row.pk, "") if entered else ""
    # A line that was refused keeps what was typed; what stands there now is what the next attempt is compared with.
    typed = {name: request.POST.get(f"{name}-{row.pk}", "")[:200] for name in stands} if fault else stands
    return {
        "candidate": row,
        "preferences": typed["p"],
        "vetoes": typed["v"],
        "was_preferences": stands["p"],
        "was_vetoes": stands["v"],
        "fault": fault,
    }
