"""Pages for whoever has a personal link and no account: the exchange of the link, the questions, the thanks.

The token stands in the address of the exchange alone, which answers with a redirect: no history, no later Referer and
no page keeps it. The session then remembers one sheet and its hash, so that a revoked link ends in open browsers too.
A draft is shown again only where it was written: whoever finds the paper reads nothing.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.core.ratelimit import consume_or_429
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from core.audit.services import record
from core.authz import actor_of, public
from schools.people.editions import is_stale
from schools.people.errors import FaultyActError
from schools.people.pages import show_faults
from schools.questionnaires import drafts, links
from schools.questionnaires.domain import ResponseState
from schools.questionnaires.forms import AnswersForm, sent_ids
from schools.questionnaires.models import Response
from schools.questionnaires.naming import choices_for, ids_in
from tenants.reference.items import items_from

LINK_KEY = "_questionnaire"


@public
@never_cache
@sensitive_variables("token")
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange a token for a place in the session; nothing is shown at an address that holds it."""
    if (refused := _refused(request, "questionnaire_link")) is not None:
        return refused
    try:
        row = links.response_of_token(token)
        links.refuse_partner(row, actor_of(request))
    except links.LinkError:
        # What it opens not is said at an address without the token: the round may be opened again.
        request.session.pop(LINK_KEY, None)
        return _silent(redirect("answer:fill"))
    request.session[LINK_KEY] = {"response": str(row.pk), "hash": row.link_hash, "kept": _kept(request, row)}
    return _silent(redirect("answer:fill"))


def _kept(request: HttpRequest, row: Response) -> int:
    """Return the revision that this browser wrote last: scanned once more, its draft goes on."""
    known = request.session.get(LINK_KEY) or {}
    return int(known["kept"]) if known.get("hash") == row.link_hash else 0


def _silent(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    return response


def _refused(request: HttpRequest, action: str) -> HttpResponse | None:
    # Keys of the cache name the school: this is one count for all of it, beside the one for each address.
    return cast("HttpResponse | None", consume_or_429(request, action=action, key="school", limit_get=True))


def _opens_nothing(request: HttpRequest, status: int = 200) -> HttpResponse:
    return render(request, "questionnaires/answer_none.html", status=status)


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest) -> HttpResponse:
    """Answer the questionnaire whose link was opened in this browser: keep a draft, or send it."""
    known = request.session.get(LINK_KEY)
    if known is None:
        return _opens_nothing(request)
    if request.method == "POST" and (refused := _refused(request, "questionnaire_answer")) is not None:
        return refused
    try:
        row = links.response_of_hash(known["response"], known["hash"])
        links.refuse_partner(row, actor_of(request))
        # What is typed after another device has sent is refused with its words still there, not thanked for.
        if row.state == ResponseState.SUBMITTED and request.method != "POST":
            return _done(request)
        return _page(request, row, known)
    except links.LinkError:
        request.session.pop(LINK_KEY, None)
        return _opens_nothing(request, status=410)


def _page(request: HttpRequest, row: Response, known: dict[str, Any]) -> HttpResponse:
    items = items_from(row.round.template.items)
    is_mine = row.channel == Response.Channel.LINK and known["kept"] == row.revision
    given = row.draft if is_mine else {}
    people = choices_for(row, items, [*ids_in(items, given), *sent_ids(items, request.POST)], is_short=True)
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(data, items=items, people=people, given=given)
    is_elsewhere = bool(row.draft) and not is_mine
    drafts.add_stamp(form, drafts.NOTHING_SEEN if is_elsewhere else str(row.revision))
    is_late = False
    if request.method == "POST":
        try:
            return _answered(request, row, known, form)
        except FaultyActError as refusal:
            is_late = is_stale(refusal)
            if "autosave" in request.POST:
                return HttpResponse(status=412 if is_late else 409)
            show_faults(form, refusal)
            if is_late:
                drafts.show_unseen(form, row)
    else:
        record(
            actor=links.BY_LINK,
            action="questionnaires.own_viewed",
            object_type="questionnaires.response",
            object_id=row.pk,
        )
    context = {
        "round": row.round,
        "form": form,
        "name": row.person.name,
        "about": row.other.name if row.other else "",
        "is_kept": is_mine and bool(row.draft),
        "is_elsewhere": is_elsewhere and not form.errors,
        "is_late": is_late,
    }
    return render(request, "questionnaires/answer.html", context)


def _answered(request: HttpRequest, row: Response, known: dict[str, Any], form: AnswersForm) -> HttpResponse:
    """Keep or send what was typed, and say so; refusals are the service's."""
    form.is_valid()
    is_automatic = "autosave" in request.POST
    is_final = not is_automatic and "draft" not in request.POST
    row = links.answer_by_link(
        response_id=known["response"],
        link_hash=known["hash"],
        typed=form.cleaned_data,
        is_final=is_final,
        is_automatic=is_automatic,
        reader=actor_of(request),
        seen=drafts.seen_by_page(request, row, drafts.seen_in(form)),
    )
    request.session[LINK_KEY] = {**known, "kept": row.revision}
    if is_final:
        return _done(request)
    drafts.remember_writing(request, row, str(row.revision))
    if is_automatic:
        return HttpResponse(status=204, headers={"ETag": f'"{row.revision}"'})
    return redirect("answer:fill")


def _done(request: HttpRequest) -> HttpResponse:
    request.session.pop(LINK_KEY, None)
    return redirect("answer:done")


@public
@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Say thank you; of the answers nothing is shown any more."""
    return render(request, "questionnaires/answer_done.html")
